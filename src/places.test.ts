import { expect, test } from "vitest";
import { type Place, Places, type PlacesLimits } from "./places.ts";

/** Those who want in, by name; a capital is of one that will wait for long. Who is in, in the order in which they came. */
function places(most: PlacesLimits, ...names: string[]) {
  const all = new Places(most);
  const inside: string[] = [];
  const held = new Map<string, Place>();
  for (const name of names)
    void all.enter({ waitsForLong: name === name.toUpperCase() }).then((place) => {
      inside.push(name);
      held.set(name, place);
    });
  const settled = async () => {
    await new Promise(setImmediate);
    return inside.join("");
  };
  const tell = (step: keyof Place) => async (name: string) => {
    held.get(name)?.[step]();
    return settled();
  };
  return { settled, makeRoom: tell("makeRoom"), leave: tell("leave") };
}

const usual = { midst: 2, waiting: 1, leaving: 1 };

test("they come in by turns, as others leave", async () => {
  const { settled, leave } = places(usual, "a", "b", "c", "d");
  expect(await settled()).toBe("ab");
  expect(await leave("b")).toBe("abc");
  expect(await leave("a")).toBe("abcd");
});

test("who makes room lets one in, and only so many are on their way out", async () => {
  const { settled, makeRoom, leave } = places(usual, "a", "b", "c", "d");
  await settled();
  expect(await makeRoom("a")).toBe("abc");
  expect(await makeRoom("a")).toBe("abc");
  expect(await makeRoom("b")).toBe("abc");
  expect(await leave("a")).toBe("abc");
  expect(await makeRoom("b")).toBe("abcd");
});

test("who will wait for long comes in where it can do so beside, and keeps nobody else out", async () => {
  const { settled, makeRoom, leave } = places(usual, "A", "B", "c", "d", "e");
  expect(await settled()).toBe("Ac");
  expect(await makeRoom("A")).toBe("Acd");
  expect(await leave("c")).toBe("Acde");
  // The first in the queue all the while.
  expect(await leave("A")).toBe("Acde");
  expect(await leave("d")).toBe("AcdeB");
});

test("where there is room beside, who will wait for long goes first", async () => {
  const { settled, makeRoom, leave } = places(usual, "a", "b", "c", "D", "e", "F");
  expect(await settled()).toBe("ab");
  expect(await leave("a")).toBe("abD");
  expect(await makeRoom("D")).toBe("abDc");
  expect(await leave("b")).toBe("abDce");
});

test("its place beside is its own: those on their way out do not take it", async () => {
  const { settled, makeRoom } = places(usual, "A", "b", "c", "d");
  expect(await settled()).toBe("Ab");
  expect(await makeRoom("b")).toBe("Abc");
  expect(await makeRoom("A")).toBe("Abcd");
});

test("who leaves twice frees one place", async () => {
  const { settled, leave } = places(usual, "a", "b", "c", "d", "e");
  await settled();
  await leave("a");
  expect(await leave("a")).toBe("abc");
});

test("where nobody may be beside, all wait for the midst", async () => {
  const { settled, makeRoom, leave } = places({ midst: 1, waiting: 0, leaving: 0 }, "A", "B", "c");
  expect(await settled()).toBe("A");
  expect(await makeRoom("A")).toBe("A");
  expect(await leave("A")).toBe("AB");
});
