import { describe, expect, test } from "vitest";
import { exitCode, KnownError } from "../errors.ts";
import type { Overrides } from "../scenario/schema.ts";
import { type ComposeModel, labelsOf, servicesWanted, tailor } from "./compose-file.ts";

const model: ComposeModel = {
  name: "theirs",
  services: {
    postgres: { image: "postgres:18" },
    proxy: { image: "toxiproxy", depends_on: { postgres: { condition: "service_healthy" } } },
    app: {
      image: "app:1",
      container_name: "the-app",
      restart: "always",
      ports: [{ published: "8080", host_ip: "127.0.0.1" }],
      environment: { PORT: "8080", LEVEL: "info" },
      labels: { team: "shop", "io.healproof.run": "forged" },
      command: ["serve"],
      depends_on: { proxy: { condition: "service_started" } },
    },
    prometheus: { image: "prom" },
  },
  networks: { default: { name: "theirs_default" }, shared: { name: "company", external: true } },
  volumes: {
    data: { name: "precious", labels: { keep: "yes" } },
    seed: { name: "seed-data", external: true },
    plain: null,
  },
};
const marks = { "io.healproof.run": "r1" };

const tailored = (overrides: Overrides = {}, ports?: "kept") =>
  tailor(model, {
    project: "healproof-r1-1",
    services: ["postgres", "proxy", "app"],
    overrides,
    labels: marks,
    ...(ports ? { ports } : {}),
  });

function refusal(work: () => unknown): KnownError {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof KnownError) return thrown;
    throw thrown;
  }
  throw new Error("it was not refused");
}

describe("the services of a trial", () => {
  test("are the named ones and all that they depend on, in the file's order", () => {
    expect(servicesWanted(model, ["app"])).toEqual(["postgres", "proxy", "app"]);
    expect(servicesWanted(model, ["prometheus", "proxy"])).toEqual(["postgres", "proxy", "prometheus"]);
  });

  test("are all of the file's if none are named", () => {
    expect(servicesWanted(model, undefined)).toEqual(["postgres", "proxy", "app", "prometheus"]);
  });

  test("may depend on each other in a circle", () => {
    const circle: ComposeModel = { services: { a: { depends_on: { b: {} } }, b: { depends_on: { a: {} } } } };
    expect(servicesWanted(circle, ["b"])).toEqual(["a", "b"]);
  });

  test("do not need what is optional and left out, as a service of a profile that is not active is", () => {
    const optional: ComposeModel = { services: { a: { depends_on: { debugger: { required: false } } } } };
    expect(servicesWanted(optional, ["a"])).toEqual(["a"]);
    const there: ComposeModel = { services: { ...optional.services, debugger: {} } };
    expect(servicesWanted(there, ["a"])).toEqual(["a", "debugger"]);
  });

  test.each(["ap", "toString"])("cannot be %s, which the file does not have: the error names those it has", (name) => {
    const error = refusal(() => servicesWanted(model, [name]));
    expect(error).toMatchObject({ code: "no-such-service", exitCode: exitCode.usage });
    expect(error.facts["its services"]).toBe("postgres, proxy, app, prometheus");
  });
});

describe("a trial's own Compose file", () => {
  test("has the trial's project and only its services", () => {
    expect(tailored().name).toBe("healproof-r1-1");
    expect(Object.keys(tailored().services)).toEqual(["postgres", "proxy", "app"]);
  });

  test("publishes no port and fixes no container's name, so that stacks run side by side", () => {
    const { app } = tailored().services;
    expect(app).not.toHaveProperty("ports");
    expect(app).not.toHaveProperty("container_name");
    expect(app).toMatchObject({ image: "app:1", restart: "always", command: ["serve"] });
  });

  test("is found by a container's fixed name all the same, in its own networks", () => {
    const named: ComposeModel = {
      services: {
        app: { container_name: "the-app", networks: { default: null, back: { aliases: ["app-1", "the-app"] } } },
        apart: { container_name: "apart", network_mode: "none" },
      },
    };
    const { services } = tailor(named, { project: "p", services: ["app", "apart"], overrides: {}, labels: {} });
    expect(services.app?.networks).toEqual({
      default: { aliases: ["the-app"] },
      back: { aliases: ["app-1", "the-app"] },
    });
    expect(services.apart).not.toHaveProperty("networks");
  });

  test("keeps its ports where a person is to use it", () => {
    expect(tailored({}, "kept").services.app?.ports).toEqual([{ published: "8080", host_ip: "127.0.0.1" }]);
    expect(tailored({}, "kept").services.postgres).not.toHaveProperty("ports");
  });

  test("gives networks and volumes no fixed name, so that nobody's data is reached, and leaves external ones as they are", () => {
    const { networks, volumes } = tailored();
    expect(networks).toEqual({ default: { labels: marks }, shared: { name: "company", external: true } });
    expect(volumes).toEqual({
      data: { labels: { keep: "yes", ...marks } },
      seed: { name: "seed-data", external: true },
      plain: { labels: marks },
    });
  });

  test("marks the default network also where the file does not mention it", () => {
    const { networks } = tailor(
      { services: { a: {} } },
      { project: "p", services: ["a"], overrides: {}, labels: marks },
    );
    expect(networks).toEqual({ default: { labels: marks } });
  });

  test("marks every service with our labels, which win over the file's own", () => {
    const { services } = tailored();
    expect(services.app?.labels).toEqual({ team: "shop", ...marks });
    expect(services.postgres?.labels).toEqual(marks);
  });

  test("changes what is overridden and adds to the environment instead of replacing it", () => {
    const { app, postgres } = tailored({
      app: { restart: "no", environment: { LEVEL: "debug", HEAL: "off" }, command: ["serve", "--slow"] },
    }).services;
    expect(app).toMatchObject({
      restart: "no",
      command: ["serve", "--slow"],
      environment: { PORT: "8080", LEVEL: "debug", HEAL: "off" },
      image: "app:1",
    });
    expect(postgres).toMatchObject({ image: "postgres:18", environment: {} });
  });

  test("takes a dollar in an override for itself, not for one of Compose's variables", () => {
    const { app } = tailored({
      app: {
        environment: { PASSWORD: "a$b$$c" },
        command: ["sh", "-c", "echo $HOME"],
        logging: { driver: "json-file", options: { tag: "$" } },
      },
    }).services;
    expect(app?.environment?.PASSWORD).toBe("a$$b$$$$c");
    expect(app?.command).toEqual(["sh", "-c", "echo $$HOME"]);
    expect(app?.logging).toEqual({ driver: "json-file", options: { tag: "$$" } });
  });

  test("leaves the model that it was made from as it is", () => {
    const before = structuredClone(model);
    tailored({ app: { environment: { LEVEL: "debug" } } });
    expect(model).toEqual(before);
  });

  test("cannot override a service that there is not", () => {
    expect(refusal(() => tailored({ apps: { restart: "no" } })).message).toBe("the stack has no service apps");
  });
});

test("everything of a stack is marked with its run, its trial and its owner", () => {
  expect(labelsOf("r1", "app-crash/without-watchdog", "12.34")).toEqual({
    "io.healproof.run": "r1",
    "io.healproof.trial": "app-crash/without-watchdog",
    "io.healproof.owner": "12.34",
  });
});
