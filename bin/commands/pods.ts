// `npm run pods`: what runs, what it cost so far, what stays when nothing runs, and an offer to delete that.

import { deleteEndpoint, listEndpoints, listLeftovers, listPods } from "workbook";
import { deleteLeftover, listComing, readBudget } from "workbook/runpod";
import { runCommand } from "../set-up/stage.mjs";
import { describeBudget, describeEndpoints, describeLeftovers, describePods } from "./money/describe-pods.ts";
import { findDeletable, offerDeletion } from "./money/offer-deletion.ts";
import { describeRealPods, hasAccount } from "./money/pod-account.ts";

await runCommand("pods", async ({ isConfirmed }) => {
  if (!(await hasAccount())) {
    console.log(["No rehearsal runs, so no rehearsed pod does.", describeRealPods()].join("\n").trimEnd());
    return 0;
  }
  // Each is said as soon as it is known: a key that may not see all must not hide what runs.
  // What may come is read before the list: what appears in between stands in one of the two.
  const asked = await listComing();
  const pods = await listPods();
  const coming = asked.filter(({ stem }) => !pods.some(({ name }) => name.startsWith(`${stem}-`)));
  console.log(describePods(pods, coming));
  const endpoints = await listEndpoints();
  if (endpoints.length > 0) console.log(`\n${describeEndpoints(endpoints)}`);
  const leftovers = await listLeftovers();
  if (leftovers.length > 0) console.log(`\n${describeLeftovers(leftovers)}`);
  console.log(`\n${describeBudget(await readBudget())}`);
  await offerDeletion({
    things: findDeletable({ pods, endpoints, leftovers }),
    isConfirmed,
    remove: async ({ kind, id }) => {
      if (kind === "endpoint") await deleteEndpoint(id);
      else await deleteLeftover({ kind, id });
    },
  });
  return 0;
});
