import { once } from "node:events";
import { monotonicNow, serve } from "../../stack/helper-program.ts";
import { Addresses } from "./addresses.ts";
import { command } from "./commands.ts";
import { fetchOnce } from "./fetch.ts";
import { serveNowhere } from "./nowhere.ts";
import { engineResolver } from "./resolve.ts";
import { watch } from "./watch.ts";

/** The probe: runs in a container inside the stack's network, tries addresses and tells what it saw. */

serveNowhere();
const addresses = new Addresses(engineResolver(), monotonicNow);

serve(async (asked, call) => {
  const order = command.parse(asked);
  if (order.do === "fetch") return fetchOnce(order.url, order.timeoutMs, addresses);
  watch(order, addresses, (tries) => call.more(tries), call.stopped);
  await once(call.stopped, "abort");
  return null;
});
