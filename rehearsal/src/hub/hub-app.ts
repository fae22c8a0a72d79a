import { createHash } from "node:crypto";
import { type Context, Hono } from "hono";
import type { FaultList, HubAccess } from "../faults/runpod-faults.ts";
import { accessOfToken, type HubRefusal, missingModel, refuseHubFile } from "./hub-access.ts";
import { findHubModel } from "./hub-models.ts";

/**
 * Builds the stand-in of Hugging Face's gate: who a token belongs to, what is known of a model, and whether its files
 * may be read.
 *
 * As at the Hub, a gated model's description is public: only a file, or the check made for it, tells of access.
 */
export function createHubApp(faults: FaultList): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    if (faults.take("hub-down")) return context.json({ error: "Service Unavailable" }, 503);
    await next();
    context.header("RateLimit", '"api";r=499;t=300');
    context.header("RateLimit-Policy", '"fixed window";"api";q=500;w=300');
    return;
  });

  app.get("/api/whoami-v2", (context) => {
    const access = accessOf(context, faults);
    if (access === null || access === "invalid-token") {
      const message =
        access === null ? "Invalid username or password." : "Invalid credentials in Authorization header";
      return context.json({ error: message }, 401, { "x-error-message": message });
    }
    return context.json(describeOwner(access));
  });

  app.get("/api/models/:owner/:name", (context) => {
    const id = `${context.req.param("owner")}/${context.req.param("name")}`;
    const model = findHubModel(id);
    const access = accessOf(context, faults);
    if (model === null) return refuse(context, missingModel(access));
    if (model.id !== id) return context.redirect(`/api/models/${model.id}`, 307);
    const { gated, shape } = model;
    const withSizes = context.req.query("blobs") === "true";
    const files =
      shape === null
        ? []
        : [
            { rfilename: "config.json", size: JSON.stringify(shape.config).length },
            { rfilename: "model.safetensors", size: shape.weightBytes },
          ];
    const numbers = shape && {
      safetensors: { parameters: { BF16: shape.parameters }, total: shape.parameters },
      usedStorage: shape.weightBytes,
    };
    return context.json({
      id,
      modelId: id,
      sha: createHash("sha1").update(id).digest("hex"),
      private: false,
      disabled: false,
      gated,
      pipeline_tag: "text-generation",
      library_name: "transformers",
      tags: ["safetensors"],
      ...numbers,
      siblings: files.map(({ rfilename, size }) => (withSizes ? { rfilename, size } : { rfilename })),
    });
  });

  app.get("/api/models/:owner/:name/auth-check", (context) => {
    const id = `${context.req.param("owner")}/${context.req.param("name")}`;
    const refusal = refuseHubFile(id, accessOf(context, faults));
    return refusal === null ? context.text("OK") : refuse(context, refusal);
  });

  app.get("/:owner/:name/resolve/:revision/:file", (context) => {
    const { owner, name, revision, file } = context.req.param();
    const id = `${owner}/${name}`;
    const refusal = refuseHubFile(id, accessOf(context, faults));
    if (refusal !== null) return refuse(context, refusal);
    const model = findHubModel(id);
    if (model !== null && model.id !== id) {
      return context.redirect(`/${model.id}/resolve/${revision}/${file}`, 307);
    }
    if (model === null || file !== "config.json") {
      return refuse(context, { status: 404, code: "EntryNotFound", message: "Entry not found" });
    }
    const commit = createHash("sha1").update(id).digest("hex");
    return context.json(model.shape?.config ?? {}, 200, { "x-repo-commit": commit, etag: `"${commit}"` });
  });

  app.notFound((context) =>
    context.json({ error: "Sorry, we can't find the page you are looking for." }, 404),
  );
  return app;
}

/** How far the caller has come with the gate; `null` without a token. */
function accessOf(context: Context, faults: FaultList): HubAccess | null {
  const [scheme, token] = (context.req.header("authorization") ?? "").split(" ");
  if (scheme?.toLowerCase() !== "bearer" || token === undefined) return null;
  return faults.take("hub-access")?.access ?? accessOfToken(token);
}

function refuse(context: Context, { status, code, message }: HubRefusal): Response {
  const headers = { "x-error-code": code, "x-error-message": message };
  return context.json({ error: message }, status, headers);
}

function describeOwner(access: HubAccess): object {
  const fineGrained = { canReadGatedRepos: access !== "no-gated-permission", global: [], scoped: [] };
  const createdAt = "2026-11-01T00:00:00.000Z";
  const accessToken = { displayName: "serving-workbook", role: "fineGrained", createdAt, fineGrained };
  return {
    type: "user",
    id: "000000000000000000000001",
    name: "rehearsal",
    fullname: "Rehearsal",
    isPro: false,
    orgs: [],
    auth: { type: "access_token", accessToken },
  };
}
