import { InputError } from "../errors.ts";
import { requireChoice, requireNumber } from "../require-number.ts";
import { bits as allBits, forms as allForms, type DecideInput } from "./decide-types.ts";

/** Refuses what no decision can be made of; throws an InputError that names the field and says what it takes. */
export function checkDecideInput(input: DecideInput): void {
  const { load, book, latencyTarget, models, gpus, precisions, forms, measured } = input;
  requireObject({ load }, "Give a load: describeLoad({ requestsPerMonth, … }).");
  if (book !== undefined) requireObject({ book }, "Give a price book, such as loadPriceBook().");
  if (book !== undefined) requireLists({ "book.prices": book.prices });
  requireLists({ gpus, precisions, forms, measured });
  requireSome({ models, forms });
  for (const form of forms ?? []) requireChoice("decide", { forms: form }, allForms);
  for (const precision of precisions ?? []) requireChoice("decide", { precisions: precision }, allBits);
  checkLoad(load);
  const { maxGpuCount, deadlineHours } = input;
  requireNumber("decide", { maxGpuCount }, { whole: true, from: 1, to: 8, optional: true });
  requireNumber("decide", { deadlineHours }, { from: 1, to: 730, optional: true });
  if (latencyTarget === undefined) return;
  requireObject({ latencyTarget }, "Give what latencyTarget returns, or leave it out.");
  const { timeToFirstTokenMs, timePerOutputTokenMs, percentile } = latencyTarget;
  const limits = {
    timeToFirstTokenMs: timeToFirstTokenMs ?? 1,
    timePerOutputTokenMs: timePerOutputTokenMs ?? 1,
  };
  requireNumber("decide", limits, { above: 0 });
  requireNumber("decide", { percentile }, { above: 0, to: 100 });
}

/** A load that describeLoad made keeps all of this; one that was put together by hand may not. */
function checkLoad({ hours, requestsPerSecond, ...load }: DecideInput["load"]): void {
  const { requestsPerMonth, inputTokens, outputTokens, cachedInputShare, lengthSpread } = load;
  requireNumber("decide", { requestsPerMonth }, { above: 0 });
  requireNumber("decide", { inputTokens, outputTokens }, { from: 1 });
  requireNumber("decide", { cachedInputShare, lengthSpread }, { from: 0, to: 1 });
  const { mean, busiestHour, busiestMinute } = { ...requestsPerSecond };
  requireNumber("decide", { mean, busiestHour, busiestMinute }, { above: 0 });
  requireLists({ hours });
  requireNumber("decide", { "hours.length": hours.length }, { from: 168, to: 168 });
  requireNumber("decide", { ...hours }, { from: 0, to: 1 });
}

function requireObject(fields: Readonly<Record<string, unknown>>, remedy: string): void {
  for (const [field, value] of Object.entries(fields)) {
    if (typeof value === "object" && value !== null) continue;
    throw new InputError(`decide: ${field} is ${String(value)}.`, { remedy, problem: "out-of-range", field });
  }
}

function requireLists(fields: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined || Array.isArray(value)) continue;
    const remedy = `Give ${field} a list: […].`;
    throw new InputError(`decide: ${field} is ${JSON.stringify(value)}.`, {
      remedy,
      problem: "out-of-range",
      field,
    });
  }
}

function requireSome({
  models,
  forms,
}: { [Field in "models" | "forms"]: DecideInput[Field] | undefined }): void {
  if (Array.isArray(models) && models.length === 0) {
    throw new InputError("decide: models is empty.", { remedy: "Name one model at least.", field: "models" });
  }
  if (forms?.length !== 0) return;
  throw new InputError("decide: forms is empty.", {
    remedy: `Name one at least of ${allForms.join(" or ")}.`,
    field: "forms",
  });
}
