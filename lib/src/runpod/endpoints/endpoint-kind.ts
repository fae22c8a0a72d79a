import { sayIfSimulated } from "../../words/index.ts";
import type { RunPodEndpoint } from "../client/schemas.ts";
import { type LabelForm, type RentalKind, type RentalLabels, readLabels } from "../rental/rental-kind.ts";
import { countWorkers } from "./count-workers.ts";
import { CreateEndpointError, EndpointNotReadyError } from "./endpoint-errors.ts";

/**
 * How an endpoint carries its labels.
 *
 * Its variables differ from a pod's: should its workers be listed among the pods, nobody must take them for pods of
 * their own. Runpod's older API marked endpoints with FlashBoot by an ending of their name: it is tolerated.
 */
export const endpointLabelForm: LabelForm = {
  name: /^(workbook-([0-9a-f]{10})-e-[0-9a-z]{6})-(\d{8}T\d{6}Z)(?: -fb)?$/,
  stemVariable: "WORKBOOK_ENDPOINT",
};

/** Reads the labels of an endpoint; `null`: no workbook's. */
export function readEndpointLabels(endpoint: Pick<RunPodEndpoint, "name" | "env">): RentalLabels | null {
  return readLabels(endpoint, endpointLabelForm);
}

/** What is special to serverless endpoints. */
export const endpointKind: RentalKind<RunPodEndpoint> = {
  words: {
    noun: "endpoint",
    one: "an endpoint",
    rented: "made",
    end: "delete",
    create: "createEndpoint",
    list: "listEndpoints",
  },
  readLabels: readEndpointLabels,
  recordsOf: ({ endpoints }) =>
    [...endpoints.values()].map((record) => ({
      ...record,
      id: record.endpointId,
      usdPerHour: record.maxUsdPerHour,
    })),
  list: (client, options) => client.listEndpoints(options),
  get: (client, id, options) => client.getEndpoint(id, options),
  remove: (client, id, options) => client.deleteEndpoint(id, options),
  readBill: (client, id, options) => client.endpointBilling(id, options),
  // Its workers are asked, not its health: that would start one.
  async isUp({ client }, { id }, signal) {
    const workers = await client.listWorkers(id, { signal }).catch(() => null);
    if (workers === null) return undefined;
    const { running, idle } = countWorkers(workers);
    return running + idle > 0;
  },
  // The API tells no price: what its workers cost together stands in the journal.
  usdPerHourOf: () => null,
  describeCost({ id, usdPerHour, isSimulated }) {
    const price = usdPerHour === null ? "money" : `up to $${usdPerHour.toFixed(2)} per hour`;
    return `The endpoint ${id} is still there and can cost ${price}${sayIfSimulated(isSimulated)}: await deleteEndpoint("${id}") ends it, and so does \`npm run teardown\`.`;
  },
  // Its own idle timeout ends its workers; the endpoint without workers costs nothing.
  watchIdleness: null,
  CreateError: CreateEndpointError,
  NotReadyError: EndpointNotReadyError,
};
