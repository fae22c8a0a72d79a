import { mkdirSync } from "node:fs";
import { createProgress } from "../set-up/progress.mjs";
import { inProject } from "../set-up/project.mjs";
import { runNotebooks } from "./notebooks.ts";
import { withRehearsal } from "./rehearsal.ts";

const base = inProject(".venv/tmp/run03");
for (const f of ["state", "run", "copies"]) mkdirSync(`${base}/${f}`, { recursive: true });
await withRehearsal(async () => {
  const r = await runNotebooks({
    notebooks: (process.argv[2] ?? "03-throughput").split(",").map((n) => inProject(`notebooks/${n}.ipynb`)),
    stateFolder: `${base}/state`,
    runFolder: `${base}/run`,
    copies: `${base}/copies`,
    details: {
      startedAt: new Date().toISOString(),
      target: "rehearsal",
      versions: {},
      summaryHref: "index.html",
    },
    atOnce: 1,
    progress: createProgress(),
  });
  console.log(
    JSON.stringify(
      r.map(({ copy, ...rest }) => rest),
      null,
      1,
    ),
  );
});
