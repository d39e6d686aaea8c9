import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fileLink, References, slug } from "./anchors.ts";
import { gateRun } from "./testing/sample-runs.ts";

describe("slug", () => {
  test("keeps a trial's name readable", () => {
    expect(slug("app-hang/without-watchdog")).toBe("app-hang.without-watchdog");
  });

  test("is a plain word, and different for different names", () => {
    const name = fc.string({ unit: "grapheme" });
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(slug(a)).toMatch(/^[a-zA-Z0-9._-]*$/);
        expect(slug(a) === slug(b)).toBe(a === b);
      }),
    );
    expect(slug("a.b")).not.toBe(slug("a/b"));
    expect(slug("_2f_")).not.toBe(slug("/"));
  });
});

describe("fileLink", () => {
  test("leads to a file below the run's folder", () => {
    expect(fileLink("trials/app-crash", "evidence/app.log")).toBe("./trials/app-crash/evidence/app.log");
  });

  test.each([["../../etc/passwd"], ["trials/../../x"], ["..\\x"]])("does not lead out of it: %s", (path) => {
    expect(fileLink(path)).toBeUndefined();
  });

  test.each([["javascript:alert(1)"], ["//evil.example/x"], ["https://evil.example"], ["data:text/html,x"]])(
    "never has a scheme or a host of its own: %s",
    (path) => {
      expect(fileLink(path)).toMatch(/^\.\/[^:/]/);
      expect(fileLink(path)).not.toContain(":");
    },
  );
});

describe("References", () => {
  const { journals } = gateRun();
  const journal = journals.get("app-crash");

  test("cites each line once, in the journal's order, however often it is linked to", () => {
    const references = new References("app-crash", journal);
    references.links([9, 3]);
    references.links([3]);
    expect(references.cited().map((it) => it.seq)).toEqual([3, 9]);
  });

  test("a line that is not in the journal is named, but is no link", () => {
    const references = new References("app-crash", journal);
    const links = references.links([1_000_000]).markup;
    expect(links).toContain("1000000");
    expect(links).not.toContain("href");
    expect(references.cited()).toEqual([]);
  });

  test("of many lines the first and last are linked and the others counted", () => {
    const references = new References("app-crash", journal);
    const links = references.links(Array.from({ length: 60 }, (_, index) => index)).markup;
    expect(links.match(/href/g)).toHaveLength(8);
    expect(links).toContain("52 more");
  });
});
