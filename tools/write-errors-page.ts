// Writes the pages of docs/ that are made from data: npm run docs

import { writeFileSync } from "node:fs";
import { loadKnownErrors } from "../lib/src/facts/index.ts";
import { errorsPage } from "./errors-page.ts";

const page = new URL("../docs/errors.md", import.meta.url);
writeFileSync(page, errorsPage(loadKnownErrors()));
console.log("Written: docs/errors.md");
