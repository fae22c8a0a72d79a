import type { RunPodContext } from "../rental/context.ts";
import { type WatchOutcome, watchRental } from "../rental/watch-rental.ts";
import { endEndpoint } from "./delete-endpoint.ts";
import { readEndpointMarks } from "./endpoint-name.ts";
import { judgeEndpoint } from "./list-endpoints.ts";

/** Watches one endpoint until it is gone: deletes it at its deadline, or when nobody wants it any more. */
export async function watchEndpoint(
  context: RunPodContext,
  options: { stem: string; intervalMs: number },
): Promise<WatchOutcome> {
  const { stem, intervalMs } = options;
  const recordOf = () => context.journal.read().endpoints.get(stem);
  return watchRental(
    context,
    {
      stem,
      record: recordOf,
      isCreated: () => (recordOf()?.endpointId ?? null) !== null,
      async find() {
        const endpoints = await context.client.listEndpoints();
        return endpoints.find((endpoint) => readEndpointMarks(endpoint)?.stem === stem) ?? null;
      },
      judge: (endpoint) => judgeEndpoint(context, { endpoint, journal: context.journal.read() }),
      // Its own idle timeout ends its workers; the endpoint without workers costs nothing.
      isIdleTooLong: null,
      end: (endpoint) => endEndpoint(context, endpoint),
    },
    { intervalMs },
  );
}
