import { z } from "zod";

// What Runpod's contract of autumn 2026 has and the copy of 2026-08 lacks, each with its reason. All of it was read
// in the specification of runpod/typescript-api-sdk @71be6663 (examples of 2026-09-10) and in docs.runpod.io.

/**
 * Fields of answers and bodies that are newer than the copy.
 *
 * - `entrypoint`, `cmd`: the start script needs them; the older contract has the one string `args` only.
 * - `pagination`: lists come in pages by now.
 */
export const newerFields: readonly string[] = ["entrypoint", "cmd", "pagination"];

/** The operations of the copy that the workbook uses, or that its stand-in answers. */
export const usedOperations: readonly string[] = [
  "createEndpoint",
  "createNetworkVolume",
  "createPod",
  "createTemplate",
  "deleteEndpoint",
  "deleteNetworkVolume",
  "deletePod",
  "deleteTemplate",
  "getEndpoint",
  "getPod",
  "getPodLogs",
  "getWorkerLogs",
  "listEndpointWorkers",
  "listEndpoints",
  "listGpuTypes",
  "listNetworkVolumes",
  "listPodBilling",
  "listPods",
  "listServerlessBilling",
  "listTemplates",
  "updatePod",
  "updateTemplate",
];

/** Query parameters of lists that are newer than the copy: they go with `pagination`. */
export const newerQuery: readonly string[] = ["cursor", "limit"];

/** An operation that the copy lacks. */
export interface NewerOperation {
  operation: string;
  method: string;
  path: RegExp;
  reason: string;
  /** `null` without a body. */
  body: z.ZodType | null;
  /** The bodies of its good answers, by status. */
  answers: Readonly<Record<number, z.ZodType>>;
}

const nothing = z.undefined();
const secret = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  createdAt: z.iso.datetime(),
  valueLastUpdatedAt: z.iso.datetime(),
});
const pagination = z.strictObject({ nextCursor: z.string().nullable(), hasNextPage: z.boolean() });
const newSecret = z.strictObject({
  name: z
    .string()
    .max(191)
    .regex(/^(?!RUNPOD)[a-zA-Z_][a-zA-Z0-9_.\-/]*$/i),
  value: z.string(),
  description: z.string().optional(),
});
const changedSecret = newSecret.omit({ name: true }).partial();
const secretsReason = "the Hugging Face token must not stand in a pod's environment in clear";
const oneSecret = /^\/v2\/account\/secrets\/[^/]+$/;
const allSecrets = /^\/v2\/account\/secrets$/;

/** The operations that the workbook uses and the copy lacks. */
export const newerOperations: readonly NewerOperation[] = [
  {
    operation: "listSecrets",
    method: "GET",
    path: allSecrets,
    reason: secretsReason,
    body: null,
    answers: { 200: z.strictObject({ secrets: z.array(secret), pagination }) },
  },
  {
    operation: "createSecret",
    method: "POST",
    path: allSecrets,
    reason: secretsReason,
    body: newSecret,
    answers: { 201: secret },
  },
  {
    operation: "updateSecret",
    method: "PATCH",
    path: oneSecret,
    reason: secretsReason,
    body: changedSecret,
    answers: { 200: secret },
  },
  {
    operation: "deleteSecret",
    method: "DELETE",
    path: oneSecret,
    reason: secretsReason,
    body: null,
    answers: { 204: nothing },
  },
  {
    operation: "graphql",
    method: "POST",
    path: /^\/graphql$/,
    reason: "REST v2 has no balance; GraphQL is another API, until early 2027",
    body: z.strictObject({ query: z.string(), variables: z.record(z.string(), z.unknown()).optional() }),
    answers: {
      200: z.union([
        z.strictObject({ data: z.record(z.string(), z.unknown()) }),
        z.strictObject({ errors: z.array(z.looseObject({ message: z.string() })) }),
      ]),
    },
  },
];

/** Finds an operation that is newer than the copy. */
export function findNewerOperation(method: string, pathname: string): NewerOperation | null {
  return newerOperations.find((one) => one.method === method && one.path.test(pathname)) ?? null;
}
