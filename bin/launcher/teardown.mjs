// `npm run teardown`, under the chosen Node: ends all pods of this workbook, wanted or not, and verifies it.

import { listPods, sweepPods } from "workbook";
import { describeSwept } from "./describe-pods.mjs";
import { describeRealPods, hasAccount } from "./pod-account.mjs";
import { runStage } from "./stage.mjs";

await runStage(async () => {
  if (await hasAccount()) {
    console.log(describeSwept(await sweepPods({ everything: true })));
    const left = (await listPods()).filter(({ owner }) => owner === "this workbook");
    if (left.length > 0) {
      console.error(
        `Still there: ${left.map(({ id }) => id).join(", ")}. End them at https://console.runpod.io/pods.`,
      );
      return 1;
    }
  } else {
    console.log("No rehearsal runs, so there is nothing to end.");
  }
  // With the target runpod they have just been ended; with another one they must not be forgotten.
  const realPods = describeRealPods();
  if (realPods === "") return 0;
  console.error(realPods);
  return 1;
});
