import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "dotenv";
import { z } from "zod";
import { SettingsError } from "./errors.ts";
import {
  chooseKey,
  findSettings,
  type KeyName,
  keyNames,
  type SettingSource,
  settingPlaces,
} from "./network/index.ts";
import { findProjectRoot } from "./project-root.ts";

/** Where the workbook works: on this machine, on a rented pod, or on an endpoint that is already there. */
export type Target = "rehearsal" | "runpod" | "given";

/** All that can be set from outside, validated; secrets do not show when the object is printed. */
export interface Settings {
  target: Target;
  /** The project's folder. */
  projectRoot: string;
  /** Where this checkout keeps its state, as an absolute path; one folder per target inside. */
  stateFolder: string;
  /** `null`: no ceiling was set, so nothing may be rented. */
  maxUsdPerHour: number | null;
  /** The most that all rentals of this workbook together may cost, in dollars; `null`: no such limit was set. */
  maxUsd: number | null;
  runpodApiUrl: string;
  /** A template with `{podId}` and `{port}`. */
  runpodProxyUrl: string;
  huggingFaceUrl: string;
  openaiBaseUrl: string | null;
  /** The model id to ask for; `null` takes the endpoint's own. */
  model: string | null;
  /** Path of a GGUF file to rehearse with, instead of SmolLM2. */
  rehearsalModel: string | null;
  scaleOut: boolean;
  /** Secret. */
  readonly runpodApiKey: string | null;
  /** Secret; restricted to serverless endpoints. */
  readonly runpodEndpointKey: string | null;
  /** Secret. */
  readonly huggingFaceToken: string | null;
  /** Secret. */
  readonly openaiApiKey: string | null;
  /** Why a key that was found is not used, in whole sentences. */
  readonly withheldKeys: Readonly<Partial<Record<KeyName, string>>>;
  /** Secret: every value of a key that was found anywhere, used or not, for those who search texts for them. */
  readonly foundKeys: readonly string[];
}

/** The settings that must never be shown. */
const secretSettings = [
  "runpodApiKey",
  "runpodEndpointKey",
  "huggingFaceToken",
  "openaiApiKey",
  "foundKeys",
] as const;

const url = (example: string) =>
  z
    .string()
    .refine((value) => URL.canParse(value) && /^https?:/i.test(value), {
      error: `is not a web address; it looks like ${example}`,
      abort: true,
    })
    .refine((value) => new URL(value).username === "" && new URL(value).password === "", {
      error: "must not carry a user name or password; a key has a variable of its own",
    });

const environmentSchema = z.object({
  WORKBOOK_TARGET: z
    .enum(["rehearsal", "runpod", "given"], { error: "takes rehearsal, runpod or given" })
    .default("rehearsal"),
  WORKBOOK_STATE: z.string().default(".workbook"),
  WORKBOOK_MAX_USD_PER_HOUR: z.coerce
    .number({ error: "takes a number of dollars, such as 2.00" })
    .positive({ error: "must be more than 0 dollars" })
    .max(1_000, { error: "is above 1,000 dollars an hour, which is surely a mistake" })
    .optional(),
  WORKBOOK_MAX_USD: z.coerce
    .number({ error: "takes a number of dollars, such as 10" })
    .min(0, { error: "must not be less than 0 dollars" })
    .max(1_000_000, { error: "is above 1,000,000 dollars, which is surely a mistake" })
    .optional(),
  RUNPOD_API_KEY: z.string().optional(),
  RUNPOD_API_URL: url("https://api.runpod.io/v2").default("https://api.runpod.io/v2"),
  RUNPOD_PROXY_URL: z
    .string()
    .refine((value) => value.includes("{podId}"), { error: "must contain {podId}" })
    .default("https://{podId}-{port}.proxy.runpod.net"),
  RUNPOD_ENDPOINT_KEY: z.string().optional(),
  HF_TOKEN: z.string().optional(),
  HF_ENDPOINT: url("https://huggingface.co").default("https://huggingface.co"),
  OPENAI_BASE_URL: url("https://example.com/v1").optional(),
  OPENAI_API_KEY: z.string().optional(),
  MODEL: z.string().optional(),
  REHEARSAL_MODEL: z.string().optional(),
  WORKBOOK_SCALE_OUT: z.enum(["yes", "no"], { error: "takes yes or no" }).default("no"),
});

/** The variables that the workbook reads, by their names in the environment. */
export type EnvironmentOverrides = Partial<Record<keyof typeof environmentSchema.shape, string>>;

/**
 * Reads the settings from the environment and the project's `.env`; the environment wins, overrides win over both.
 *
 * They are read anew at every call. In a rehearsal no key is read at all: the secrets are `null` whatever is set. A key
 * is used only where it was found in the same place as its address, or the address is its vendor's own.
 * `WORKBOOK_IGNORE_ENV_FILE=1` leaves `.env` unread, as the tests need it.
 *
 * @throws SettingsError that names the variable, where it was set and what it takes.
 */
export function loadSettings(
  overrides: EnvironmentOverrides = {},
  surroundings: { environment?: Record<string, string | undefined>; folder?: string } = {},
): Settings {
  const environment = surroundings.environment ?? process.env;
  const projectRoot = findProjectRoot(surroundings.folder ?? process.cwd());
  const file = environment["WORKBOOK_IGNORE_ENV_FILE"] === "1" ? {} : readEnvironmentFile(projectRoot);
  const [given, set, written] = settingPlaces;
  const sources: SettingSource[] = [
    { place: given, values: overrides },
    { place: set, values: environment },
    { place: written, values: file },
  ];
  const placeOf = (name: string) => findSettings(name, sources)[0]?.place;
  const values = Object.fromEntries(
    Object.keys(environmentSchema.shape).map((name) => [name, findSettings(name, sources)[0]?.value]),
  );
  const parsed = environmentSchema.safeParse(values);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      return `${name} (${placeOf(name)}) ${issue.message}.`;
    });
    throw new SettingsError(problems.join(" "), {
      remedy: "Correct it there; .env.example explains every setting.",
      cause: parsed.error,
    });
  }
  return toSettings(parsed.data, { projectRoot, sources });
}

function toSettings(
  values: z.output<typeof environmentSchema>,
  { projectRoot, sources }: { projectRoot: string; sources: readonly SettingSource[] },
): Settings {
  const read = values.WORKBOOK_TARGET === "rehearsal" ? [] : sources;
  const withheldKeys: Partial<Record<KeyName, string>> = {};
  const key = (name: KeyName) => {
    const chosen = chooseKey(name, read);
    if (chosen === null || "value" in chosen) return chosen?.value ?? null;
    withheldKeys[name] = chosen.withheld;
    return null;
  };
  const settings: Settings = {
    target: values.WORKBOOK_TARGET,
    projectRoot,
    stateFolder: resolve(projectRoot, values.WORKBOOK_STATE),
    maxUsdPerHour: values.WORKBOOK_MAX_USD_PER_HOUR ?? null,
    maxUsd: values.WORKBOOK_MAX_USD ?? null,
    runpodApiUrl: values.RUNPOD_API_URL,
    runpodProxyUrl: values.RUNPOD_PROXY_URL,
    huggingFaceUrl: values.HF_ENDPOINT,
    openaiBaseUrl: values.OPENAI_BASE_URL ?? null,
    model: values.MODEL ?? null,
    rehearsalModel: values.REHEARSAL_MODEL ?? null,
    scaleOut: values.WORKBOOK_SCALE_OUT === "yes",
    runpodApiKey: key("RUNPOD_API_KEY"),
    runpodEndpointKey: key("RUNPOD_ENDPOINT_KEY"),
    huggingFaceToken: key("HF_TOKEN"),
    openaiApiKey: key("OPENAI_API_KEY"),
    withheldKeys,
    foundKeys: keyNames.flatMap((name) => findSettings(name, read).map(({ value }) => value)),
  };
  // A cell that ends in `loadSettings()` prints the object: what is not enumerable stays out of that.
  for (const name of secretSettings) Object.defineProperty(settings, name, { enumerable: false });
  return settings;
}

function readEnvironmentFile(projectRoot: string): Record<string, string> {
  const path = join(projectRoot, ".env");
  return existsSync(path) ? parse(readFileSync(path)) : {};
}
