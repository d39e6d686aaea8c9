/**
 * What to say over a connection so that whoever is at its end answers: how a link's state is measured without knowing what it carries.
 * Who speaks first (MySQL, SMTP, SSH) answers any of them. None of it changes anything at the other end.
 */

interface Hello {
  /** Where this is the likeliest to be answered: tried first there. */
  readonly port: number;
  readonly short: Buffer;
  /** One that is about so long, and answered only once all of it has come; undefined if it cannot be that long. */
  readonly long: (bytes: number) => Buffer | undefined;
  /** So many at once on one connection that the answer is about so long, or as long as can be; undefined if it is always short. */
  readonly answeredBy: (bytes: number) => Buffer | undefined;
}

const upTo = (most: number, text: (length: number) => string) => (length: number) =>
  length <= most ? Buffer.from(text(length), "latin1") : undefined;

const times = (most: number, eachAnswer: number, text: string) => (bytes: number) =>
  Buffer.from(text.repeat(Math.min(most, Math.ceil(bytes / eachAnswer))));

/** Without a Host header, at which Redis would log an attack. */
const http = (more = "") => `HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n${more}\r\n`;

/** PostgreSQL's "may I speak TLS", answered by one letter whatever it may. */
const sslRequest = Buffer.from("0000000804d2162f", "hex");

/** A start that names no user, with ballast in an option that nobody knows: refused once it was read, before any authentication. */
function startWithoutUser(bytes: number): Buffer {
  const option = Buffer.from(`\0\x03\0\0_pq_.healproof\0${"x".repeat(bytes)}\0\0`, "latin1");
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + option.length);
  return Buffer.concat([length, option]);
}

const hellos = {
  http: {
    port: 80,
    short: Buffer.from(http()),
    // Servers take headers of 8 kB and more.
    long: upTo(7000, (length) => http(`X-Healproof: ${"x".repeat(length)}\r\n`)),
    answeredBy: times(60, 100, "HEAD / HTTP/1.1\r\nHost: healproof\r\n\r\n"),
  },
  postgres: {
    port: 5432,
    short: sslRequest,
    // It takes starts of 10 000 bytes.
    long: (bytes) => (bytes <= 9000 ? startWithoutUser(bytes) : undefined),
    answeredBy: () => undefined,
  },
  redis: {
    port: 6379,
    short: Buffer.from("PING\r\n"),
    // It takes lines of 64 kB, from those who have not said a password, too; and answers that these are too many words.
    long: upTo(60_000, (length) => `PING healproof ${"x".repeat(length)}\r\n`),
    answeredBy: times(10_000, "+PONG\r\n".length, "PING\r\n"),
  },
} satisfies Readonly<Record<string, Hello>>;

export type HelloName = keyof typeof hellos;

export const helloNames = ["http", "postgres", "redis"] as const satisfies readonly HelloName[];

export const helloOf = (name: HelloName): Hello => hellos[name];

/** All of them, the likeliest for this port first: each other one may leave a line in a server's log. */
export const likeliest = (port: number): HelloName[] =>
  helloNames.toSorted((a, b) => Number(hellos[b].port === port) - Number(hellos[a].port === port));
