import { z } from "zod";
import type { AnyFault } from "../fault/define.ts";
import { labMachine } from "../fault/host.ts";
import { type ComposeFacts, startedServices } from "./compose.ts";
import type { Watch } from "./condition/reading.ts";
import { type Condition, type Corroboration, readingOf } from "./conditions.ts";
import { missingReplica, missingTargets } from "./fault-targets.ts";
import { missingLimits } from "./lowered-limits.ts";
import { hasMachine, machineName } from "./machine.ts";
import type { Found, Locate, Path } from "./problem.ts";
import type { Controlled, Scenario } from "./schema.ts";
import { didYouMean } from "./suggest.ts";
import { faultsAfterwards, writtenFaults } from "./written-faults.ts";

/** What the schema cannot say: that the parts of a scenario fit each other and its Compose file. Pure. */
export function checkScenario<P>(
  scenario: Scenario,
  { compose, faults }: { readonly compose: ComposeFacts; readonly faults: readonly AnyFault[] },
  at: Locate<P>,
): Found<P>[] {
  const findings: Finding[] = [
    ...prometheusProblems(scenario),
    ...serviceProblems(scenario, compose),
    ...missingTargets(scenario, compose),
    ...missingLimits(scenario, compose, faults),
    ...replicaProblems(scenario, compose),
    ...hostProblems(scenario, compose),
    ...controlProblems(scenario, compose),
  ];
  return findings.map(({ message, path, what }) => ({ message, at: at(path, what) }));
}

interface Finding {
  readonly message: string;
  readonly path: Path;
  readonly what?: "key" | "value";
}

interface Placed<T> {
  readonly it: T;
  readonly path: Path;
  readonly what?: "key" | "value";
}

const placed = <T>(items: readonly T[], path: Path): Placed<T>[] => items.map((it, i) => ({ it, path: [...path, i] }));

const recoveryConditions = ({ recovery, afterwards }: Scenario, of: Controlled): Placed<Condition>[] =>
  of === "main"
    ? placed(recovery?.when ?? [], ["recovery", "when"])
    : placed(afterwards?.recovery.when ?? [], ["afterwards", "recovery", "when"]);

/** The conditions that must hold before the fault, in a control of what is given. */
const steadyConditions = (scenario: Scenario, of: Controlled): Placed<Condition>[] => [
  ...placed(scenario.steady.conditions, ["steady", "conditions"]),
  ...recoveryConditions(scenario, of),
];

const allConditions = (scenario: Scenario): Placed<Condition>[] => [
  ...steadyConditions(scenario, "main"),
  ...placed(scenario.escalation?.when ?? [], ["escalation", "when"]),
  ...placed(scenario.holds?.when ?? [], ["holds", "when"]),
  ...placed(scenario.during, ["during"]),
  ...placed(scenario.never, ["never"]),
  ...recoveryConditions(scenario, "afterwards"),
];

const corroborations = (scenario: Scenario): Placed<Corroboration>[] => [
  ...placed(scenario.recovery?.corroboratedBy ?? [], ["recovery", "corroboratedBy"]),
  ...placed(scenario.afterwards?.recovery.corroboratedBy ?? [], ["afterwards", "recovery", "corroboratedBy"]),
];

/** The first only: one line in `stack` settles all. */
function prometheusProblems(scenario: Scenario): Finding[] {
  if (scenario.stack.prometheus !== undefined) return [];
  const [first] = [
    ...allConditions(scenario).flatMap(({ it, path }) =>
      fromPrometheus.flatMap((key) => (key in it ? [[...path, key]] : [])),
    ),
    ...corroborations(scenario).flatMap(({ it, path }) => ("counter" in it ? [[...path, "counter"]] : [])),
  ];
  if (first === undefined) return [];
  const message = `${first.at(-1) === "alert" ? "an" : "a"} ${first.at(-1)} needs stack.prometheus: where it is read, such as http://prometheus:9090`;
  return [{ message, path: first }];
}

const fromPrometheus = ["metric", "promql", "alert", "counter"] as const;

/** Every service that is named is in the Compose file, and among those that are started. */
function serviceProblems(scenario: Scenario, { services }: ComposeFacts): Finding[] {
  if (services === undefined) return [];
  const named = scenario.stack.services;
  const listed = placed(named ?? [], ["stack", "services"]);
  const used = [
    ...faultServices(scenario, "main"),
    ...faultServices(scenario, "afterwards"),
    ...corroborations(scenario).flatMap(corroborationServices),
    ...[
      ...placed(scenario.recovery?.of ?? [], ["recovery", "of"]),
      ...placed(scenario.afterwards?.recovery.of ?? [], ["afterwards", "recovery", "of"]),
    ].filter(({ it }) => !(it === machineName && hasMachine(scenario))),
    ...scenario.controls.flatMap(({ stop }, index) => placed(stop ?? [], ["controls", index, "stop"])),
    ...allConditions(scenario).flatMap(conditionServices),
    ...(scenario.ledger ? [{ it: scenario.ledger.service, path: ["ledger", "service"] }] : []),
  ];
  const overrides = [
    { override: scenario.stack.override, path: ["stack", "override"] },
    ...scenario.controls.map(({ override }, index) => ({ override, path: ["controls", index, "override"] })),
  ];
  const overridden = overrides.flatMap(({ override, path }) =>
    Object.keys(override ?? {}).map((it): Placed<string> => ({ it, path: [...path, it], what: "key" })),
  );
  const started = startedServices(services, named);
  const names = [...services.keys()];
  const there = `${scenario.stack.compose} (it has ${names.join(", ")})`;
  return [...listed, ...used, ...overridden].flatMap(({ it, ...place }): Finding[] => {
    if (!services.has(it))
      return [{ message: `no service ${JSON.stringify(it)} in ${there}${didYouMean(it, names)}`, ...place }];
    if (started.has(it)) return [];
    return [{ message: `${it} is not started: neither in stack.services nor needed by one of them`, ...place }];
  });
}

/** A container that is not there would be gone throughout, and never ill. */
function replicaProblems(scenario: Scenario, compose: ComposeFacts): Finding[] {
  return allConditions(scenario).flatMap(({ it, path }) => {
    const { watch } = readingOf(it);
    if (watch.by !== "state" && watch.by !== "health") return [];
    return missingReplica(watch, compose).map((message) => ({ message, path: [...path, "replica"] }));
  });
}

/** The service that a condition names, where it is told. */
function conditionServices({ it, path }: Placed<Condition>): Placed<string>[] {
  if ("container" in it) return [{ it: it.container, path: [...path, "container"] }];
  if ("health" in it) return [{ it: it.health, path: [...path, "health"] }];
  if ("restarts" in it) return [{ it: it.restarts, path: [...path, "restarts"] }];
  if ("log" in it) return [{ it: it.log, path: [...path, "log"] }];
  if ("logSize" in it) return [{ it: it.logSize, path: [...path, "logSize"] }];
  return "disk" in it ? [{ it: it.of, path: [...path, "of"] }] : [];
}

function corroborationServices({ it, path }: Placed<Corroboration>): Placed<string>[] {
  if ("log" in it) return [{ it: it.log, path: [...path, "log"] }];
  return "unit" in it ? [{ it: it.of, path: [...path, "of"] }] : [];
}

/** A fault's parameters that name services of the stack. */
const namesOne = ["service", "device", "through"] as const;
const namesSeveral = "peers";

function faultServices(scenario: Scenario, of: Controlled): Placed<string>[] {
  const faults = of === "main" ? writtenFaults(scenario) : faultsAfterwards(scenario);
  return faults.flatMap(({ params, path }) => {
    const several = z.array(z.string()).safeParse(params[namesSeveral]).data ?? [];
    return [
      ...namesOne.flatMap((key) => {
        const name = params[key];
        return typeof name === "string" ? [{ it: name, path: [...path, key] }] : [];
      }),
      ...placed(several, [...path, namesSeveral]),
    ];
  });
}

/** The host of an address is found inside the stack's network. One with a dot may be outside: not ours to know. */
function hostProblems(scenario: Scenario, { services }: ComposeFacts): Finding[] {
  if (services === undefined) return [];
  const started = startedServices(services, scenario.stack.services);
  const names = [...services].flatMap(([name, service]) => (started.has(name) ? service.names : []));
  const ofTheMachine = (address: string) => hostOf(address) === machineName && hasMachine(scenario);
  const addresses = [
    ...(scenario.stack.prometheus === undefined
      ? []
      : [{ it: scenario.stack.prometheus, path: ["stack", "prometheus"] }]),
    ...allConditions(scenario).flatMap(({ it, path }) => {
      if ("probe" in it) return ofTheMachine(it.probe) ? [] : [{ it: it.probe, path: [...path, "probe"] }];
      return "message" in it ? [{ it: it.at, path: [...path, "at"] }] : [];
    }),
  ];
  return addresses.flatMap(({ it, path }) => {
    const host = hostOf(it);
    if (host.includes(".") || names.includes(host)) return [];
    if (host === machineName && !hasMachine(scenario)) {
      const permit = `stack.shares: ${JSON.stringify([...scenario.stack.shares, labMachine])}`;
      const message = `no service "${host}" in the stack's network; the lab's machine itself is that, where the scenario permits it: ${permit}`;
      return [{ message, path }];
    }
    const known = names.length === 0 ? "" : ` (there are ${names.join(", ")})`;
    return [
      { message: `no service ${JSON.stringify(host)} in the stack's network${known}${didYouMean(host, names)}`, path },
    ];
  });
}

const hostOf = (address: string) => /^\w+:\/\/([^/:]+)/.exec(address)?.[1] ?? address;

/** What a control stops must not be what its own trial needs: it could never become steady. */
function controlProblems(scenario: Scenario, { services }: ComposeFacts): Finding[] {
  return scenario.controls.flatMap((control, index) =>
    placed(control.stop ?? [], ["controls", index, "stop"]).flatMap(({ it: stopped, path }): Finding[] => {
      const why = whyNeeded(scenario, control.of, stopped, services?.get(stopped)?.names ?? [stopped]);
      return why === undefined ? [] : [{ message: `${stopped} cannot be stopped in this control: ${why}`, path }];
    }),
  );
}

function whyNeeded(scenario: Scenario, of: Controlled, service: string, names: readonly string[]): string | undefined {
  if (faultServices(scenario, of).some(({ it }) => it === service)) return "it is what the fault breaks";
  if (scenario.ledger?.service === service) return "it is the ledger";
  const { prometheus } = scenario.stack;
  if (prometheus !== undefined && names.includes(hostOf(prometheus))) return "the metrics are read from it";
  const needing = steadyConditions(scenario, of)
    .map(({ it }) => readingOf(it))
    .find(({ watch }) => needs(watch, service, names));
  return needing && `the steady state needs it (${needing.series})`;
}

/** Whether there is nothing good to see of a signal while a service is stopped. */
function needs(watch: Watch, service: string, names: readonly string[]): boolean {
  switch (watch.by) {
    case "prometheus":
      return names.some((name) => labelsJob(watch.selector, name));
    case "promql":
      return watch.alert === undefined && names.some((name) => labelsJob(watch.expression, name));
    case "probe":
    case "http":
      return names.includes(hostOf(watch.url));
    case "state":
    case "health":
    case "disk":
    case "log-size":
      return watch.service === service;
    default:
      return false;
  }
}

/** Whether a series is a service's own, by the labels that say so. */
function labelsJob(selector: string, service: string): boolean {
  const labels = selector.matchAll(/(\w+)\s*=\s*["']([^"']*)["']/g);
  return [...labels].some(([, name, value]) => (name === "job" || name === "service") && value === service);
}
