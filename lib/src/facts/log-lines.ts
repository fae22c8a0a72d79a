import type { ErrorPlace } from "./known-errors.ts";

/** Who gave an answer: a status means something else with each. */
export type Answerer = "runpod" | "hugging-face" | "endpoint";

/** One line of a log, or of words that somebody pasted. */
export interface LogLine {
  text: string;
  /** Where it begins in the whole text. */
  start: number;
  /** The HTTP status that it tells of, or that the whole answer has; `null` where there is none. */
  status: number | null;
  /** Whether the status stands in this line itself. */
  hasStatus: boolean;
  answerer: Answerer;
  /** Whether it may have ended something, or is a note, a warning or a line about a call, or says that its writer goes on. */
  weight: "end" | "note" | "passing";
}

/** The places of errors that can be meant where such a one has answered with a status. */
export const placesOfAnswer: Readonly<Record<Answerer, readonly ErrorPlace[]>> = {
  runpod: ["account"],
  "hugging-face": ["access", "log"],
  endpoint: ["proxy", "server", "client", "notebook"],
};

/** Says who gave an answer, by its address and its words. */
export function findAnswerer(words: string): Answerer {
  // Runpod's API answers with problem+json (RFC 9457), the Hub names its errors in a header.
  const isProblem = /"title"\s*:/.test(words) && /"status"\s*:\s*\d/.test(words);
  if (isProblem || /\/\/(?:api|rest)\.runpod\.io\/|\bRunpod answered\b/.test(words)) return "runpod";
  const isHub =
    /\b(?:GatedRepo|RepoNotFound|RepositoryNotFound|RevisionNotFound|(?:Remote|Local)?EntryNotFound)(?:Error)?\b/;
  return isHub.test(words) || /\bhuggingface\.co\b|\bhf\.co\b|\bhuggingface_hub\b/.test(words)
    ? "hugging-face"
    : "endpoint";
}

/** Cuts a text into lines, and says where each begins. */
export function cutLines(text: string): Pick<LogLine, "text" | "start">[] {
  let next = 0;
  return text.split("\n").map((line) => {
    const start = next;
    next += line.length + 1;
    return { text: line, start };
  });
}

/** Cuts a text into lines, and reads what each tells of: a status, and whether it was the end of something. */
export function readLogLines(text: string): readonly LogLine[] {
  const lines = cutLines(text).map(({ text: line, start }): LogLine => {
    const access = readAccess(line);
    const status = access === null ? readStatus(line) : access.status;
    return {
      text: line,
      start,
      status,
      hasStatus: status !== null,
      answerer: findAnswerer(line),
      weight: access === null ? weigh(line) : "note",
    };
  });
  // Of an answer or an exception all lines share the status, wherever it stands; in a log each line stands for itself.
  const answer = lines.findLast(({ status, weight }) => status !== null && weight === "end");
  if (answer === undefined || lines.some(({ text: line }) => readLevel(line) !== null)) return lines;
  const answerer = findAnswerer(text);
  return lines.map((line) => ({ ...line, status: line.status ?? answer.status, answerer }));
}

/** Whether a line names an exception or a fatal error, and nobody went on after it. */
export function isFatalLine(line: LogLine): boolean {
  return (
    line.weight === "end" &&
    /(?:Error|Exception|\b(?:ERROR|FATAL|CRITICAL|fatal error)\b[^:]{0,80}): ?\S/.test(line.text)
  );
}

const faults =
  /error|exception|traceback|fail|fatal|panic|critical|killed|abort|assert|core dumped|segfault|exit(?:ed|ing)?\b|signal|warn|unable|cannot|can't|could not|refused|denied|invalid|not found|time[d-]? ?out|unsupported|missing/i;

/** Whether these are the lines of a log, and none of them tells of a fault. */
export function isCalmLog(lines: readonly LogLine[]): boolean {
  return (
    lines.some(({ weight }) => weight === "note") &&
    !lines.some((line) => line.hasStatus || faults.test(line.text))
  );
}

const levels = "error|critical|fatal|info|warn|warning|debug|trace|notice";
// In small letters these are ordinary words, unless they are marked as a level.
const levelMarks = [
  new RegExp(`(?:^|[\\s[(|"])(${levels.toUpperCase()})(?=[\\s:"\\]|)]|$)`),
  new RegExp(`(?:level=|"level":\\s?"|\\[)(${levels})(?=[\\s"\\]]|$)`, "i"),
];

/** Reads how serious a program calls its line; a level stands in front, further back it is a word like any other. */
function readLevel(line: string): string | null {
  const front = line.slice(0, 120);
  const found = levelMarks.flatMap((mark) => mark.exec(front)?.[1] ?? []);
  return found[0]?.toLowerCase() ?? null;
}

const goesOn = /\bretrying\b|\bwill (?:be )?retr(?:y|ied)\b|\bignore import error\b|\bfalling back to\b/i;

function weigh(line: string): LogLine["weight"] {
  if (goesOn.test(line)) return "passing";
  // NCCL tells its errors as warnings.
  if (/\bNCCL WARN\b/.test(line)) return "end";
  const isNote = ["info", "warn", "warning", "debug", "trace", "notice"].includes(readLevel(line) ?? "");
  return isNote ? "note" : "end";
}

/** Lines of servers about the calls that they answered: uvicorn and nginx, Gin (Ollama), llama.cpp, Express and Hono. */
const accessLines = [
  /"(?<method>[A-Z]{3,7}) (?<path>\S{1,300}) HTTP\/\d(?:\.\d)?" (?<status>\d{3})\b/,
  /\[GIN\][^|]{1,60}\|\s{0,9}(?<status>\d{3}) \|[^|]{1,40}\|[^|]{1,60}\|\s{0,9}(?<method>[A-Z]{3,7})\s{1,9}"(?<path>[^"]{1,300})"/,
  /request: (?<method>[A-Z]{3,7}) (?<path>\S{1,300}) \S{1,60} (?<status>\d{3})\s{0,3}$/,
  /\b(?<method>GET|POST|PUT) (?<path>\/\S{0,300}) (?<status>\d{3}) \d{1,9}(?:\.\d{1,9})? ?m?s\b/,
];

const statuses = "([45]\\d\\d)";
const statusWords = [
  `HTTP/\\d(?:\\.\\d)? ${statuses}\\b`,
  `\\bError code: ${statuses}\\b`,
  `\\b${statuses} (?:Client|Server) Error\\b`,
  `\\b(?:Client|Server) error '${statuses}\\b`,
  `\\b${statuses} status code\\b`,
  `\\b(?:status|error)(?:[ _]?code)?["']?\\s?[:=]\\s?["'(]?${statuses}(?=[\\s"'):,;.{]|$)`,
  `\\b(?:status(?: code| of)?|(?:API|HTTP) error) ${statuses}(?=[\\s"'):,;.{]|$)`,
  `\\berror \\(?${statuses}\\)?:`,
  `^\\s{0,9}error ${statuses}$`,
  `\\bResponse \\[${statuses}\\]`,
  `\\bHTTP ${statuses}\\b`,
  `\\b${statuses} (?:Bad Request|Unauthorized|Payment Required|Forbidden|Not Found|Method Not Allowed|Request Time-?out|Payload Too Large|Request Entity Too Large|Unprocessable|Too Many Requests|Internal Server Error|Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out)\\b`,
  `["'](?:code|http_status)["']\\s?:\\s?["']?${statuses}\\b`,
  `\\bcode=${statuses}\\b`,
  // What servers write in small letters; numbers of things are none.
  `^\\s{0,9}(?:[\\w.]{0,80}(?:Error|Exception): )?${statuses} (?=page not found|status|model |max_|litellm\\.|no |the |this |your |you |invalid |unsupported |request )`,
].map((source) => new RegExp(source, "i"));
// A number before a word in small letters is rather one of things.
statusWords.push(
  /^\s{0,9}(?:[\w.]{0,80}(?:Error|Exception): )?([45]\d\d)(?: (?=[A-Z"'{<`])|:? ?$|: |,? message=)/,
  /\b(?:returned|answered|responded|failed|received|got)(?: with)?(?: error)?:? ([45]\d\d)(?=["'):,;.{]|$| [A-Z])/,
);

/** Reads a line about a call; its status is `null` where that tells of no fault, and the whole where it is no such line. */
function readAccess(line: string): { status: number | null } | null {
  for (const pattern of accessLines) {
    const { method, path = "", status } = pattern.exec(line)?.groups ?? {};
    if (status === undefined) continue;
    // Browsers and probes ask for this and that; only what a client of the API asked for tells of a fault.
    const isCall = method === "POST" || /^\/(?:v\d|api|openai|models|generate|chat)\b/.test(path);
    return { status: isCall && /^[45]/.test(status) ? Number(status) : null };
  }
  return null;
}

function readStatus(line: string): number | null {
  for (const pattern of statusWords) {
    const found = pattern.exec(line)?.[1];
    if (found !== undefined) return Number(found);
  }
  return null;
}
