import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { exportReport } from "../../bin/commands/report/export.ts";
import { chartBundle } from "../../lib/src/show/index.ts";
import { describeInBrowser, launchBrowser, openPage } from "../helpers/browser.ts";
import { codeCell, display, markdownCell, notebookOf } from "./sample-notebook.ts";

const act = "globalThis.intruder=1";

/** What a model may answer, to whom it occurs to answer so. */
const payloads = [
  `<script>${act}</script>`,
  `<SCRIPT type=module>${act}</SCRIPT>`,
  `<script src="https://intruder.example/x.js"></script>`,
  `<img src=x onerror="${act}">`,
  `<img src="data:image/png;base64,x" onerror="${act}">`,
  `<details open ontoggle="${act}">x</details>`,
  `<svg onload="${act}"><script>${act}</script></svg>`,
  `<svg><a href="javascript:${act}"><text y="9">press</text></a></svg>`,
  `<math><a href="javascript:${act}">press</a></math>`,
  `<a href="javascript:${act}">press</a>`,
  `<a href="&#106;ava&#9;script:${act}">press</a>`,
  `<a href="data:text/html,<script>opener.intruder=1</script>">press</a>`,
  `[press](javascript:${act})`,
  `[press](<java script:${act}>)`,
  `![x](javascript:${act})`,
  `![x](attachment:missing.png)`,
  `<iframe srcdoc="<script>parent.intruder=1</script>"></iframe>`,
  `<iframe src="javascript:parent.intruder=1"></iframe>`,
  `<object data="javascript:${act}"></object><embed src="javascript:${act}">`,
  `<form action="javascript:${act}"><button>press</button></form>`,
  `<form id=x></form><button form=x formaction="javascript:${act}">press</button>`,
  `<meta http-equiv="refresh" content="0; url=https://intruder.example/">`,
  `<base href="https://intruder.example/"><link rel=stylesheet href="x.css">`,
  `<style>@import "https://intruder.example/x.css"; h1 { display: none }</style>`,
  `<input autofocus onfocus="${act}"><body onload="${act}" onpageshow="${act}">`,
  `<div style="background:url(https://intruder.example/x)" onmouseover="${act}">x</div>`,
  `<figure class="chart"><script type="application/json">{}</script></figure>`,
  `<!--><img src=x onerror="${act}">-->`,
  `<noscript><p title="</noscript><img src=x onerror='${act}'>"></noscript>`,
  `\`\`\`mermaid\n<img src=x onerror="${act}">\n\`\`\``,
  `\`\`\`html"><img src=x onerror="${act}">\n<script>${act}</script>\n\`\`\``,
  `$$<img src=x onerror="${act}">$$ and $<script>${act}</script>$`,
  `# <img src=x onerror="${act}">\n\n| <script>${act}</script> |\n|---|\n| x |`,
  `<https://x" onmouseover="${act}>`,
  `</main></body></html><script>${act}</script>`,
];

/** Every form in which a cell may put one out. */
const forms: [type: string, wrap: (payload: string) => string][] = [
  ["text/markdown", (payload) => payload],
  ["text/html", (payload) => `<div>${payload}</div>`],
  ["text/html", (payload) => `<table><tr><td>${payload}</td></tr></table>`],
  [
    "image/svg+xml",
    (payload) =>
      `<svg xmlns="http://www.w3.org/2000/svg">${payload}<foreignObject>${payload}</foreignObject></svg>`,
  ],
  ["text/latex", (payload) => `$${payload}$`],
  ["text/plain", (payload) => payload],
  ["image/png", (payload) => `"${payload}`],
  ["application/javascript", () => act],
  ["application/vnd.jupyter.widget-view+json", (payload) => payload],
];

describeInBrowser("a page of hostile outputs", () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), "workbook-hostile-"));
  before(async () => {
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens the page of some cells, presses and touches all there is, and tells what came of it beside what should. */
  async function visit(name: string, cells: Parameters<typeof notebookOf>[0]) {
    const notebookFile = join(folder, `${name}.ipynb`);
    const outputFile = join(folder, `${name}.html`);
    writeFileSync(notebookFile, JSON.stringify(notebookOf(cells)));
    await exportReport({ notebookFile, outputFile });
    const page = await openPage(browser);
    const own = pathToFileURL(outputFile).href;
    const requests: string[] = [];
    await page.route("**/*", (route) => {
      const url = route.request().url();
      if (url === own) return route.continue();
      requests.push(url);
      return route.abort();
    });
    await page.goto(own);
    await page.evaluate(`for (const one of document.querySelectorAll("main *")) {
      one.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
      const isOutside = /^https?:/.test(one.href?.baseVal ?? one.href ?? "");
      if (!isOutside) one.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    }`);
    await page.waitForTimeout(300);
    const seen = {
      requests,
      address: page.url().replace(/#.*/, ""),
      pages: page.context().pages().length,
      intruder: await page.evaluate("globalThis.intruder"),
      title: await page.locator("header h1").isVisible(),
      foot: await page.locator("footer").isVisible(),
    };
    const harmless = { requests: [], address: own, pages: 1, intruder: undefined, title: true, foot: true };
    await page.close();
    return { seen, harmless };
  }

  for (const [index, [type, wrap]] of forms.entries()) {
    test(`of ${type} (${index}) runs nothing, asks for nothing and leads nowhere`, async () => {
      const cells = payloads.map((payload) =>
        codeCell("1", [display({ data: { [type]: wrap(payload), "text/plain": payload } })]),
      );
      const { seen, harmless } = await visit(`form-${index}`, [markdownCell("# Title"), ...cells]);
      assert.deepEqual(seen, harmless);
    });
  }

  test("runs nothing of the notebook's prose, of its raw cells, and of a chart's texts", async () => {
    const charts = await Promise.all(
      payloads.slice(0, 8).map((payload) =>
        chartBundle(
          {
            data: { values: [{ a: payload, href: `javascript:${act}` }] },
            mark: { type: "bar", tooltip: true },
            encoding: { y: { field: "a", type: "nominal" } },
          },
          { description: payload },
        ),
      ),
    );
    const raw = payloads.map((source) => ({ cell_type: "raw" as const, metadata: {}, source }));
    const cells = [markdownCell("# Title"), markdownCell(payloads.slice(0, 12).join("\n\n")), ...raw];
    const { seen, harmless } = await visit("prose", [
      ...cells,
      ...charts.map((bundle) => codeCell("1", [display(bundle)])),
    ]);
    assert.deepEqual(seen, harmless);
  });
});
