// `npm run pods`, under the chosen Node: what runs, what it cost so far, what stays when nothing runs, and an offer to delete that.

import { parseArgs } from "node:util";
import { deleteEndpoint, deleteLeftover, listEndpoints, listLeftovers, listPods } from "workbook";
import { runStage } from "../set-up/stage.mjs";
import { describeEndpoints, describeLeftovers, describePods } from "./money/describe-pods.mjs";
import { findDeletable, offerDeletion } from "./money/offer-deletion.mjs";
import { describeRealPods, hasAccount } from "./money/pod-account.mjs";

await runStage(async () => {
  const { values } = parseArgs({ options: { yes: { type: "boolean", default: false } } });
  if (!(await hasAccount())) {
    const realPods = describeRealPods();
    console.log(["No rehearsal runs, so no rehearsed pod does.", realPods].join("\n").trimEnd());
    return 0;
  }
  // Each is said as soon as it is known: a key that may not see all must not hide what runs.
  const pods = await listPods();
  console.log(describePods(pods));
  const endpoints = await listEndpoints();
  if (endpoints.length > 0) console.log(`\n${describeEndpoints(endpoints)}`);
  const leftovers = await listLeftovers();
  if (leftovers.length > 0) console.log(`\n${describeLeftovers(leftovers)}`);
  await offerDeletion({
    things: findDeletable({ pods, endpoints, leftovers }),
    isConfirmed: values.yes,
    remove: async (thing) => {
      if (thing.kind === "endpoint") await deleteEndpoint(thing.id);
      else await deleteLeftover({ kind: thing.kind, id: thing.id });
    },
  });
  return 0;
});
