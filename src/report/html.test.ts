import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeMarkup, html, prose, visible } from "./html.ts";

describe("html", () => {
  test("escapes what is put into text and into an attribute", () => {
    const text = `<script>"a" & 'b'</script>`;
    expect(html`<p title="${text}">${text}</p>`.markup).toBe(
      `<p title="&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;">&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;</p>`,
    );
  });

  test("leaves markup that it made as it is, joins arrays, and writes nothing for false and undefined", () => {
    expect(html`<ul>${["<", html`<li>${1}</li>`, [false, undefined, "b"]]}</ul>`.markup).toBe(
      "<ul>&lt;<li>1</li>b</ul>",
    );
  });

  test("no text can leave the place it was put in", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        (text) => !/[<>"']|&(?!(amp|lt|gt|quot|#39);)/.test(escapeMarkup(text)),
      ),
    );
  });

  test("control characters, text that turns around and lone surrogates become visible", () => {
    expect(visible("a\u0000b\u001b[31mc\u202ed\ud800e\ttab\nline")).toBe(
      "a\ufffdb\ufffd[31mc\ufffdd\ufffde\ttab\nline",
    );
  });

  test("words between backticks are code, and escaped", () => {
    expect(html`${prose("with `a < b` and `open")}`.markup).toBe("with <code>a &lt; b</code> and `open");
  });
});
