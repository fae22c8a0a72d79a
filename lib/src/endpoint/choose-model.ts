import { findModel } from "../facts/index.ts";
import { EndpointError } from "./endpoint-error.ts";
import { findNearNames } from "./near-names.ts";
import type { ServedModel } from "./read-models.ts";

/**
 * Chooses among the models that an endpoint lists: the one asked for, else the only one that is no adapter of another.
 *
 * A server may serve a model under a name of its own (`--served-model-name`), and a repository may have been renamed:
 * then the served name is taken, for it is the one that requests must name, and a note says so. A model that is not
 * listed is taken all the same where `mayBeUnlisted`, with a note: the server's answer to the first request decides.
 *
 * @throws EndpointError where the model is not served, or one has to be chosen.
 */
export function chooseModel(options: {
  /** `null`: the server has no list. */
  models: readonly ServedModel[] | null;
  wanted: string | undefined;
  baseUrl: string;
  mayBeUnlisted: boolean;
}): { model: ServedModel; notes: string[] } {
  const { wanted } = options;
  return wanted === undefined
    ? { model: chooseOnly(options), notes: [] }
    : chooseNamed({ ...options, wanted });
}

function chooseNamed({
  models,
  wanted,
  baseUrl,
  mayBeUnlisted,
}: {
  models: readonly ServedModel[] | null;
  wanted: string;
  baseUrl: string;
  mayBeUnlisted: boolean;
}): { model: ServedModel; notes: string[] } {
  const unlisted = {
    id: wanted,
    maxModelTokens: null,
    ownedBy: models?.[0]?.ownedBy ?? null,
    root: null,
    parent: null,
  };
  if (models === null) return { model: unlisted, notes: [] };
  const exact = models.find(({ id }) => id === wanted);
  if (exact !== undefined) return { model: exact, notes: [] };
  if (models.some(({ id }) => matchesWildcard(id, wanted))) return { model: unlisted, notes: [] };
  const served = findServed(models, wanted);
  if (served !== undefined) {
    const note = `The server has the model ${wanted} under the name "${served.id}": requests must use that name.`;
    return { model: served, notes: [note] };
  }
  if (!mayBeUnlisted) {
    const text = `${baseUrl} does not serve the model "${wanted}". It serves: ${listNames(models)}.`;
    const remedy = "Set MODEL (or model) to one of these, spelled exactly the same.";
    throw new EndpointError(text, { problem: "model-missing", remedy });
  }
  const variant = models.find(({ id }) => wanted.startsWith(`${id}:`));
  if (variant !== undefined) {
    const suffix = wanted.slice(variant.id.length);
    const note = `${baseUrl} lists "${variant.id}"; the server decides what "${suffix}" behind it means.`;
    return { model: { ...unlisted, ownedBy: variant.ownedBy }, notes: [note] };
  }
  const names = models.map(({ id }) => id);
  const near = findNearNames(wanted, names);
  const closest = near.length === 0 ? `It lists: ${listNames(models)}.` : `Nearest: ${near.join(", ")}.`;
  const note =
    `${baseUrl} does not list the model "${wanted}". ${closest} The workbook asks for it anyway; the server's answer to ` +
    "the first request decides.";
  return { model: unlisted, notes: [note] };
}

function chooseOnly({
  models,
  baseUrl,
}: {
  models: readonly ServedModel[] | null;
  baseUrl: string;
}): ServedModel {
  const bases = (models ?? []).filter((model) => findBase(model, models) === undefined);
  // Where all name one another as parents, none is a base.
  const [only, ...others] = bases.length === 0 ? (models ?? []) : bases;
  if (only === undefined) {
    throw new EndpointError(`${baseUrl} serves no model at all.`, {
      problem: "model-missing",
      remedy: "Load one on the server, or name the one you want in MODEL.",
    });
  }
  if (others.length > 0) {
    const list = listNames([only, ...others]);
    const text = `${baseUrl} serves ${1 + others.length} models, so one has to be chosen: ${list}.`;
    throw new EndpointError(text, {
      problem: "model-ambiguous",
      remedy: "Set MODEL (or model) to one of these.",
    });
  }
  if (!only.id.includes("*")) return only;
  const text = `${baseUrl} serves every model whose name fits ${only.id}, so one has to be named.`;
  throw new EndpointError(text, {
    problem: "model-ambiguous",
    remedy: "Set MODEL (or model) to one that fits.",
  });
}

/** The listed model that an entry is an adapter of, as vLLM says in `parent`. */
export function findBase(
  { id, parent }: ServedModel,
  models: readonly ServedModel[] | null,
): ServedModel | undefined {
  if (parent === null || parent === id) return undefined;
  const base = models?.find((model) => model.id === parent);
  // Two that name each other are no adapters.
  return base?.parent === id ? undefined : base;
}

/** The names of the adapters of a listed model. */
export function listAdapters({ id }: ServedModel, models: readonly ServedModel[] | null): string[] {
  return (models ?? []).filter((model) => findBase(model, models)?.id === id).map((model) => model.id);
}

function listNames(models: readonly ServedModel[]): string {
  const rest = models.length > 12 ? ` and ${models.length - 12} more` : "";
  const names = models.slice(0, 12).map(({ id }) => id);
  return names.length === 0 ? "none" : `${names.join(", ")}${rest}`;
}

/** Whether a list has a model: by its name, by another name for it, or by a pattern. */
export function listsModel(models: readonly ServedModel[], wanted: string): boolean {
  return (
    models.some(({ id }) => id === wanted || matchesWildcard(id, wanted)) ||
    findServed(models, wanted) !== undefined
  );
}

/** Finds the listed model that is meant under another name, or written otherwise. */
function findServed(models: readonly ServedModel[], wanted: string): ServedModel | undefined {
  const plain = plainName(wanted);
  const known = findModel(wanted);
  return (
    models.find((served) => served.root === wanted || (known !== null && isSameModel(served, known))) ??
    models.find(({ id }) => plainName(id) === plain)
  );
}

/** A name without what servers take as said: Ollama's `:latest`, Gemini's `models/`, and the case of letters. */
function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/^models\//, "")
    .replace(/:latest$/, "");
}

/** Whether an entry of a list stands for many models, as LiteLLM's `openai/*`, and for this one too. */
function matchesWildcard(pattern: string, name: string): boolean {
  const star = pattern.indexOf("*");
  if (star < 0) return false;
  const [start, end] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end);
}

/** Whether a served model is a known one under another name: what the server loaded, or a repository's older name. */
function isSameModel({ id, root }: ServedModel, known: { id: string }): boolean {
  return [id, root].some((name) => name !== null && findModel(name)?.id === known.id);
}
