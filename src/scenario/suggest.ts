import { distance } from "fastest-levenshtein";

const plain = (word: string) => word.toLowerCase().replaceAll(/[-_. ]/g, "");

/** The candidate that was probably meant: a slip of the finger or two, another spelling, or the start of a longer name. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = plain(word);
  if (wanted === "") return undefined;
  const near = [...candidates]
    .map((candidate) => ({ candidate, slips: slips(wanted, plain(candidate)) }))
    .sort((a, b) => a.slips - b.slips)[0];
  return near !== undefined && near.slips <= tolerated(wanted.length) ? near.candidate : undefined;
}

function slips(wanted: string, candidate: string): number {
  if (wanted.length >= 3 && candidate.startsWith(wanted)) return 0.5;
  return isAnagram(wanted, candidate) ? 1 : distance(wanted, candidate);
}

const tolerated = (length: number) => (length <= 3 ? 1 : Math.max(2, Math.floor(length / 3)));

/** Letters in another order, `si` for `is`: one slip of the finger. */
const isAnagram = (a: string, b: string) => a.length === b.length && sorted(a) === sorted(b);
const sorted = (text: string) => [...text].sort().join("");

/** `; did you mean "within"?`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const near = closest(word, candidates);
  return near === undefined || near === word ? "" : `; did you mean ${JSON.stringify(near)}?`;
}
