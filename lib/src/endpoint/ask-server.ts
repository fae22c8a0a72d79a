import { z } from "zod";
import { findModel, type SamplingDefaults } from "../facts/index.ts";
import { readTextWithin } from "../network/index.ts";
import { cleanName, parseJson } from "../words/index.ts";
import { serverRoot } from "./base-url.ts";
import { type Access, keyHeaders, routeUrl } from "./call-endpoint.ts";
import type { ServedModel } from "./read-models.ts";

const name = z.string().transform((text) => cleanName(text, 100));

/** More parameters of sampling than any server has. */
const mostDefaults = 20;

const versionSchema = z.object({
  version: name,
  rehearsal: z
    .object({
      model: name,
      simulated: z.boolean(),
      samplingDefaults: z
        .record(z.string().regex(/^[a-z_]{1,40}$/), z.number())
        .refine((defaults) => Object.keys(defaults).length <= mostDefaults)
        .optional(),
    })
    .optional(),
});

const versionPatienceMs = 5_000;
const mostVersionBytes = 1024 * 1024;

/** What an endpoint's server tells of itself. */
export interface ServerFacts {
  /** What answers, for people: for example `vLLM 0.33.0`, or the rehearsal, its real model and the one it stands in for. */
  readonly server: string;
  /** The same in short: `vLLM 0.33.0`, or the rehearsal and its real model. */
  readonly engine: string;
  /** Whether no model stands behind the tokens, as with the rehearsal's timed engine: nothing that is timed here is a measurement. */
  readonly isSimulated: boolean;
  /** In a rehearsal, the model whose place another one takes; `null` where the named model itself answers. */
  readonly standsInFor: string | null;
  /** Whether chunks can carry running token counts, as vLLM's do: with them rates are exact. */
  readonly hasRunningUsage: boolean;
  /** What the server takes where a request names none, by the parameters' own names; `null` where that is not known. */
  readonly samplingDefaults: SamplingDefaults | null;
}

/** Asks a server by vLLM's `/version` what it is; the rehearsal's says there which model really answers. */
export async function askServer(
  options: Access & {
    model: ServedModel;
    timeoutMs: number;
    maxBytes?: number | undefined;
    fetch: typeof fetch;
  },
): Promise<ServerFacts> {
  const { baseUrl, model } = options;
  const version = await fetchVersion(options);
  const isVllm = version !== null && model.ownedBy === "vllm";
  const hasRunningUsage = isVllm;
  if (version?.rehearsal !== undefined) {
    const { model: answering, simulated: isSimulated } = version.rehearsal;
    const samplingDefaults = isVllm ? (version.rehearsal.samplingDefaults ?? null) : null;
    const engine = `rehearsal: ${answering}`;
    const standsInFor = answering === model.id ? null : model.id;
    const stands = standsInFor === null ? "" : ` standing in for ${standsInFor}`;
    const server = `${engine}${stands}${isSimulated ? " (simulated: no model, no measurement)" : ""}`;
    return { server, engine, isSimulated, standsInFor, hasRunningUsage, samplingDefaults };
  }
  const engine = isVllm ? `vLLM ${version.version}` : new URL(baseUrl).host;
  // vLLM does not tell its defaults: they are those of the checkpoint's `generation_config.json`, as the table has them.
  const known = findModel(model.id) ?? (model.root === null ? null : findModel(model.root));
  const samplingDefaults = isVllm ? (known?.samplingDefaults ?? null) : null;
  return { server: engine, engine, isSimulated: false, standsInFor: null, hasRunningUsage, samplingDefaults };
}

async function fetchVersion(options: Omit<Parameters<typeof askServer>[0], "model">) {
  const { timeoutMs, maxBytes = mostVersionBytes, fetch } = options;
  try {
    const response = await fetch(routeUrl(options, "/version", serverRoot(options.baseUrl)), {
      headers: keyHeaders(options),
      signal: AbortSignal.timeout(Math.min(timeoutMs, versionPatienceMs)),
    });
    return versionSchema.parse(parseJson(await readTextWithin(response, { maxBytes })));
  } catch {
    // Only vLLM has this route; an endpoint without it is none the worse.
    return null;
  }
}
