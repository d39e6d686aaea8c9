import { homedir } from "node:os";
import { join } from "node:path";

/** A folder of ours that outlives runs, the user's own: found wherever healproof is called, and written by nobody else. */
export function stateFolder(name: "undo" | "starts" | "stacks"): string {
  return join(process.env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "healproof", name);
}
