// What a run of the notebooks does about money: it asks before, and ends every pod after.

import { describePlan, loadSettings, planEndpoint, planPod, type Target, walkthrough } from "workbook";
import { readBudget } from "workbook/runpod";
import { beforeEnd, unlessEnding } from "../../set-up/child-processes.mjs";
import { LauncherError } from "../../set-up/launcher-error.mjs";
import { describeBudget, describeSwept } from "./describe-pods.ts";
import { endEverything, type Surroundings } from "./end-everything.ts";
import { asksYes } from "./offer-deletion.ts";

/** Shows what the notebooks will rent and what it costs at most; a LauncherError follows where nobody says yes to it. */
export async function confirmCost({ isConfirmed }: { isConfirmed: boolean }): Promise<void> {
  const { model, maxUsdPerHour, maxUsd, scaleOut } = loadSettings();
  const plan = planPod({ ...walkthrough.pod, ...(model === null ? {} : { model }) });
  const endpointPlan = scaleOut ? planEndpoint(walkthrough.endpoint) : null;
  console.log(`This rents a real GPU:\n\n${describePlan(plan)}`);
  if (endpointPlan !== null) {
    console.log(
      `\nIt also makes a serverless endpoint, because WORKBOOK_SCALE_OUT is yes:\n\n${describePlan(endpointPlan)}`,
    );
  }
  const forBoth = scaleOut ? " for the pod, and as much for the endpoint" : "";
  const ceiling = maxUsdPerHour === null ? "none set" : `$${maxUsdPerHour.toFixed(2)} an hour${forBoth}`;
  console.log(`ceiling     ${ceiling}`);
  const budget = maxUsd === null ? null : await readBudget();
  if (budget !== null) console.log(`budget      ${describeBudget(budget)}`);
  console.log("");
  if (maxUsdPerHour === null) {
    throw new LauncherError(
      "Nothing is rented without a ceiling.\n" +
        "Put one into .env, for example WORKBOOK_MAX_USD_PER_HOUR=2, and run the same command again.",
    );
  }
  const worstCaseUsd = (plan.worstCaseUsd ?? 0) + (endpointPlan?.worstCaseUsd ?? 0);
  if (budget !== null && (budget.leftUsd ?? 0) < worstCaseUsd) {
    throw new LauncherError(
      `The budget does not cover the worst case of the pod${scaleOut ? " and the endpoint" : ""}.\n` +
        "End what you do not need (npm run pods shows what counts), or raise WORKBOOK_MAX_USD in .env.",
    );
  }
  if (isConfirmed) return;
  if (!process.stdin.isTTY) {
    throw new LauncherError(
      "This costs money, and there is no terminal on which to ask you.\n" +
        "Run `npm start -- --yes` to say yes in advance.",
    );
  }
  const question = `Rent ${scaleOut ? "them? They end" : "it? The pod ends"} with this run.`;
  if (!(await asksYes(question, { input: process.stdin, output: process.stdout })))
    throw new LauncherError("Nothing was rented.");
}

/** Runs some work and ends every pod that it left, whatever came of it; `pods` says what became of them. */
export async function withPodsEnded<Result>(
  target: Target,
  work: () => Promise<Result>,
  surroundings?: Surroundings,
): Promise<Result & { pods: string }> {
  if (target === "given") return { ...(await work()), pods: "none: the endpoint is given" };
  // Whatever an interrupted command was printing, this begins on a line of its own; a failure must be read too.
  const forget = beforeEnd(async () => console.log(`\n${await endPods(surroundings).catch(String)}`));
  let result: Result;
  try {
    result = await work();
  } catch (error) {
    // What fails because this command ends needs no second clean-up.
    await unlessEnding();
    forget();
    console.log(await endPods(surroundings));
    throw error;
  }
  await unlessEnding();
  forget();
  return { ...result, pods: await endPods(surroundings) };
}

async function endPods(surroundings?: Surroundings): Promise<string> {
  const swept = await endEverything(undefined, surroundings);
  const none = "No pod of this workbook runs.";
  if (swept.problems.length + swept.mayStillCome.length > 0) return describeSwept(swept);
  return swept.ended.length === 0 ? none : `${describeSwept(swept)}\n${none}`;
}
