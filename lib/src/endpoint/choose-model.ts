import { findModel } from "../facts/index.ts";
import { EndpointError } from "./endpoint-error.ts";
import type { ServedModel } from "./fetch-models.ts";

/**
 * Chooses among the models that an endpoint serves: the one asked for, else the only one.
 *
 * A server may serve a model under a name of its own (`--served-model-name`), and a repository may have been renamed:
 * then the served name is taken, for it is the one that requests must name, and a note says so.
 *
 * @throws EndpointError where the model is not served, or one has to be chosen.
 */
export function chooseModel(options: {
  models: readonly ServedModel[];
  wanted: string | undefined;
  baseUrl: string;
}): { model: ServedModel; notes: string[] } {
  const { models, wanted, baseUrl } = options;
  const rest = models.length > 12 ? ` and ${models.length - 12} more` : "";
  const list = `${models
    .slice(0, 12)
    .map(({ id }) => id)
    .join(", ")}${rest}`;
  if (wanted !== undefined) {
    const exact = models.find(({ id }) => id === wanted);
    if (exact !== undefined) return { model: exact, notes: [] };
    const model = models.find((served) => isSameModel(served, wanted));
    if (model !== undefined) {
      const note = `The model asked for, ${wanted}, is served here as "${model.id}": requests must say so.`;
      return { model, notes: [note] };
    }
    throw new EndpointError(`${baseUrl} does not serve the model "${wanted}". It serves: ${list}.`, {
      problem: "model-missing",
      remedy: "Set MODEL (or model) to one of these, spelled alike.",
    });
  }
  const [only, ...others] = models;
  if (only === undefined) {
    throw new EndpointError(`${baseUrl} serves no model at all.`, {
      problem: "model-missing",
      remedy: "Load one on the server, or name the one you want in MODEL.",
    });
  }
  if (others.length === 0) return { model: only, notes: [] };
  throw new EndpointError(`${baseUrl} serves ${models.length} models, so one has to be chosen: ${list}.`, {
    problem: "model-ambiguous",
    remedy: "Set MODEL (or model) to one of these.",
  });
}

/** Whether a served model is the wanted one under another name: what the server loaded, or a repository's older name. */
function isSameModel({ id, root }: ServedModel, wanted: string): boolean {
  if (root === wanted) return true;
  const known = findModel(wanted);
  return known !== null && [id, root].some((name) => name !== null && findModel(name)?.id === known.id);
}
