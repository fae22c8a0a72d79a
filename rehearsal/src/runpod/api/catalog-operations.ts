import { dataCenterNames, describeGpu, rehearsedGpus } from "../account/gpu-catalog.ts";
import type { ApiCall, ApiOperation } from "./api-operation.ts";
import { ApiProblem, notFound } from "./api-problem.ts";

/** The catalog: GPU types with prices and stock, and data centres. */
export const catalogOperations: readonly ApiOperation[] = [
  {
    operation: "listGpuTypes",
    method: "GET",
    path: "/v2/catalog/gpus",
    answer(call) {
      const withAvailability = wantsAvailability(call);
      return {
        status: 200,
        body: { gpus: rehearsedGpus.map((card) => describeGpu(card, { withAvailability })) },
      };
    },
  },
  {
    operation: "getGpuType",
    method: "GET",
    path: "/v2/catalog/gpus/:id",
    answer(call) {
      const card = rehearsedGpus.find(({ id }) => id === call.parameters["id"]);
      if (card === undefined) throw notFound();
      return { status: 200, body: describeGpu(card, { withAvailability: wantsAvailability(call) }) };
    },
  },
  {
    operation: "listDataCenters",
    method: "GET",
    path: "/v2/catalog/datacenters",
    answer: ({ query }) => {
      const withGpus = query.get("include")?.split(",").includes("GPU_AVAILABILITY") === true;
      const ids = Object.keys(dataCenterNames);
      return { status: 200, body: { dataCenters: ids.map((id) => describeDataCenter(id, withGpus)) } };
    },
  },
];

/** Stock differs by product, so it has to be said for which it is asked. */
function wantsAvailability({ query }: ApiCall): boolean {
  const include = query.get("include");
  const product = query.get("product");
  if (include !== null && include !== "AVAILABILITY") {
    throw new ApiProblem(422, "Request validation failed.", {
      errors: ["query.include: must be AVAILABILITY"],
    });
  }
  if ((include === null) !== (product === null)) {
    throw new ApiProblem(400, "include=AVAILABILITY requires product, and product requires include");
  }
  const unknown = product?.split(",").find((name) => !["POD", "CLUSTER", "SERVERLESS"].includes(name));
  if (unknown !== undefined) {
    throw new ApiProblem(422, "Request validation failed.", {
      errors: [`query.product: "${unknown}" is not a product`],
    });
  }
  return include !== null;
}

function describeDataCenter(id: string, withGpus: boolean): object {
  const cards = rehearsedGpus.filter(({ dataCenterIds }) => dataCenterIds.includes(id));
  const gpuAvailability = cards.map((card) => ({
    id: card.id,
    name: card.name,
    availability: card.stock,
  }));
  return {
    id,
    name: dataCenterNames[id] ?? id,
    region: id.startsWith("EU") ? "EUROPE" : "NORTH_AMERICA",
    globalNetwork: false,
    networkVolumeTypes: ["STANDARD"],
    compliance: [],
    ...(withGpus && gpuAvailability.length > 0 ? { gpuAvailability } : {}),
  };
}
