import { z } from "zod";
import { readServerFlags } from "../../model-server/server-flags.ts";

/** What a pod runs, as its image would understand it. */
export type ContainerCommand = ReturnType<typeof readContainerCommand>;

const defaultModel = "Qwen/Qwen3-0.6B";
const argsSchema = z.object({
  entrypoint: z.array(z.string()).default([]),
  cmd: z.array(z.string()).default([]),
});

/** Reads from a pod's payload which model it serves, behind which key, and until when. */
export function readContainerCommand(payload: {
  args: string;
  entrypoint: readonly string[] | null;
  cmd: readonly string[] | null;
  /** With secrets filled in. */
  env: Readonly<Record<string, string>>;
}) {
  const { args, entrypoint, cmd, env } = payload;
  const elements = [...(entrypoint ?? []), ...(cmd ?? []), ...readArgs(args)];
  // A shell line is one element of the command, and its words count as well; those of a program do not.
  const words = elements.filter((element) => !element.includes("\n")).flatMap(splitShellWords);
  const option = (name: string) => findOption(elements, name) ?? findOption(words, name);
  const model = option("--model") ?? findModel(elements) ?? words.find(isModelId) ?? defaultModel;
  const hasStartScript = elements.some((element) => element.includes("--middleware"));
  const refusesToStart = hasStartScript && (env["VLLM_API_KEY"] ?? "") === "";
  const apiKey = option("--api-key") ?? env["VLLM_API_KEY"] ?? "";
  return {
    /** The model that vLLM would download; vLLM's own default where it is told none. */
    model,
    servedModel: option("--served-model-name") ?? model,
    /** Guards the server; `null` where the pod serves anybody. */
    apiKey: apiKey === "" ? null : apiKey,
    /** The payload carries a start script that hangs its own guard before vLLM's routes. */
    hasStartScript,
    /** The start script has no key, and ends before it starts its timer or vLLM. */
    refusesToStart,
    /** What its arguments switch on or off. */
    flags: readServerFlags([...elements, ...words]),
    /** When the start script's timer first fires, in milliseconds since 1970; `null` without script or deadline. */
    deadlineMs: hasStartScript && !refusesToStart ? readDeadline(env) : null,
  };
}

/** The model is what stands first after `vllm serve`, or the first word in the Hub's form. */
function findModel(elements: readonly string[]): string | undefined {
  const [first] = elements.filter((element) => !/\s|^--$|^(vllm|serve)$/.test(element));
  const isPositional =
    first !== undefined && !first.startsWith("-") && !/^(sh|bash|env|python3?)$/.test(first);
  return elements.find(isModelId) ?? (isPositional ? first : undefined);
}

function isModelId(word: string): boolean {
  return /^[A-Za-z0-9][\w.-]*\/[\w.-]+$/.test(word);
}

function readArgs(args: string): string[] {
  if (args.trimStart().startsWith("{")) {
    try {
      const { entrypoint, cmd } = argsSchema.parse(JSON.parse(args));
      return [...entrypoint, ...cmd];
    } catch {
      // Not the JSON form after all.
    }
  }
  return splitShellWords(args);
}

function splitShellWords(text: string): string[] {
  const words = text.match(/(?:[^\s"']|"(?:[^"\\]|\\.)*(?:"|\\?$)|'[^']*(?:'|$))+/gs) ?? [];
  return words.map((word) => word.replace(/^(["'])([\s\S]*)\1$/, "$2"));
}

function findOption(words: readonly string[], name: string): string | undefined {
  const index = words.findIndex((word) => word === name || word.startsWith(`${name}=`));
  const word = words[index];
  if (word === undefined) return undefined;
  const value = word === name ? words[index + 1] : word.slice(name.length + 1);
  // In a script the value may be a variable of the shell, which the stand-in does not fill in.
  return value === undefined || /^["']?\$|^-/.test(value) ? undefined : value;
}

/** Takes ISO time, and seconds or milliseconds since 1970. */
function readDeadline(env: Readonly<Record<string, string>>): number | null {
  const text = Object.entries(env).find(([name]) => name.includes("DEADLINE"))?.[1];
  if (text === undefined || text.trim() === "") return null;
  const number = Number(text);
  if (Number.isFinite(number)) return number < 1e11 ? number * 1_000 : number;
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) ? null : parsed;
}

/**
 * Reads the deadline that a pod's name ends in, such as `…-20261124T051200Z`; `null` where it names none.
 *
 * The start script reads its own pod's name when its timer fires, and waits on while the name says later: a pod can
 * be renamed without a restart, but not get another environment.
 */
export function deadlineOfName(name: string): number | null {
  const parts = /-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(name);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second] = parts;
  const parsed = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(parsed) ? null : parsed;
}
