// What a run of the notebooks does about money: it asks before, and ends every pod after.

import { createInterface } from "node:readline/promises";
import { describeEndpointPlan, describePlan, loadSettings, planEndpoint, planPod } from "workbook";
import { LauncherError } from "../../set-up/launcher-error.mjs";
import { nothingToEnd } from "./describe-pods.mjs";
import { endEverything } from "./end-everything.mjs";

const usualModel = "meta-llama/Llama-3.1-8B-Instruct";

/**
 * Shows what the notebooks will rent and what it costs at most, and asks.
 *
 * @param {{ isConfirmed: boolean, input?: NodeJS.ReadStream, output?: NodeJS.WriteStream }} options `isConfirmed`: `--yes` was given
 * @throws LauncherError where the answer is not yes, and where nobody can be asked.
 */
export async function confirmCost({ isConfirmed, input = process.stdin, output = process.stdout }) {
  const { model, maxUsdPerHour, scaleOut } = loadSettings();
  // The plan of the notebook 01-deploy.
  const plan = planPod({
    model: model ?? usualModel,
    gpus: ["NVIDIA A40"],
    gpuCount: 1,
    deadlineMinutes: 60,
  });
  output.write(`This rents a real GPU:\n\n${describePlan(plan)}\n`);
  if (scaleOut) {
    // The plan of the notebook 05-scale-out.
    const endpoint = planEndpoint({ model: usualModel, maxWorkers: 2, deadlineMinutes: 30 });
    output.write(
      `\nBesides, since WORKBOOK_SCALE_OUT is yes, a serverless endpoint:\n\n${describeEndpointPlan(endpoint)}\n`,
    );
  }
  const forBoth = scaleOut ? " for the pod, and as much for the endpoint" : "";
  output.write(
    `ceiling     ${maxUsdPerHour === null ? "none set" : `$${maxUsdPerHour.toFixed(2)} an hour${forBoth}`}\n\n`,
  );
  if (maxUsdPerHour === null) {
    throw new LauncherError(
      "Nothing is rented without a ceiling.\n" +
        "Put one into .env, for example WORKBOOK_MAX_USD_PER_HOUR=2, and run the same command again.",
    );
  }
  if (isConfirmed) return;
  if (input.isTTY !== true) {
    throw new LauncherError(
      "This costs money, and there is no terminal to ask on.\n" +
        "Run `npm start -- --yes` to say yes beforehand.",
    );
  }
  const terminal = createInterface({ input, output });
  const answer = await terminal
    .question(`Rent ${scaleOut ? "them? They end" : "it? The pod ends"} with this run. [yes/no] `)
    .finally(() => terminal.close());
  if (answer.trim().toLowerCase() !== "yes") throw new LauncherError("Nothing was rented.");
}

/**
 * Ends all pods and endpoints of this workbook, verifies it, and says what became of them.
 * @throws WorkbookError where one still runs.
 */
export async function endPods() {
  const said = await endEverything();
  const none = "No pod of this workbook runs.";
  return said === nothingToEnd ? none : `${said}\n${none}`;
}
