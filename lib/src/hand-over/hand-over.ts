import { isAbsolute, join, resolve } from "node:path";
import type { Endpoint } from "../endpoint/index.ts";
import { InputError } from "../errors.ts";
import { requireChoice } from "../require-number.ts";
import { type AccountOptions, findRentalAt, openRunPod } from "../runpod/index.ts";
import { loadSettings } from "../settings.ts";
import { type Client, clientFiles, clients } from "./client-files.ts";
import { listNotes } from "./list-notes.ts";
import { quoteForShell } from "./quote.ts";
import { writePrivateFile } from "./write-private-file.ts";

/** A file with which another program uses an endpoint; nothing of this is secret, the file is. */
export interface HandedOver {
  /** The file, which holds the key and which only its owner may read. */
  path: string;
  for: Client;
  /** ISO time; `null` where no deadline is known. */
  podEndsAt: string | null;
  /** What the pod costs from now until its deadline, in dollars; an endpoint with all its workers; `null` where that is not known. */
  usdUntilThen: number | null;
  /** Whether a rehearsal made the dollars up. */
  isSimulated: boolean;
  /** A command line for a terminal. */
  howToUse: string;
  /** What to know beside that, in whole sentences. */
  notes: string[];
}

/**
 * Writes a file with which another program uses this endpoint: address, key and model, for its owner's eyes only.
 *
 * `for` takes `env` (variables, as the packages of OpenAI read them), `curl` (a file for `curl --config`), `openai` (a
 * script with the `openai` package), `open-webui` (variables for its container) and `opencode` (its configuration).
 * By default the file is in the state folder; a `path` inside a git checkout must be ignored there. It replaces only
 * what handOver has written. With the `plan` of the pod it knows whether vLLM answers calls of tools.
 *
 * @throws InputError for a path where a key must not lie, or that is something else's; WorkbookError where the file
 *   cannot be written, or the disk lets others read it.
 */
export async function handOver(
  endpoint: Endpoint,
  options: {
    for: Client;
    path?: string;
    plan?: { vllmArguments: readonly string[] };
  } & AccountOptions,
): Promise<HandedOver> {
  const { for: client } = options;
  requireChoice("handOver", { for: client }, clients);
  const file = clientFiles[client];
  checkKey(endpoint, client);
  const folder = join(options.context?.stateFolder ?? loadSettings().stateFolder, "hand-over");
  const path = options.path === undefined ? join(folder, file.name) : placeOf(options.path);
  const isRented = endpoint.origin !== "given";
  const context = isRented ? await openRunPod(options) : null;
  const rental = context === null ? null : findRentalAt(context, endpoint.baseUrl);
  writePrivateFile(path, { text: file.write(endpoint), isOwn: file.isOwn });
  const hoursLeft =
    context === null || rental === null
      ? null
      : Math.max(0, rental.deadlineAt.getTime() - context.now().getTime()) / 3_600_000;
  const usdPerHour = rental?.usdPerHour ?? null;
  return {
    path,
    for: client,
    podEndsAt: rental?.deadlineAt.toISOString() ?? null,
    usdUntilThen: hoursLeft === null || usdPerHour === null ? null : hoursLeft * usdPerHour,
    isSimulated: endpoint.origin === "rehearsal",
    howToUse: file.howToUse(quoteForShell(path), endpoint),
    notes: listNotes({ client, endpoint, rental, hoursLeft, plan: options.plan ?? null }),
  };
}

function placeOf(path: string): string {
  if (path.startsWith("~")) {
    throw new InputError(`handOver: a shell would replace the ~ in ${path}, a notebook does not.`, {
      remedy: "Give the whole path of the file.",
      field: "path",
    });
  }
  return isAbsolute(path) ? path : resolve(path);
}

/** Open WebUI takes several keys in one variable. */
function checkKey({ apiKey, baseUrl }: Endpoint, client: Client): void {
  if (client !== "open-webui" || ![apiKey, baseUrl].some((text) => text.includes(";"))) return;
  throw new InputError(
    "handOver: the key or the address has a semicolon, and Open WebUI reads two entries from it.",
    { remedy: "Enter it in Open WebUI itself, under Admin Settings, Connections." },
  );
}
