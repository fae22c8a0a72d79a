import type { Check } from "../check.ts";
import { adapterChecks } from "./adapters.ts";
import { chatAnswerChecks } from "./chat-answer.ts";
import { chatStreamChecks } from "./chat-stream.ts";
import { concurrentChecks } from "./concurrent.ts";
import { disconnectChecks } from "./disconnect.ts";
import { guardChecks } from "./guard.ts";
import { invocationsChecks } from "./invocations.ts";
import { metricsCountChecks } from "./metrics-counts.ts";
import { metricsFormChecks } from "./metrics-form.ts";
import { prefixCacheChecks } from "./prefix-cache.ts";
import { refusedFormChecks } from "./refused-forms.ts";
import { refusedValueChecks } from "./refused-values.ts";
import { routeChecks } from "./routes.ts";
import { samplingChecks } from "./sampling.ts";
import { stopChecks } from "./stop.ts";
import { structuredAnswerChecks } from "./structured-answers.ts";
import { tokenizeChecks } from "./tokenize.ts";
import { toolCallChecks } from "./tool-calls.ts";

/** Everything that a server must do as vLLM 0.32 does it, to be run one after another. */
export const checks: readonly Check[] = [
  ...routeChecks,
  ...guardChecks,
  ...metricsFormChecks,
  ...chatAnswerChecks,
  ...chatStreamChecks,
  ...samplingChecks,
  ...stopChecks,
  ...refusedValueChecks,
  ...refusedFormChecks,
  ...tokenizeChecks,
  ...invocationsChecks,
  ...metricsCountChecks,
  ...prefixCacheChecks,
  ...toolCallChecks,
  ...structuredAnswerChecks,
  ...adapterChecks,
  ...disconnectChecks,
  ...concurrentChecks,
];
