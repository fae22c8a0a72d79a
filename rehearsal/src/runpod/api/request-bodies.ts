import { z } from "zod";
import { ApiProblem, invalidRequest } from "./api-problem.ts";

// The bodies of the vendor's contract. An unknown field is an error there, and so it is here.

const persistentMount = z.strictObject({ size: z.int().min(10), path: z.string() });
const networkMount = z.strictObject({ volumeId: z.string(), path: z.string() });
const podMounts = z.strictObject({
  persistent: persistentMount.optional(),
  network: z.array(networkMount).max(1).optional(),
});
const cudaVersion = z.string().regex(/^\d+\.\d+$/);

const container = {
  image: z.string().optional(),
  args: z.string().optional(),
  disk: z.int().min(1).optional(),
  env: z.record(z.string(), z.string()).optional(),
  ports: z.array(z.string()).optional(),
  registry: z.string().nullable().optional(),
};
/** What the contract of 2026-09 added to every container. */
const commands = { entrypoint: z.array(z.string()).optional(), cmd: z.array(z.string()).optional() };
/** What a pod and an endpoint may say of their GPUs, beside which ones. */
const gpuNeeds = {
  count: z.int().min(1).optional(),
  allowedCudaVersions: z.array(cudaVersion).optional(),
  minCudaVersion: cudaVersion.optional(),
};
const createPod = {
  ...container,
  name: z.string().min(1),
  cloud: z.enum(["SECURE", "COMMUNITY"]).optional(),
  gpu: z.strictObject({ id: z.string(), ...gpuNeeds }).optional(),
  dataCenterIds: z.array(z.string()).optional(),
  globalNetworking: z.boolean().optional(),
  mounts: podMounts.optional(),
  startSsh: z.boolean().optional(),
  startJupyter: z.boolean().optional(),
  templateId: z.string().min(1).optional(),
};
const updatePod = {
  ...container,
  name: z.string().min(1).optional(),
  locked: z.boolean().optional(),
  mounts: podMounts.optional(),
};
const updateTemplate = {
  ...container,
  name: z.string().min(1).optional(),
  mounts: z.strictObject({ persistent: persistentMount.optional() }).optional(),
  public: z.boolean().optional(),
  serverless: z.boolean().optional(),
  category: z.enum(["CPU", "NVIDIA", "AMD"]).optional(),
  startSsh: z.boolean().optional(),
  startJupyter: z.boolean().optional(),
  allowedCudaVersions: z.array(cudaVersion).optional(),
};
const createTemplate = { ...updateTemplate, name: z.string().min(1), image: z.string() };
const secretName = z
  .string()
  .max(191)
  .regex(/^[a-zA-Z_][a-zA-Z0-9_.\-/]*$/)
  .refine((name) => !name.toUpperCase().startsWith("RUNPOD"), "must not start with RUNPOD");

const createEndpoint = {
  ...container,
  name: z.string().min(1),
  type: z.literal("LOAD_BALANCER", "must be LOAD_BALANCER: the stand-in has no queues"),
  scaling: z.strictObject({ type: z.literal("REQUEST_COUNT"), requestCount: z.int().min(1) }),
  gpu: z
    .strictObject({
      pools: z.array(z.string()).min(1),
      excludedTypes: z.array(z.string()).optional(),
      ...gpuNeeds,
    })
    .optional(),
  dataCenterIds: z.array(z.string()).optional(),
  flashboot: z.enum(["OFF", "FLASHBOOT", "PRIORITY_FLASHBOOT"]).optional(),
  timeout: z.int().optional(),
  workers: z
    .strictObject({ min: z.int().min(0), max: z.int().min(0), idleTimeout: z.int().min(1).max(3_600) })
    .partial()
    .optional(),
};

/** The form of each request body, under the name of its operation. */
const requestBodies = {
  createPod: z.strictObject({ ...createPod, ...commands }),
  updatePod: z.strictObject({ ...updatePod, ...commands }),
  createEndpoint: z.strictObject({ ...createEndpoint, ...commands }),
  createNetworkVolume: z.strictObject({
    name: z.string(),
    size: z.int().min(10).max(4_096),
    dataCenter: z.string(),
  }),
  createTemplate: z.strictObject({ ...createTemplate, ...commands }),
  updateTemplate: z.strictObject({ ...updateTemplate, ...commands }),
  createSecret: z.strictObject({
    name: secretName,
    value: z.string(),
    description: z.string().default(""),
  }),
  updateSecret: z.strictObject({ value: z.string() }),
};
type Bodies = typeof requestBodies;

/** Parses a body; an old contract does not know `entrypoint` and `cmd`. */
export function parseRequestBody<Operation extends keyof Bodies>(options: {
  operation: Operation;
  text: string;
  isOldContract: boolean;
}): z.output<Bodies[Operation]> {
  const { operation, text, isOldContract } = options;
  if (Buffer.byteLength(text) > 102_400) {
    throw new ApiProblem(413, "Request body too large: the limit is 102400 bytes.");
  }
  const body = parseJson(text);
  const parsed = requestBodies[operation].safeParse(body);
  const errors = parsed.success ? [] : parsed.error.issues.flatMap(describeIssue);
  if (isOldContract && typeof body === "object" && body !== null) {
    for (const name of Object.keys(commands)) if (name in body) errors.push(unknownField([], name));
  }
  if (!parsed.success || errors.length > 0) throw invalidRequest(...errors);
  return parsed.data as z.output<Bodies[Operation]>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidRequest("body: is not valid JSON");
  }
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownField(issue.path, key));
  return [`${["body", ...issue.path].join(".")}: ${issue.message}`];
}

function unknownField(path: readonly PropertyKey[], name: string): string {
  return `${["body", ...path, name].join(".")}: unknown field "${name}"`;
}
