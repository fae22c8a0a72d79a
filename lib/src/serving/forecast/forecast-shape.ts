import { InputError } from "../../errors.ts";
import { findModel, type Model } from "../../facts/index.ts";
import { requireNumber } from "../../require-number.ts";
import type { NotCovered } from "./not-covered.ts";

/** What a forecast needs to know of a model; `config.json` has these numbers. */
export interface ForecastShape {
  layers: number;
  hiddenSize: number;
  attentionHeads: number;
  kvHeads: number;
  headDimension: number;
  /** Width of what works on every token: a dense layer, or the shared expert; 0 where all is dealt out to experts. */
  intermediateSize: number;
  vocabularySize: number;
  experts?: number | null;
  expertsPerToken?: number | null;
  expertSize?: number | null;
  /** Layers that look back only so far. */
  windowTokens?: number | null;
  windowedLayers?: number;
  windowedKvHeads?: number | null;
  windowedHeadDimension?: number | null;
}

/** A shape with all its numbers, and what is known of its origin. */
export interface ResolvedShape {
  id: string | null;
  shape: Required<{ [Field in keyof ForecastShape]: number }>;
  /** Whether only the experts have few bits, as in gpt-oss. */
  onlyExpertsQuantised: boolean;
  notCovered: readonly NotCovered[];
  sources: readonly string[];
}

/**
 * Finds the shape of a checkpoint of the tables, or checks one that was given.
 *
 * @throws InputError where the tables do not have the name, or a number makes no sense.
 */
export function resolveShape(model: string | ForecastShape): ResolvedShape {
  if (typeof model !== "string") {
    return { id: null, shape: checkShape(model), onlyExpertsQuantised: false, notCovered: [], sources: [] };
  }
  const known = findModel(model);
  if (known === null) {
    throw new InputError(`forecast: the model ${JSON.stringify(model)} is not in the workbook's table.`, {
      remedy: "Give the id of a checkpoint in lib/data/models.csv, or its shape: { layers, hiddenSize, … }.",
      field: "model",
    });
  }
  return {
    id: known.id,
    shape: shapeOf(known),
    onlyExpertsQuantised: known.precision === "mxfp4",
    notCovered: listGaps(known),
    sources: known.sources,
  };
}

function checkShape(given: ForecastShape): ResolvedShape["shape"] {
  const shape = complete({ ...given });
  const { layers, hiddenSize, attentionHeads, kvHeads, headDimension, vocabularySize } = shape;
  const fields = { layers, hiddenSize, attentionHeads, kvHeads, headDimension, vocabularySize };
  const { windowedKvHeads, windowedHeadDimension } = shape;
  const positive = named({ ...fields, windowedKvHeads, windowedHeadDimension });
  requireNumber("forecast", positive, { whole: true, from: 1, to: mostOfShape });
  const { intermediateSize, experts, expertsPerToken, expertSize, windowTokens, windowedLayers } = shape;
  const dealt = { intermediateSize, experts, expertsPerToken, expertSize, windowTokens };
  requireNumber("forecast", named(dealt), { whole: true, from: 0, to: mostOfShape });
  requireNumber("forecast", named({ windowedLayers }), { whole: true, from: 0, to: layers });
  if (intermediateSize === 0 || experts > 0) {
    requireNumber("forecast", named({ experts, expertSize }), { whole: true, from: 1 });
    requireNumber("forecast", named({ expertsPerToken }), { whole: true, from: 1, to: experts });
  }
  return shape;
}

/** No model has more of anything. */
const mostOfShape = 10_000_000;

function named(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [`model.${field}`, value]));
}

function complete(given: ForecastShape): ResolvedShape["shape"] {
  return {
    ...given,
    intermediateSize: given.intermediateSize ?? 0,
    experts: given.experts ?? 0,
    expertsPerToken: given.expertsPerToken ?? 0,
    expertSize: given.expertSize ?? 0,
    windowTokens: given.windowTokens ?? 0,
    windowedLayers: given.windowTokens ? (given.windowedLayers ?? 0) : 0,
    windowedKvHeads: given.windowedKvHeads ?? given.kvHeads,
    windowedHeadDimension: given.windowedHeadDimension ?? given.headDimension,
  };
}

function shapeOf(model: Model): ResolvedShape["shape"] {
  const shape = complete({ ...model, intermediateSize: 0 });
  if (shape.experts === 0) return { ...shape, intermediateSize: model.feedForwardSize ?? 0 };
  // What every token passes beside its experts is what the table's size has beside them.
  const missing = model.parametersBillion * 1e9 - countParameters(shape);
  const width = missing / (3 * shape.layers * shape.hiddenSize);
  return {
    ...shape,
    intermediateSize: width > 0.05 * shape.expertsPerToken * shape.expertSize ? Math.round(width) : 0,
  };
}

/** Parameters of the attention of a mean layer: layers with a window can have other heads. */
export function attentionParameters(shape: ResolvedShape["shape"]): number {
  const { layers, windowedLayers, hiddenSize, attentionHeads, kvHeads, headDimension } = shape;
  const whole = headDimension * (attentionHeads + kvHeads);
  const windowed = shape.windowedHeadDimension * (attentionHeads + shape.windowedKvHeads);
  return (2 * hiddenSize * (whole * (layers - windowedLayers) + windowed * windowedLayers)) / layers;
}

/** All parameters, input embedding and output head apart. */
function countParameters(shape: ResolvedShape["shape"]): number {
  const { layers, hiddenSize, intermediateSize, experts, expertSize, vocabularySize } = shape;
  const layer = attentionParameters(shape) + 3 * hiddenSize * (intermediateSize + experts * expertSize);
  return layers * layer + 2 * vocabularySize * hiddenSize;
}

/** How far the shape's size may be from the table's, before it is not the shape of this model. */
const sizeTolerance = 0.06;

function listGaps(model: Model): NotCovered[] {
  const { id, precision, latentDimension, stateMb, parametersBillion } = model;
  const gap = (reason: NotCovered["reason"], text: string) => [{ reason, text }];
  if (precision === "nvfp4") {
    const why = 'whose arithmetic the forecast does not know; "4-bit" of its base is AWQ or GPTQ.';
    return gap("fp4", `${id} is NVFP4, ${why}`);
  }
  if (latentDimension !== null) {
    return gap("latent-attention", `${id} has latent attention (MLA), which the forecast does not know.`);
  }
  if (stateMb !== null) {
    const layers = "layers with linear attention or a state";
    return gap("linear-attention", `${id} has ${layers}, which the forecast does not know.`);
  }
  const shape = shapeOf(model);
  const parameters = countParameters(shape);
  const table = parametersBillion * 1e9;
  const tied = parameters - shape.vocabularySize * shape.hiddenSize;
  if (tied < table * (1 + sizeTolerance) && parameters > table * (1 - sizeTolerance)) return [];
  const found = `${(parameters / 1e9).toFixed(1)} instead of ${parametersBillion} billion parameters`;
  return gap("shape", `The table does not say enough of ${id}: its parts come to ${found}.`);
}
