import type { Endpoint } from "../endpoint/index.ts";
import { isLoopbackUrl } from "../network/index.ts";
import type { FoundRental } from "../runpod/index.ts";
import type { Client } from "./client-files.ts";

/** Lists what somebody should know who uses an endpoint through a file: until when, at whose cost, and what may not work. */
export function listNotes(about: {
  client: Client;
  endpoint: Endpoint;
  rental: FoundRental | null;
  /** Until the deadline. */
  hoursLeft: number | null;
  plan: { vllmArguments: readonly string[] } | null;
}): string[] {
  const { client, endpoint, rental, hoursLeft, plan } = about;
  const { origin, baseUrl, query } = endpoint;
  const isLocal = isLoopbackUrl(baseUrl);
  const answersTools = plan?.vllmArguments.includes("--enable-auto-tool-choice") === true;
  const notes: [boolean, string][] = [
    [
      rental?.noun === "pod",
      "Whoever can read the file can use the pod until it ends, at your cost. The key ends with the pod; the next pod has another.",
    ],
    [
      rental?.noun === "endpoint",
      "The file holds RUNPOD_ENDPOINT_KEY: whoever can read it can call the endpoints of your account that this key may call. At most it costs all workers all the time; without requests only its minimum of workers costs money.",
    ],
    [hoursLeft === 0, "Its deadline is past: it is about to end."],
    [
      origin === "rehearsal",
      "This is a rehearsal: it runs on this machine, and ends soon after the last call.",
    ],
    [origin === "rehearsal" && rental !== null, "The dollars are simulated."],
    [
      origin !== "given" && rental === null && origin !== "rehearsal",
      "The journal does not know this endpoint, so its deadline and its cost are not known: listPods() and listEndpoints() ask Runpod.",
    ],
    [
      client === "env",
      "The variables are set in the terminal in which you read the file, and in what you start there. OpenAI's packages take the address and the key from them; give the model yourself: process.env.MODEL.",
    ],
    [
      client === "curl",
      "The key is in the file and not in the command line, because every user of this machine can read command lines in the list of processes.",
    ],
    [
      client === "openai",
      "The script needs the package openai. In the state folder it finds the project's own; elsewhere run `npm install openai` beside the script.",
    ],
    [
      client === "open-webui",
      "Open http://127.0.0.1:3000 when the container is up. Open WebUI reads these variables at its first start and keeps what it read: for the next pod change the address and the key under Admin Settings, Connections.",
    ],
    [
      client === "open-webui" && isLocal,
      "The address is on this machine, and a container does not reach it: on Linux give `--network host` instead of `-p …` (then it is at port 8080).",
    ],
    [
      client === "opencode" && !answersTools,
      "A coding tool needs tool calls: vLLM answers them only with --enable-auto-tool-choice and the --tool-call-parser of its model. Without them opencode shows an error, or text instead of changes.",
    ],
    [
      client !== "curl" && client !== "openai" && query !== "",
      "The address has a query (?…), which this kind of file cannot hold: the server may refuse requests without it.",
    ],
  ];
  return notes.flatMap(([holds, note]) => (holds ? [note] : []));
}
