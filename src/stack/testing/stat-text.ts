/** A line of /proc/PID/stat. */
export const statText = (pid: number, comm: string, state: string, parent: number, startTicks: number) =>
  `${pid} (${comm}) ${state} ${parent} 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 11 0 ${startTicks} 99 100\n`;
