// `npm run pods`, under the chosen Node: what runs, what it cost so far, and when it ends.

import { listPods } from "workbook";
import { describePods } from "./describe-pods.mjs";
import { describeRealPods, hasAccount } from "./pod-account.mjs";
import { runStage } from "./stage.mjs";

await runStage(async () => {
  if (!(await hasAccount())) {
    const realPods = describeRealPods();
    console.log(["No rehearsal runs, so no rehearsed pod does.", realPods].join("\n").trimEnd());
    return 0;
  }
  console.log(describePods(await listPods()));
  return 0;
});
