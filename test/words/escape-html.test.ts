import assert from "node:assert/strict";
import { test } from "node:test";
import { escapeHtml } from "../../lib/src/words/index.ts";

test("a text with markup in it stays text, in elements and in attributes", () => {
  assert.equal(
    escapeHtml(`<script>alert("1 & 2")</script> it's`),
    "&lt;script&gt;alert(&quot;1 &amp; 2&quot;)&lt;/script&gt; it&#39;s",
  );
});
