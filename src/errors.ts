/** Exit codes of the command line. A crash of the harness is never a pass. */
export const exitCode = {
  proven: 0,
  refuted: 1,
  inconclusive: 2,
  usage: 64,
  /** This machine lacks something that is needed: the set-up ends so, too. */
  lacking: 69,
  internal: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/**
 * An error that we understand: it says what was wanted, what was seen and what to do, and prints as one block without a stack.
 * Anything else that is thrown is a defect of ours and keeps its stack.
 *
 * `facts` are printed as an aligned list below the message, in their order: `{ "last check": "…", see: "…", try: "…" }`.
 */
export class KnownError extends Error {
  readonly code: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly exitCode: ExitCode;

  constructor(
    code: string,
    message: string,
    options: { facts?: Record<string, string>; exitCode?: ExitCode; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "KnownError";
    this.code = code;
    this.facts = options.facts ?? {};
    this.exitCode = options.exitCode ?? exitCode.internal;
  }

  /** The message with its facts, as people read it. */
  override toString(): string {
    const facts = Object.entries(this.facts).map(([key, value]) => [printable(key), printable(value)] as const);
    const width = Math.max(0, ...facts.map(([key]) => key.length));
    const lines = facts.map(
      ([key, value]) => `  ${key.padEnd(width)}  ${value.replaceAll("\n", `\n  ${" ".repeat(width)}  `)}`,
    );
    return [printable(this.message), ...lines].join("\n");
  }
}

/** Without what would steer a terminal: texts of ours hold texts from outside. */
export const printable = (text: string) => text.replaceAll(/(?![\n\t])\p{Cc}/gu, "");

/** What was thrown: what is known with its facts, anything else as one line of text. */
export const textOf = (thrown: unknown): string => (thrown instanceof KnownError ? `${thrown}` : messageOf(thrown));

/** The same where nobody can do anything about it but we: a defect keeps its stack. */
export const fullTextOf = (thrown: unknown): string =>
  thrown instanceof Error && !(thrown instanceof KnownError)
    ? printable(thrown.stack ?? thrown.message)
    : printable(String(thrown));

/** What was thrown, as one line of text. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
