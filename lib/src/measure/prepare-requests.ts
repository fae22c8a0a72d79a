import type { Endpoint } from "../endpoint/index.ts";
import { fitPromptByTokenizer, fitPromptByUsage, mostTokensOf } from "./fit-prompt.ts";
import type { HttpTarget } from "./http-target.ts";
import type { MeasurePlan } from "./measure-plan.ts";
import { fewestPromptWords, writePrompt } from "./prompts.ts";
import { adaptShape, type RequestShape, writeBody } from "./request-shape.ts";
import { runLoad } from "./run-load.ts";
import type { TokenBudget } from "./token-budget.ts";

const mostAttempts = 6;
const probeTokens = 2;

/**
 * Finds how requests must be written for this endpoint, with one short request, or a few where it refuses something.
 *
 * An endpoint that answers errors only is no error here: the first level then shows its words.
 */
export async function prepareRequests(options: {
  endpoint: Endpoint;
  target: HttpTarget;
  plan: MeasurePlan;
  budget: TokenBudget;
  signal: AbortSignal;
}): Promise<{ shape: RequestShape; notes: string[] }> {
  const { endpoint, target, plan, budget, signal } = options;
  const notes: string[] = [];
  const promptWords = Math.max(fewestPromptWords, plan.promptTokens);
  let shape: RequestShape = {
    model: endpoint.model,
    mode: plan.mode,
    usage: endpoint.hasRunningUsage ? "running" : "final",
    limitName: "max_tokens",
    hasTemperature: true,
    extra: plan.request,
    promptWords,
    promptLengthFrom: "estimate",
    mostPromptTokens: mostTokensOf(promptWords),
  };
  const { promptTokens, seed, headers } = plan;
  shape = await fitPromptByTokenizer(endpoint, shape, { promptTokens, seed, signal, headers });
  for (let attempt = 0; attempt < mostAttempts && !signal.aborted; attempt++) {
    const current = shape;
    const outputTokens = Math.min(probeTokens, plan.outputTokens);
    const { flights } = await runLoad({
      target,
      body: () =>
        writeBody(current, {
          prompt: writePrompt({ seed, phase: "probe", index: attempt }, current.promptWords),
          outputTokens,
        }),
      streams: 1,
      arrivalsMs: null,
      mostRequests: 1,
      seconds: null,
      rampMs: 0,
      budget,
      worstTokensPerRequest: () => current.mostPromptTokens + outputTokens,
      stallMs: plan.stallMs,
      signal,
      onTick() {},
    });
    const [flight] = flights;
    if (flight === undefined) break;
    if (flight.outcome === "completed") {
      if (flight.inputTokens !== null) {
        shape = fitPromptByUsage(shape, { promptTokens, reportedTokens: flight.inputTokens });
      }
      break;
    }
    const adapted =
      flight.status === 400 || flight.status === 422 ? adaptShape(shape, flight.error ?? "") : null;
    if (adapted === null) break;
    shape = adapted.shape;
    if (adapted.note !== null) notes.push(adapted.note);
  }
  if (shape.promptLengthFrom === "estimate") {
    notes.push(
      "The length of the prompts is an estimate: the server neither counts tokens nor reports them.",
    );
  }
  return { shape, notes };
}
