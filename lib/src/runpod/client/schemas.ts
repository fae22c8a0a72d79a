import { z } from "zod";
import { eachOf } from "../../each-of.ts";
import { cleanName } from "../../words/index.ts";
import type { Page } from "./read-pages.ts";

// What the workbook reads of Runpod's REST v2 answers. Fields that it does not use are left out: answers may grow.

/** Names are shown, and anybody with access to the account may choose some of them. */
const name = z.string().overwrite((text) => cleanName(text));
/** The id of a pod, an endpoint or a worker: it goes into addresses, so nothing in it may lead elsewhere. */
const idSchema = z.string().regex(/^\w[\w-]{0,127}$/);
/** The id of something stored, whose form nobody promises. */
const storedIdSchema = z.string().regex(/^[^\p{C}\p{Z}]{1,200}$/u);

const dollars = z.number().nullish().catch(null);

// What is odd about one pod or endpoint of the account must not keep anybody from seeing and ending it, or another one:
// of what is listed only the id is needed.

const createdAtSchema = name
  .catch("")
  .transform((text) => (Number.isNaN(Date.parse(text)) ? new Date().toISOString() : text));
const envSchema = z
  .record(z.string(), z.unknown())
  .transform((env) =>
    Object.fromEntries(
      Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    ),
  )
  .nullish()
  .catch(null);

/** A pod as the API describes it; its `env` holds the pod's own key, so it is never printed. */
export const podSchema = z.object({
  id: idSchema,
  name: name.catch(""),
  /** PROVISIONING, STARTING, RUNNING, EXITED, ERROR or TERMINATED; what else may come is kept as it is. */
  status: name.catch("unknown"),
  env: envSchema,
  image: name.nullish().catch(null),
  gpu: z.object({ id: name, count: z.number().nullish() }).nullish().catch(null),
  /** Dollars per hour, now: 0 while the pod is stopped; `NaN` where the answer does not say it. */
  cost: z.number().catch(Number.NaN),
  /** Only newer contracts have these two. */
  entrypoint: z.array(z.string()).nullish().catch(null),
  cmd: z.array(z.string()).nullish().catch(null),
  runtime: z.object({ uptime: z.number().nullish() }).nullish().catch(null),
  createdAt: createdAtSchema,
});
export type RunPodPod = z.output<typeof podSchema>;

const paginationSchema = z.object({
  nextCursor: z.string().nullish(),
  hasNextPage: z.boolean().nullish(),
});

/** One page of a list, whose items stand in the named field; an API without pages gives all at once. */
export function pageSchema<Item>(field: string, item: z.ZodType<Item>): z.ZodType<Page<Item>> {
  return z.object({ [field]: z.array(item), pagination: paginationSchema.nullish() }).transform((page) => {
    const { hasNextPage, nextCursor } = paginationSchema.parse(page["pagination"] ?? {});
    const items = z.array(item).parse(page[field]);
    return { items, nextCursor: hasNextPage === true && nextCursor ? nextCursor : null };
  });
}

export const templateSchema = z.object({
  id: storedIdSchema,
  name,
  image: z.string().nullish(),
  args: z.string().nullish(),
  entrypoint: z.array(z.string()).nullish(),
  cmd: z.array(z.string()).nullish(),
  disk: z.number().nullish(),
  ports: z.array(z.string()).nullish(),
  env: z.record(z.string(), z.string()).nullish(),
});
export type RunPodTemplate = z.output<typeof templateSchema>;

/** A stored secret; its value can be written and never read. */
export const secretSchema = z.object({ id: storedIdSchema, name });
export type RunPodSecret = z.output<typeof secretSchema>;

/** Only its id is needed: what else is odd about one kind of GPU must not keep anybody from the others. */
const gpuTypeSchema = z.object({
  id: name,
  name: name.catch("unknown"),
  /** GB; 0, too small for any model, where the answer does not say it. */
  memory: z.number().catch(0),
  secure: z.boolean().catch(false),
  community: z.boolean().catch(false),
  /** The pool by which serverless workers choose it; `null` where it is in none. */
  pool: name.nullish().catch(null),
  /** Dollars per hour for one GPU; `serverless` is that of its pool. */
  price: z
    .object({ secure: dollars, community: dollars, serverless: dollars })
    .catch({ secure: null, community: null, serverless: null }),
  maxCount: z.object({ secure: z.number(), community: z.number() }).nullish().catch(null),
  /** NONE, LOW, MEDIUM or HIGH; a hint, not a reservation. */
  availability: name.nullish().catch(null),
  cudaVersions: z
    .array(z.object({ version: name, available: z.boolean().nullish() }))
    .nullish()
    .catch(null),
});
export type RunPodGpuType = z.output<typeof gpuTypeSchema>;

export const gpuTypeListSchema = z.object({ gpus: eachOf(gpuTypeSchema) });

export const podBillSchema = z.object({
  records: z.array(z.object({ podId: name, totalAmount: z.number() })),
});

/** A serverless endpoint as the API describes it. */
export const endpointSchema = z.object({
  id: idSchema,
  name: name.catch(""),
  /** QUEUE or LOAD_BALANCER; older endpoints have none. */
  type: name.nullish().catch(null),
  /** A queue has others, and no `base`. */
  requestUrls: z.object({ base: z.url().optional() }).nullish().catch(null),
  env: envSchema,
  gpu: z
    .object({
      pools: z.array(name),
      count: z.number().nullish(),
    })
    .nullish()
    .catch(null),
  /** `NaN` where the answer does not say how many. */
  workers: z
    .object({ min: z.number(), max: z.number(), idleTimeout: z.number().nullish() })
    .catch({ min: Number.NaN, max: Number.NaN }),
  createdAt: createdAtSchema,
});
export type RunPodEndpoint = z.output<typeof endpointSchema>;

export const workerListSchema = z.object({
  workers: z.array(
    z.object({
      id: idSchema,
      /** RUNNING, IDLE, INITIALIZING, THROTTLED or UNHEALTHY; what else may come is kept as it is. */
      status: name.catch("unknown"),
    }),
  ),
});
export type RunPodWorker = z.output<typeof workerListSchema>["workers"][number];

export const endpointBillSchema = z.object({
  records: z.array(z.object({ serverlessId: name, totalAmount: z.number() })),
});

/** Storage of its own, which is billed with or without a machine. */
export const networkVolumeSchema = z.object({
  id: storedIdSchema,
  name,
  /** GB. */
  size: z.number(),
  dataCenter: name,
});

export const accountSchema = z.object({
  data: z.object({
    myself: z.object({
      id: name.nullish(),
      /** Dollars. */
      clientBalance: z.number().nullish(),
      currentSpendPerHr: z.number().nullish(),
      spendLimit: z.number().nullish(),
    }),
  }),
});

export const logEventSchema = z.object({ source: name, line: z.string(), ts: name.nullish() });

/** What the bodies below say of a container, as far as the workbook uses it. */
interface ContainerBody {
  name: string;
  image: string;
  /** Container disk in GB, of each worker of an endpoint. */
  disk: number;
  ports: string[];
  env: Record<string, string>;
  args?: string;
  entrypoint?: string[];
  cmd?: string[];
}

/** The body of `POST /pods`. */
export interface CreatePodBody extends ContainerBody {
  gpu: { id: string; count: number; minCudaVersion?: string };
  cloud: "SECURE" | "COMMUNITY";
  dataCenterIds?: string[];
  mounts?: { network: { volumeId: string; path: string }[] };
  templateId?: string;
  startSsh: boolean;
  startJupyter: boolean;
}

/** The body of `POST /templates`. */
export interface CreateTemplateBody extends ContainerBody {
  category: "NVIDIA";
  public: boolean;
  serverless: boolean;
  startSsh: boolean;
  startJupyter: boolean;
}

/** The body of `POST /serverless`. */
export interface CreateEndpointBody extends ContainerBody {
  type: "LOAD_BALANCER";
  gpu: { pools: string[]; excludedTypes?: string[]; count: number; minCudaVersion?: string };
  /** `idleTimeout` in seconds. */
  workers: { min: number; max: number; idleTimeout: number };
  scaling: { type: "REQUEST_COUNT"; requestCount: number };
  flashboot: "OFF" | "FLASHBOOT" | "PRIORITY_FLASHBOOT";
  /** Milliseconds of one request. */
  timeout: number;
  dataCenterIds?: string[];
}
