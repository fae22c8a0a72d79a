import { InputError } from "../errors.ts";
import { findModel, type ModelShape, requireModelName, toModelShape } from "../facts/index.ts";

/**
 * Finds the shape of a checkpoint by its name, or checks one that was written by hand.
 *
 * @throws InputError where the table does not have the name, or a number of the shape makes no sense.
 */
export function findModelShape(model: string | ModelShape, caller: string): ModelShape {
  if (typeof model !== "string") return checkModelShape(model, caller);
  requireModelName(model, caller);
  const known = findModel(model);
  if (known !== null) return toModelShape(known);
  throw new InputError(`${caller}: model "${model}" is not in the workbook's table (lib/data/models.csv).`, {
    remedy: `Check the spelling, or give ${caller} its shape: model: await fetchModelShape(id).`,
    field: "model",
  });
}

function checkModelShape(shape: ModelShape, caller: string): ModelShape {
  requireModelName(shape.id, caller);
  const { layers, attentionHeads, kvHeads, headDimension, contextTokens, weightsGb, downloadGb } = shape;
  const needed = { layers, attentionHeads, kvHeads, headDimension, contextTokens, weightsGb, downloadGb };
  for (const [field, value] of Object.entries(needed)) {
    if (Number.isFinite(value) && value > 0) continue;
    throw new InputError(`${caller}: model.${field} of ${shape.id} is ${value}.`, {
      remedy: "Give a number above 0; the model's config.json has it.",
      problem: "out-of-range",
      field: `model.${field}`,
    });
  }
  return shape;
}
