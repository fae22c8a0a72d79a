// Writes what of docs/ is made from data: npm run docs

import { writeFileSync } from "node:fs";
import { loadKnownErrors } from "../lib/src/facts/index.ts";
import { errorsPage } from "./errors-page.ts";
import { housePicture } from "./house-picture.ts";

const docs = new URL("../docs/", import.meta.url);
writeFileSync(new URL("errors.md", docs), errorsPage(loadKnownErrors()));
writeFileSync(new URL("house.svg", docs), housePicture());
console.log("Written: docs/errors.md, docs/house.svg");
