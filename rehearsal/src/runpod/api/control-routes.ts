import { Hono } from "hono";
import { z } from "zod";
import { runpodFaultSchema } from "../../faults/runpod-faults.ts";
import type { Account } from "../account/account.ts";
import { readLedger } from "../account/ledger.ts";
import type { RecordedCall } from "./recorded-calls.ts";

/** Where another process steers a rehearsal, on the API's own origin. */
export const controlPath = "/rehearsal/control";

/**
 * Routes by which another process on this machine sets faults, moves the clock, and reads ledger and calls.
 *
 * `GET /ledger`, `GET /calls`, `GET | PUT | POST /faults` (a list replaces, one fault is added), `POST /advance`
 * with `{ "ms": … }`, `POST /pods/:id/end`, also for workers. A request that comes from a web page is refused.
 */
export function createControlRoutes(options: {
  account: Account;
  calls: () => readonly RecordedCall[];
}): Hono {
  const { account, calls } = options;
  const { faults, clock } = account;
  const app = new Hono();
  app.use(async (context, next) => {
    const host = context.req.header("host") ?? "";
    const isPage = context.req.header("origin") !== undefined;
    if (isPage || !/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) {
      return context.json({ detail: "Only programs on this machine may steer the rehearsal." }, 403);
    }
    return next();
  });
  app.get("/ledger", (context) => context.json(readLedger(account)));
  app.get("/calls", (context) => context.json(calls()));
  app.get("/faults", (context) => context.json(faults.list()));
  app.put("/faults", async (context) => {
    faults.set(z.array(runpodFaultSchema).parse(await context.req.json()));
    return context.json(faults.list());
  });
  app.post("/faults", async (context) => {
    faults.add(runpodFaultSchema.parse(await context.req.json()));
    return context.json(faults.list());
  });
  app.post("/advance", async (context) => {
    clock.advance(z.object({ ms: z.number().min(0) }).parse(await context.req.json()).ms);
    return context.json({ now: new Date(account.settle()).toISOString() });
  });
  app.post("/pods/:id/end", (context) => {
    account.settle();
    const id = context.req.param("id");
    const pod = account.findPod(id) ?? account.workers.get(id);
    if (pod === undefined || pod.end !== null) return context.json({ detail: "No such pod." }, 404);
    account.endPod(pod, "host");
    return context.json(readLedger(account));
  });
  app.onError((error, context) => {
    const status = error instanceof z.ZodError || error instanceof SyntaxError ? 400 : 500;
    return context.json({ detail: error.message }, status);
  });
  return app;
}
