import type { HubAccess } from "../faults/runpod-faults.ts";
import { findHubModel } from "./hub-models.ts";

/** What the Hub refuses a file with: status, `X-Error-Code` and `X-Error-Message`. */
export interface HubRefusal {
  status: 401 | 403 | 404;
  code: "GatedRepo" | "RepoNotFound" | "EntryNotFound";
  message: string;
}

/**
 * Reads from a token's name how far its owner has come with the gate.
 *
 * `hf_rehearsal_pending`, `hf_rehearsal_not_accepted`, `hf_rehearsal_rejected`, `hf_rehearsal_no_gated_permission` and
 * `hf_rehearsal_invalid` say it; any other `hf_…` has access, and what is no Hugging Face token is invalid.
 */
export function accessOfToken(token: string): HubAccess {
  if (!token.startsWith("hf_") || token.includes("rehearsal_invalid")) return "invalid-token";
  if (token.includes("rehearsal_pending")) return "pending";
  if (token.includes("rehearsal_not_accepted")) return "not-accepted";
  if (token.includes("rehearsal_rejected")) return "rejected";
  if (token.includes("rehearsal_no_gated_permission")) return "no-gated-permission";
  return "granted";
}

/** Returns why a caller may not read a model's files; `null` where it may. `access` is `null` without a token. */
export function refuseHubFile(id: string, access: HubAccess | null): HubRefusal | null {
  const model = findHubModel(id);
  if (model === null) return missingModel(access);
  if (model.gated === false || access === "granted") return null;
  return refuseGated(model.id, access);
}

/** What the Hub says about a model that does not exist. */
export function missingModel(access: HubAccess | null): HubRefusal {
  const isAnonymous = access === null || access === "invalid-token";
  return {
    status: isAnonymous ? 401 : 404,
    code: "RepoNotFound",
    message: isAnonymous ? "Invalid username or password." : "Repository not found",
  };
}

/** What the Hub says about a gated model to a caller without access. */
export function refuseGated(id: string, access: HubAccess | null): HubRefusal {
  const restricted = `Access to model ${id} is restricted`;
  switch (access) {
    case "pending":
      return gated(403, `Your request to access model ${id} is awaiting a review from the repo authors.`);
    case "rejected":
      return gated(403, `Your request to access model ${id} has been rejected by the repo's authors.`);
    case "no-gated-permission": {
      const advice = "Please enable access to public gated repositories in your fine-grained token settings";
      return gated(403, `${advice} to view this repository.`);
    }
    case "not-accepted": {
      const advice = `Visit https://huggingface.co/${id} to ask for access.`;
      return gated(403, `${restricted} and you are not in the authorized list. ${advice}`);
    }
    default:
      // Without a token and with a bad one the Hub says the same.
      return gated(
        401,
        `${restricted}. You must have access to it and be authenticated to access it. Please log in.`,
      );
  }
}

function gated(status: 401 | 403, message: string): HubRefusal {
  return { status, code: "GatedRepo", message };
}
