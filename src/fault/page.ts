import type { AnyFault, FaultEnd } from "./define.ts";
import { type Parameter, parametersOf } from "./parameters.ts";

/** docs/faults.md: every fault there is, from its own declaration. */

const ends: Readonly<Record<FaultEnd, string>> = {
  "at-once": "It is a moment: nothing is held afterwards.",
  "with-the-process": "It is held until its process is replaced, which is what healing it means.",
  "by-healing": "It is held until somebody takes it away.",
  "by-us": "Nothing in the stack can end it: it is held until its time is over.",
};

export function faultsPage(faults: readonly AnyFault[]): string {
  return `# Faults

What healproof can break, made from the code: \`healproof list --faults --markdown > docs/faults.md\`. How one is written: [adding-a-fault.md](adding-a-fault.md).

A scenario names one under \`fault\`, or several under \`faults\`, each with its parameters:

\`\`\`yaml fault
fault: { device-power-loss: { device: plug, returnsAt: new-address, for: 20s } }
\`\`\`

By hand, on a stack that \`healproof up\` started: \`healproof inject device-power-loss --param device=plug --for 20s\`. Each is injected, seen to
bite, and undone by the same code; its undo is on the disk before anything is broken, so that \`healproof clean\` puts it back after a crash.
In a list of faults each may have \`at\`: when it is injected, counted from the first.

${faults.map((it) => `- [${it.kind}](#${it.kind}): ${it.summary}`).join("\n")}
${faults.map(sectionOf).join("")}`;
}

function sectionOf(fault: AnyFault): string {
  const { kind, summary, lasts, capabilities, shares } = fault;
  const rows = parametersOf(fault).map(rowOf);
  const notes = [
    ends[fault.ends],
    lasts ? "It lasts: `for` gives it a time." : "It takes no time (`for`).",
    ...(capabilities.length > 0 ? [`Our helper on the host gets for it: ${capabilities.join(", ")}.`] : []),
    ...(shares.length > 0 ? [`A scenario must permit it: \`stack.shares: ${JSON.stringify(shares)}\`.`] : []),
  ];
  return `
## ${kind}

${summary}

${rows.length === 0 ? "It has no parameters." : `| parameter | is | what it means |\n| --- | --- | --- |\n${rows.join("\n")}`}

${notes.join(" ")}
`;
}

const rowOf = ({ name, type, required, description }: Parameter) =>
  `| \`${name}\` | ${cell(type)}${required ? "" : "; optional"} | ${cell(description)} |`;

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
