import { z } from "zod";
import type { ApiCall, ApiOperation } from "./api-operation.ts";
import { ApiProblem } from "./api-problem.ts";

const requestSchema = z.object({ query: z.string() });

/**
 * What is still needed of GraphQL: the query of what is on the account and what it spends per hour, and the mutation
 * by which a pod may end itself where REST does not let it.
 */
export const graphqlOperation: ApiOperation = {
  operation: "graphql",
  method: "POST",
  path: "/graphql",
  answer(call) {
    if (call.account.faults.take("no-graphql")) {
      throw new ApiProblem(410, "The GraphQL API has been retired. Use https://api.runpod.io/v2.");
    }
    const endedId = /\bpodTerminate\s*\(\s*input:\s*\{\s*podId:\s*\\?"([^"\\]+)/.exec(call.bodyText)?.[1];
    if (endedId !== undefined) return terminate(call, endedId);
    const fields = readMyselfFields(call.bodyText);
    if (fields === null) return refuse("Cannot query anything but myself { … } on the stand-in.");
    const values = describeMyself(call);
    const unknown = fields.find((field) => !Object.hasOwn(values, field));
    if (unknown !== undefined) return refuse(`Cannot query field "${unknown}" on type "User".`);
    const myself = Object.fromEntries(fields.map((field) => [field, values[field]]));
    return { status: 200, body: { data: { myself } } };
  },
};

function describeMyself({ account }: ApiCall): Readonly<Record<string, unknown>> {
  return {
    id: "user_rehearsal",
    email: "rehearsal@example.invalid",
    clientBalance: account.balanceUsd(),
    currentSpendPerHr: account.usdPerHour(),
    spendLimit: 80,
    notifyLowBalance: true,
  };
}

function terminate({ account }: ApiCall, podId: string) {
  const pod = account.findPod(podId);
  if (pod === undefined) return refuse("pod not found to terminate");
  account.endPod(pod, "call");
  return { status: 200, body: { data: { podTerminate: null } } };
}

function readMyselfFields(text: string): string[] | null {
  try {
    const { query } = requestSchema.parse(JSON.parse(text));
    const block = /\bmyself\s*\{([^{}]*)\}/.exec(query)?.[1];
    return block?.match(/\w+/g) ?? null;
  } catch {
    return null;
  }
}

/** GraphQL answers its errors with status 200. */
function refuse(message: string) {
  return {
    status: 200,
    body: { errors: [{ message, extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }] },
  };
}
