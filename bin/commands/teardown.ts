// `npm run teardown`: ends all pods and endpoints of this workbook, wanted or not, and verifies it.

import { listEndpoints, listLeftovers, listPods } from "workbook";
import { runCommand } from "../set-up/stage.mjs";
import { describeLeftovers, describeSwept } from "./money/describe-pods.ts";
import { endEverything } from "./money/end-everything.ts";
import { describeRealPods, hasAccount } from "./money/pod-account.ts";

await runCommand("teardown", async () => {
  if (await hasAccount()) {
    console.log(describeSwept(await endEverything()));
    const running = [...(await listPods()), ...(await listEndpoints())];
    const left = running.flatMap(({ owner, id }) => (owner === "this workbook" ? [id] : []));
    const others = running.flatMap(({ owner, id }) => (owner === "another workbook" ? [id] : []));
    if (others.length > 0) {
      console.log(
        `Not ended, because another copy of the workbook rented it: ${others.join(", ")}.\n` +
          "Each ends at its deadline, which `npm run pods` shows, or at https://console.runpod.io.",
      );
    }
    if (left.length > 0) {
      console.error(`Still there: ${left.join(", ")}. End them at https://console.runpod.io.`);
      return 1;
    }
    const billed = (await listLeftovers()).filter(({ usdPerMonth }) => usdPerMonth > 0);
    if (billed.length > 0) {
      console.log(
        `\nThis still costs money:\n${describeLeftovers(billed)}\n\`npm run pods\` offers to delete its own.`,
      );
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
