import { type ErrorPlace, errorPlaces, type KnownError } from "../lib/src/facts/index.ts";

const headings: Record<ErrorPlace, { title: string; lead: string }> = {
  account: {
    title: "The Runpod account and its API",
    lead: "What Runpod's API answers when the workbook looks up prices, rents a pod or ends one. Nothing of this comes from your model.",
  },
  access: {
    title: "Access to the model",
    lead: "What Hugging Face answers when the workbook asks for a model. `checkModelAccess()` asks before anything is rented.",
  },
  start: {
    title: "Starting the pod",
    lead: "Lines of the *system* log: the host fetches the image and starts the container. A pod that cannot start costs money all the same: end it before you create another.",
  },
  log: {
    title: "The pod's log",
    lead: "Lines of the *container* log, which vLLM writes; `readPodLog(pod)` shows it, and `waitUntilReady(pod)` reads it for you and gives up early. The cause is the first error in the log, not the last.",
  },
  proxy: {
    title: "The proxy",
    lead: "What stands between you and the pod answers in its place while nothing is ready behind it.",
  },
  server: {
    title: "The server",
    lead: "What vLLM, or another OpenAI-compatible server, answers to a request.",
  },
  client: {
    title: "The client and the network",
    lead: "What the `openai` package and Node throw on your machine.",
  },
  notebook: {
    title: "Notebooks",
    lead: "What a cell shows. Errors of your own code are shown with the line that failed.",
  },
  "set-up": {
    title: "Set-up",
    lead: "What `npm run setup` or an editor says before anything runs.",
  },
};

const knowledge: Record<KnownError["known"], string> = {
  recorded: "recorded word for word",
  read: "read in the source",
  documented: "documented",
  reported: "reported by others",
  approximate: "wording not seen, only the case described",
};

/** Writes the page of all known errors, by place, as Markdown. */
export function errorsPage(errors: readonly KnownError[]): string {
  const places = errorPlaces.map((place) => {
    const { title, lead } = headings[place];
    const some = errors.filter((error) => error.place === place);
    return {
      link: `- [${title}](#${anchorOf(title)}), ${some.length} errors`,
      section: `## ${title}\n\n${lead}\n\n${some.map(describeError).join("\n")}`,
    };
  });
  return [
    "<!-- Made by `npm run docs` from lib/data/known-errors.csv: correct it there. -->",
    "# Errors and what to do about them",
    `Every error that the workbook knows: ${errors.length} in ${places.length} places, from the account to set-up. Search this page for a few words of what you see. In a notebook \`explainError(error)\` does it for you: give it what was thrown, a line of the log or the whole log as text, or \`{ status, body }\` of an answer.`,
    "The particular stands before the general. A word in ‹these marks› stands for what the error itself names. Each error says how its words are known: recorded from the program itself, read in its source, documented, reported by others, or only described.",
    places.map(({ link }) => link).join("\n"),
    places.map(({ section }) => section).join("\n"),
  ].join("\n\n");
}

function describeError(error: KnownError): string {
  const { id, says, statuses, cause, remedy, known, observed, sources } = error;
  const status = statuses.length === 0 ? "" : `HTTP ${statuses.join(", ")}: `;
  const evidence = `${knowledge[known]}, ${observed}: ${sources.map(linkSource).join(", ")}`;
  return [
    `### ${id}`,
    `\`\`\`text\n${status}${says}\n\`\`\``,
    `**What it means.** ${markCode(cause)}`,
    `**What to do.** ${markCode(remedy.replaceAll("{rental}", "pod"))}`,
    `<sub>${evidence}</sub>\n`,
  ].join("\n\n");
}

// What is typed as it stands: flags, settings, calls, fields of a plan or a request, and addresses with a gap.
const typed = [
  /https?:\/\/\S{0,100}<\w{1,30}>[^\s;,]*(?<![.:])/,
  /https?:\/\/(?:127\.0\.0\.1\S*[^\s.,:;]|(?=\s))/,
  /--[a-z][\w-]*(?: 0\.0\.0\.0)?/,
  /\b[A-Z]{2,}_[A-Z_\d]+(?:=\d)?\b|\bMODEL\b/,
  /\b\w{1,40}(?:\.\w{1,40}){0,5}\([^)]{0,100}\)/,
  /\bnpm (?:run \w+|start)/,
  /\b(?:containerDiskGb|extraArguments|gpuCount|gpus|maxModelTokens|max_tokens|minCudaVersion|networkVolume(?:\.\w+)?)\b(?:: (?:"?\{\w+\}"?|"[\d.]+"|\d+))?/,
  /\bstream: true\b|\bendpoint\.\w+/,
];
const typedAnywhere = new RegExp(typed.map(({ source }) => `(?:${source})`).join("|"), "g");

function markCode(text: string): string {
  const pieces = text.split(/(`[^`]*`)/);
  const marked = pieces.map((piece, index) =>
    index % 2 === 1 ? piece : piece.replace(typedAnywhere, (found) => `\`${found}\``),
  );
  return marked.join("").replace(/\{(\w+)\}/g, "‹$1›");
}

function linkSource(address: string): string {
  const { hostname, pathname } = new URL(address);
  const parts = pathname.split("/").filter((part) => part !== "");
  const last = parts.at(-1) ?? "";
  if (hostname !== "github.com") return `[${hostname}](${address})`;
  const repository = parts.slice(0, 2).join("/");
  const what = parts[2] === "issues" && last !== "issues" ? `#${last}` : parts.length > 3 ? ` ${last}` : "";
  return `[${repository}${what}](${address})`;
}

/** As GitHub makes anchors of headings. */
function anchorOf(title: string): string {
  const letters = title.toLowerCase().replace(/[^\w\s-]/g, "");
  return letters.replace(/\s/g, "-");
}
