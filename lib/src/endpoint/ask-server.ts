import { z } from "zod";
import { findModel } from "../facts/index.ts";
import { serverRoot } from "./base-url.ts";
import type { Endpoint } from "./endpoint.ts";
import type { ServedModel } from "./fetch-models.ts";

const versionSchema = z.object({
  version: z.string(),
  rehearsal: z
    .object({
      model: z.string(),
      simulated: z.boolean(),
      samplingDefaults: z.record(z.string(), z.number()).optional(),
    })
    .optional(),
});

/** What an endpoint's server tells of itself. */
type ServerFacts = Pick<
  Endpoint,
  "server" | "engine" | "isSimulated" | "standsInFor" | "hasRunningUsage" | "samplingDefaults"
>;

/** Asks a server by vLLM's `/version` what it is; the rehearsal's says there which model really answers. */
export async function askServer(options: {
  baseUrl: string;
  apiKey: string;
  model: ServedModel;
  fetch: typeof fetch;
}): Promise<ServerFacts> {
  const { baseUrl, model } = options;
  const version = await fetchVersion(options);
  const isVllm = version !== null && model.ownedBy === "vllm";
  if (version?.rehearsal !== undefined) {
    const { model: answering, simulated: isSimulated, samplingDefaults = null } = version.rehearsal;
    const engine = `rehearsal: ${answering}`;
    const standsInFor = answering === model.id ? null : model.id;
    const stands = standsInFor === null ? "" : ` standing in for ${standsInFor}`;
    return {
      server: `${engine}${stands}${isSimulated ? " (simulated: no model, no measurement)" : ""}`,
      engine,
      isSimulated,
      standsInFor,
      hasRunningUsage: isVllm,
      samplingDefaults: isVllm ? samplingDefaults : null,
    };
  }
  const engine = isVllm ? `vLLM ${version.version}` : new URL(baseUrl).host;
  // vLLM does not tell its defaults: they are those of the checkpoint's `generation_config.json`, as the table has them.
  const known = findModel(model.id) ?? (model.root === null ? null : findModel(model.root));
  return {
    server: engine,
    engine,
    isSimulated: false,
    standsInFor: null,
    hasRunningUsage: isVllm,
    samplingDefaults: isVllm ? (known?.samplingDefaults ?? null) : null,
  };
}

async function fetchVersion(options: {
  baseUrl: string;
  apiKey: string;
  fetch: typeof fetch;
}): Promise<z.output<typeof versionSchema> | null> {
  try {
    const response = await options.fetch(`${serverRoot(options.baseUrl)}/version`, {
      headers: { authorization: `Bearer ${options.apiKey}` },
      signal: AbortSignal.timeout(5_000),
    });
    return versionSchema.parse(await response.json());
  } catch {
    // Only vLLM has this route; an endpoint without it is none the worse.
    return null;
  }
}
