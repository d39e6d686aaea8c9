import { expect, test } from "vitest";
import { ms } from "../time.ts";
import { onTheMachine } from "./machine-address.ts";

/** An engine whose networks have these address pools. */
function engine(pools: readonly unknown[] | undefined) {
  const asked: string[] = [];
  const getNetwork = (id: string) => ({
    inspect: async () => {
      asked.push(id);
      return { IPAM: { Config: pools } };
    },
  });
  return { docker: { getNetwork } as unknown as Parameters<typeof onTheMachine>[0], asked };
}

const every = ms(10);
const addresses = [
  { id: "http://machine:9100/", url: "http://machine:9100/metrics?of=machine", every },
  { id: "tcp", url: "tcp://machine:9115", every },
  { id: "app", url: "http://app:8080/machine", every },
];

test("the machine is asked at its address in the stack's network; the series stay what they are called", async () => {
  const { docker } = engine([
    { Subnet: "fd00::/64", Gateway: "fd00::1" },
    { Subnet: "172.19.0.0/16", Gateway: "172.19.0.1" },
  ]);
  expect(await onTheMachine(docker, "net", addresses)).toEqual([
    { id: "http://machine:9100/", url: "http://172.19.0.1:9100/metrics?of=machine", every },
    { id: "tcp", url: "tcp://172.19.0.1:9115", every },
    { id: "app", url: "http://app:8080/machine", every },
  ]);
});

test("where nothing is asked of it, neither is the engine", async () => {
  const { docker, asked } = engine(undefined);
  expect(await onTheMachine(docker, "net", addresses.slice(2))).toEqual(addresses.slice(2));
  expect(asked).toEqual([]);
});

test("a network in which it has no address is an error that names it", async () => {
  await expect(onTheMachine(engine(undefined).docker, "net", addresses)).rejects.toThrow(
    "no address in the network net",
  );
});
