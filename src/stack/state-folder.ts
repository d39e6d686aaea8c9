import { homedir } from "node:os";
import { join } from "node:path";

/** What this process works with, where that is not this machine's own engine. */
let elsewhere: string | undefined;

/** A folder of ours that outlives runs, the user's own: found wherever healproof is called, and written by nobody else. */
export function stateFolder(name: "undo" | "starts" | "stacks"): string {
  const own = join(process.env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "healproof");
  return elsewhere === undefined ? join(own, name) : join(own, elsewhere, name);
}

/** From now on the folders of another engine are meant: what is to be put back there cannot be put back here. */
export function useStateOf(engine: "lab"): Disposable {
  const before = elsewhere;
  elsewhere = engine;
  return {
    [Symbol.dispose]: () => {
      elsewhere = before;
    },
  };
}
