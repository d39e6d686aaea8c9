/**
 * What somebody should know of an engine of this version before they look for the cause elsewhere. Docker's own versions alone: Podman
 * counts from 1, and others tell of none.
 */
export function knownBugs(version: string): string[] {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.+-]/).map(Number);
  const isBeforeMended = major < 20 || (major === 20 && (minor < 10 || (minor === 10 && patch < 27)));
  return major >= 17 && isBeforeMended
    ? ["may lock up (moby/moby#46661, mended in 20.10.27): where it does not answer, restart it"]
    : [];
}
