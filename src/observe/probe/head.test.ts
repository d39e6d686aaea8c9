import { expect, test } from "vitest";
import { headOf } from "./head.ts";

const statusOf = (head: string) => {
  const found = headOf(head);
  return typeof found === "object" ? found.status : found;
};

test.each([
  ["HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody", 200],
  ["HTTP/1.0 503 Service Unavailable\r\n\r\n", 503],
  ["HTTP/1.1 204\r\n\r\n", 204],
  ["HTTP/1.1 200 OK\nA: b\n\n", 200],
  ["HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 404 Not Found\r\n\r\n", 404],
])("reads the status of %j", (head, status) => {
  expect(statusOf(head)).toBe(status);
});

test.each(["", "HTT", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\nA: b\r\n", "HTTP/1.1 100 Continue\r\n\r\n"])(
  "waits for the rest of %j",
  (head) => {
    expect(statusOf(head)).toBeUndefined();
  },
);

test.each([
  "SSH-2.0-OpenSSH_9\r\n",
  "HTTP/1.1 20x OK\r\n\r\n",
  "x".repeat(2000),
  `HTTP/1.1 200 OK\r\n${"a".repeat(70_000)}`,
])("does not take %.20j for HTTP", (head) => {
  expect(statusOf(head)).toBe("not-http");
});
