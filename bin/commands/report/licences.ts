// The licences of the libraries that a page carries, from the packages themselves.

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { escapeHtml } from "workbook/words";
import { z } from "zod";
import { inProject } from "../../set-up/project.mjs";

const packageSchema = z.object({
  license: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
  repository: z.union([z.string(), z.object({ url: z.string() }).transform(({ url }) => url)]).optional(),
});

/** What a library needs on a command line or in Node, which is in no page; types are in none either. */
const notInPages = /^(?:@types\/.*|commander|iconv-lite|node-fetch|yargs)$/;

/** Returns HTML with the licences of packages and of all that they bring along: each text once, below the names it is for. */
export function renderLicences(packages: readonly string[]): string {
  const found = new Map<string, ReturnType<typeof readPackage>>();
  const waiting = [...packages];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name) || notInPages.test(name)) continue;
    const one = readPackage(name);
    found.set(name, one);
    waiting.push(...one.dependencies);
  }
  const named = new Map<string, string[]>();
  for (const [name, { license, repository, text }] of [...found].sort(([a], [b]) => a.localeCompare(b))) {
    // Of several packages of one repository some come without the file.
    const sibling = [...found.values()].find((other) => other.text !== "" && other.repository === repository);
    const own = text === "" && repository !== undefined ? (sibling?.text ?? license) : text || license;
    named.set(own, [...(named.get(own) ?? []), name]);
  }
  const sections = [...named].map(
    ([text, names]) => `<p>${names.map(escapeHtml).join(", ")}</p>\n<pre>${escapeHtml(text)}</pre>`,
  );
  return `${sections.join("\n")}\n`;
}

function readPackage(name: string) {
  const folder = inProject("node_modules", name);
  const { license, dependencies, repository } = packageSchema.parse(
    JSON.parse(readFileSync(join(folder, "package.json"), "utf8")),
  );
  const [file] = globSync("{LICENSE,LICENCE,license,licence}{,.md,.txt}", { cwd: folder });
  const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8");
  return {
    license,
    repository,
    dependencies: Object.keys(dependencies),
    text: text.replaceAll("\r", "").trim(),
  };
}
