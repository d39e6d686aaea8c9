import { monotonicNow, serve } from "../../stack/helper-program.ts";
import { command } from "./commands.ts";
import type { ProcessIdentity, Signal } from "./hand.ts";
import { ProcessTable } from "./proc.ts";
import { watchState } from "./watch.ts";

/** The hand: runs in a container that sees the host's processes, and signals those that it is told, after a second look. */

const processes = new ProcessTable();

/** Nothing runs between the look and the signal but this: the number cannot have passed on to another process meanwhile. */
function send(target: ProcessIdentity, signal: Signal) {
  const from = monotonicNow();
  const sent = processes.isStill(target) && wasSent(target.pid, signal);
  return { sent, from, to: monotonicNow() };
}

function wasSent(pid: number, signal: Signal): boolean {
  try {
    return process.kill(pid, signal);
  } catch (thrown) {
    // It ended just now.
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ESRCH") return false;
    throw thrown;
  }
}

serve((asked, call) => {
  const order = command.parse(asked);
  if (order.do === "identify") return processes.identify(order.container, order.pid) ?? null;
  if (order.do === "signal") return send(order.process, order.signal);
  return watchState(
    () => processes.stateOf(order.process),
    (state, from, to) => call.more({ state, from, to }),
    call.stopped,
  );
});
