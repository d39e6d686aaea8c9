import { networkInterfaces } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "../../stack/helper-program.ts";
import { command } from "./commands.ts";
import { greet } from "./greet.ts";
import { denyNames, lookUp } from "./names.ts";
import { applyRules, tableNamed } from "./nft.ts";
import { requestOnce } from "./request.ts";

/** The wire: runs in a container that has joined another one's network, and asks, greets and sets rules there. */

/** Looking costs about 50 µs. */
const lookEveryMs = 50;

const hasNetwork = () =>
  Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ internal }) => !internal) ?? false);

/** When the container stops, the engine takes its interfaces away; ours is then a network that nobody else is in. */
async function stay(stopped: AbortSignal): Promise<null> {
  let had = false;
  while (!stopped.aborted) {
    const has = hasNetwork();
    if (had && !has) return null;
    had ||= has;
    await sleep(lookEveryMs);
  }
  return null;
}

let denying: Promise<number> | undefined;

serve((asked, call) => {
  const order = command.parse(asked);
  switch (order.do) {
    case "http":
      return requestOnce(order);
    case "greet":
      return greet(order);
    case "look-up":
      return lookUp(order.name, order.timeoutMs);
    case "deny-names":
      denying ??= denyNames();
      return denying;
    case "nft":
      return applyRules(order.script);
    case "table":
      return tableNamed(order.name);
    case "stay":
      return stay(call.stopped);
  }
});
