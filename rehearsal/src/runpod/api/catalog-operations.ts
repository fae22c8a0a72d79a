import { describeGpu, rehearsedGpus } from "../account/gpu-catalog.ts";
import type { ApiCall, ApiOperation } from "./api-operation.ts";
import { ApiProblem, invalidRequest } from "./api-problem.ts";

/** The catalog: GPU types with prices and stock. */
export const catalogOperation: ApiOperation = {
  operation: "listGpuTypes",
  method: "GET",
  path: "/v2/catalog/gpus",
  answer(call) {
    const withAvailability = wantsAvailability(call);
    const gpus = rehearsedGpus().map((card) => describeGpu(card, { withAvailability }));
    return { status: 200, body: { gpus } };
  },
};

/** Stock differs by product, so it has to be said for which it is asked. */
function wantsAvailability({ query }: ApiCall): boolean {
  const include = query.get("include");
  const product = query.get("product");
  if (include !== null && include !== "AVAILABILITY") {
    throw invalidRequest("query.include: must be AVAILABILITY");
  }
  if ((include === null) !== (product === null)) {
    throw new ApiProblem(400, "include=AVAILABILITY requires product, and product requires include");
  }
  const unknown = product?.split(",").find((name) => !["POD", "CLUSTER", "SERVERLESS"].includes(name));
  if (unknown !== undefined) throw invalidRequest(`query.product: "${unknown}" is not a product`);
  return include !== null;
}
