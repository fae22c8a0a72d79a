import { z } from "zod";
import { cleanName } from "../words/index.ts";

const name = z
  .string()
  .trim()
  .min(1)
  .transform((text) => cleanName(text));
const named = name.nullish().catch(null);

/** An entry of a list; what is not of its form is not believed, and an entry without any name is none. */
const entrySchema = z
  .union([z.string().transform((id) => ({ id })), z.looseObject({})])
  .pipe(
    z.object({
      id: named,
      model: named,
      name: named,
      max_model_len: z.int().positive().max(1e9).nullish().catch(null),
      owned_by: named,
      root: named,
      parent: named,
    }),
  )
  .transform(({ id, model, name, max_model_len, owned_by, root, parent }) => ({
    // Cloudflare and Azure's catalogue number their models, and are asked by name.
    id: id != null && !isNumbering(id) ? id : (model ?? name ?? id ?? ""),
    /** The longest context, prompt and answer together; `null` where the server does not say. */
    maxModelTokens: max_model_len ?? null,
    ownedBy: owned_by ?? null,
    /** What the server loaded, where it says so: vLLM may serve it under another name. */
    root: root ?? null,
    /** Of an adapter: the model that it is served beside, by its listed name. */
    parent: parent ?? null,
  }))
  .refine(({ id }) => id !== "");

/** A model that an endpoint serves. */
export type ServedModel = z.output<typeof entrySchema>;

function isNumbering(id: string): boolean {
  return /^[\da-f]{8}-[\da-f]{4}-[\da-f-]{22,27}$/i.test(id) || id.includes("://");
}

/** The fields under which servers put their list: OpenAI, Ollama and Gemini, Cloudflare, Databricks, and others. */
const listFields = ["data", "models", "result", "results", "items", "value", "endpoints"];

/**
 * Reads the entries of a list of models; one odd entry costs only that entry.
 *
 * @returns `null` where no entry names a model: then it is no such list. A list without entries is one.
 */
export function readModels(entries: readonly unknown[]): ServedModel[] | null {
  const models = entries.flatMap((entry) => entrySchema.safeParse(entry).data ?? []);
  if (models.length === 0 && entries.length > 0) return null;
  return [...new Map(models.map((model) => [model.id, model])).values()];
}

/**
 * Finds the list of models in an answer: OpenAI's form, a bare array, the forms of others; `null` where there is none.
 *
 * Ollama answers with `null` in place of an empty list.
 */
export function findEntries(json: unknown, depth = 0): readonly unknown[] | null {
  if (Array.isArray(json)) return json;
  if (typeof json !== "object" || json === null || depth > 1) return null;
  const isRefused = Reflect.get(json, "error") != null;
  let empty: readonly unknown[] | null = null;
  for (const field of listFields) {
    if (!Object.hasOwn(json, field)) continue;
    const value: unknown = Reflect.get(json, field);
    const found = value === null && !isRefused ? [] : findEntries(value, depth + 1);
    if (found !== null && found.length > 0) return found;
    empty ??= found;
  }
  return empty;
}
