import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { findClosedPort } from "../../helpers/local-server.ts";
import { type KernelEvent, runCells, streamText } from "../run-cells.ts";
import { awaits } from "./awaits.ts";
import { changingFiles } from "./changing-files.ts";
import { compileErrors } from "./compile-errors.ts";
import { declarations } from "./declarations.ts";
import { display } from "./display.ts";
import { errors } from "./errors.ts";
import { globalNames } from "./global-names.ts";
import { imports } from "./imports.ts";
import { language } from "./language.ts";
import { otherLanguages } from "./other-languages.ts";
import { redefinitions } from "./redefinitions.ts";
import { refused } from "./refused.ts";
import type { Row, Theme } from "./row.ts";
import { scopes } from "./scopes.ts";
import { textForms } from "./text-forms.ts";

const projectRoot = fileURLToPath(new URL("../../..", import.meta.url));

const themes: Readonly<Record<string, Theme>> = {
  declarations: { rows: [...declarations.rows, ...scopes] },
  redefinitions,
  "names that Node and pages use too": globalNames,
  awaits,
  language,
  "how a cell is written": textForms,
  imports: { ...imports, rows: [...imports.rows, ...changingFiles] },
  errors,
  "what the compiler refuses": compileErrors,
  "what a kernel cannot do": refused,
  "other languages": otherLanguages,
  "last values": display,
};

/** A cell's tables and charts, as text. */
function displayedTexts(events: readonly KernelEvent[], cell: number): unknown[] {
  return events.flatMap((event) => {
    if (event.type !== "message" || event.cell !== cell || event.messageType !== "display_data") return [];
    return [Reflect.get(Object(event.content["data"]), "text/plain")];
  });
}

function assertSaid(said: string, expected: Row["seen"]): void {
  if (expected === undefined || typeof expected === "string") {
    assert.equal(said, expected ?? "");
    return;
  }
  let rest = said;
  for (const part of expected) {
    const place = rest.indexOf(part);
    assert.ok(place >= 0, `${JSON.stringify(part)} is not in ${JSON.stringify(rest)}`);
    rest = rest.slice(place + part.length);
  }
}

// Most of a kernel's time is waiting: for its start, and after a cell that failed.
describe("a cell", { concurrency: 2 }, () => {
  for (const [theme, { files = {}, rows }] of Object.entries(themes)) {
    describe(theme, () => {
      let port = "";
      let folder = "";
      let events: KernelEvent[] = [];
      const withPort = (code: string) => code.replaceAll("PORT", port);

      before(async () => {
        port = String(await findClosedPort());
        // Within the project, so that packages are found; and where neither git nor the checks look.
        mkdirSync(join(projectRoot, ".workbook"), { recursive: true });
        folder = mkdtempSync(join(projectRoot, ".workbook/cells-"));
        for (const [path, text] of Object.entries({ "notebook.txt": "", ...files })) {
          const file = join(folder, "notebook", path);
          mkdirSync(dirname(file), { recursive: true });
          writeFileSync(file, text);
        }
        const cells = rows.flatMap((row) => row.cells.map((code) => ({ code: withPort(code) })));
        events = await runCells({ folder: join(folder, "notebook"), cells });
      });
      after(() => rmSync(folder, { recursive: true }));

      let first = 0;
      for (const { what, cells, seen, displayed = [], complaint, never, ...row } of rows) {
        const last = first + cells.length - 1;
        const earlier = Array.from({ length: cells.length - 1 }, (_, index) => last - 1 - index);
        first += cells.length;
        const text = (cell: number, name: "stdout" | "stderr") =>
          streamText(events, { cell, name }).replaceAll(port, "PORT");
        const statusOf = (cell: number) =>
          events.flatMap((event) => (event.type === "end" && event.cell === cell ? [event.status] : []))[0];

        test(what, () => {
          for (const cell of earlier) {
            assert.deepEqual([text(cell, "stderr"), statusOf(cell)], ["", "ok"], `cell ${cell} came first`);
          }
          assertSaid(text(last, "stderr").trimEnd(), complaint);
          assertSaid(text(last, "stdout"), seen);
          assert.deepEqual(displayedTexts(events, last), displayed);
          assert.equal(statusOf(last), row.status ?? (complaint === undefined ? "ok" : "error"));
          if (never !== undefined) {
            assert.ok(!`${text(last, "stdout")}${text(last, "stderr")}`.includes(never), `told of: ${never}`);
          }
        });
      }

      test("no output names a place of this machine or a part of the kernel", () => {
        const outputs = events.flatMap((event) =>
          event.type === "message" || event.type === "late" ? JSON.stringify(event.content) : [],
        );
        const inner = [projectRoot, `${homedir()}/`, "file://", "node:internal", "tslab", "workbook-cell-0"];
        const telling = outputs.filter((output) => inner.some((one) => output.includes(one)));
        assert.deepEqual(telling, []);
      });
    });
  }
});
