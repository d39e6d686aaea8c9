import { expect, test } from "vitest";
import { ms } from "../time.ts";
import { actOf, type Learned, span, tell, upOfApp } from "./testing/journal-builder.ts";
import { judgeTrial } from "./trial.ts";

const ran = (command: string, when: number, service = "app"): Learned => ({
  at: when + 2,
  fact: { kind: "command", when: span(when - 1, when + 1), service, container: `${service}-1`, command },
});
const stays = actOf({
  goal: "holds",
  recovery: { when: [{ ...upOfApp, is: 0 }], stableFor: ms(5000), healedBy: "nobody" },
});
const story = [ran("df /data", 4000), ran("df /data", 6000), ran("find /data -delete", 7000), ran("df /data", 8000)];
const said = (act: typeof stays, and: readonly Learned[]) => {
  const journal = tell({ act, down: [[5001, 60_000]], and });
  const { outcome, remarks } = judgeTrial(journal);
  return {
    outcome,
    texts: remarks.map((it) => it.text),
    kinds: remarks.flatMap((it) => it.seqs.map((seq) => journal[seq]?.kind)),
  };
};

test("what somebody ran where nobody is to touch anything is told and decides nothing", () => {
  const { outcome, texts, kinds } = said(stays, [...story, ran("true", 7000, "db")]);
  expect(outcome).toBe("proven");
  expect(texts).toEqual([
    "somebody ran in app meanwhile: `df /data` (2 times) and `find /data -delete`; what that changed, the engine does not tell",
    "somebody ran in db meanwhile: `true`; what that changed, the engine does not tell",
  ]);
  expect(kinds).toEqual(["command", "command", "command"]);
});

test("where somebody is to heal, or nobody ran anything, there is nothing to tell of it", () => {
  expect(said(stays, []).texts).toEqual([]);
  expect(said(actOf(), story).texts.filter((it) => it.includes("ran in"))).toEqual([]);
});
