/**
 * Imported before healproof, throws where nobody waits for it, as soon as healproof would notice; with `?under-way` in its address, once
 * an interrupt would put something back, too. (Others listen for signals as well: ours is called `stop`.)
 */
const underWay = new URL(import.meta.url).search !== "";
const looking = setInterval(() => {
  if (process.listenerCount("uncaughtException") === 0) return;
  if (underWay && !process.listeners("SIGINT").some((it) => it.name === "stop")) return;
  clearInterval(looking);
  throw new Error("a defect that nobody awaits");
}, 5);
