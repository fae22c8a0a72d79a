import type { Endpoint } from "../endpoint/index.ts";
import { parseJson } from "../words/index.ts";
import { quoteForCurl, quoteForShell } from "./quote.ts";

/** The programs for which there is a file. */
export const clients = ["env", "curl", "openai", "open-webui", "opencode"] as const;
export type Client = (typeof clients)[number];

/** One kind of file: its name, its text, and whether a file that is there already is one of these. */
interface ClientFile {
  name: string;
  write(endpoint: Endpoint): string;
  isOwn(text: string): boolean;
  /** A command line, with the path as a shell takes it. */
  howToUse(path: string, endpoint: Endpoint): string;
}

const mark = "Written by handOver() of the serving workbook. It holds a key: keep it to yourself.";
const question = "Say hello in one sentence.";

const chatOf = ({ model }: Endpoint) => ({ model, messages: [{ role: "user", content: question }] });
const addressOf = ({ baseUrl, query }: Endpoint) => `${baseUrl}/chat/completions${query}`;

/** A file of variables: without quotes where none is needed, since Docker's `--env-file` would keep them. */
function variables(values: Record<string, string>): string {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${quoteForShell(value)}`);
  return `# ${mark}\n${lines.join("\n")}\n`;
}

const isMarkedWith = (sign: string) => (text: string) => text.startsWith(`${sign} ${mark}`);

/**
 * The files by their program.
 *
 * The names of variables and fields are those of the programs' own documents, read in November 2026: OpenAI's packages
 * (github.com/openai/openai-node, README), curl (curl.se/docs/manpage.html, `-K`), Open WebUI (docs.openwebui.com,
 * backend/open_webui/config.py), opencode (opencode.ai/docs/providers, "Custom provider", and opencode.ai/docs/config).
 */
export const clientFiles: Readonly<Record<Client, ClientFile>> = {
  env: {
    name: "endpoint.env",
    write: ({ baseUrl, apiKey, model }) =>
      variables({ OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: apiKey, MODEL: model }),
    isOwn: isMarkedWith("#"),
    howToUse: (path) => `set -a; . ${path}; set +a`,
  },
  curl: {
    name: "endpoint.curl",
    write: (endpoint) =>
      [
        `# ${mark}`,
        `url = ${quoteForCurl(addressOf(endpoint))}`,
        `header = ${quoteForCurl(`Authorization: Bearer ${endpoint.apiKey}`)}`,
        'header = "Content-Type: application/json"',
        "globoff\nsilent\nshow-error\nno-buffer\n",
      ].join("\n"),
    isOwn: isMarkedWith("#"),
    howToUse: (path, endpoint) =>
      `curl --config ${path} --data ${quoteForShell(JSON.stringify(chatOf(endpoint)))}`,
  },
  openai: {
    name: "chat.mjs",
    write: (endpoint) => {
      const { baseUrl: baseURL, apiKey, query } = endpoint;
      const defaultQuery = Object.fromEntries(new URLSearchParams(query));
      const options = { baseURL, apiKey, ...(query === "" ? {} : { defaultQuery }) };
      return `// ${mark}
import OpenAI from "openai";

const client = new OpenAI(${JSON.stringify(options, null, 2)});
const answer = await client.chat.completions.create({
  model: ${JSON.stringify(endpoint.model)},
  messages: [{ role: "user", content: process.argv[2] ?? ${JSON.stringify(question)} }],
});
console.log(answer.choices[0].message.content);
`;
    },
    isOwn: isMarkedWith("//"),
    howToUse: (path) => `node ${path} ${quoteForShell(question)}`,
  },
  "open-webui": {
    name: "open-webui.env",
    write: ({ baseUrl, apiKey }) => variables({ OPENAI_API_BASE_URLS: baseUrl, OPENAI_API_KEYS: apiKey }),
    isOwn: isMarkedWith("#"),
    howToUse: (path) =>
      `docker run -d -p 127.0.0.1:3000:8080 --env-file ${path} -v open-webui:/app/backend/data --name open-webui ghcr.io/open-webui/open-webui:main`,
  },
  opencode: {
    name: "opencode.json",
    write({ baseUrl: baseURL, apiKey, model, maxModelTokens }) {
      const limit =
        maxModelTokens === null
          ? {}
          : { limit: { context: maxModelTokens, output: Math.min(8_192, Math.floor(maxModelTokens / 4)) } };
      const workbook = {
        npm: "@ai-sdk/openai-compatible",
        name: "Serving workbook",
        options: { baseURL, apiKey },
        models: { [model]: { name: model, ...limit } },
      };
      const config = { $schema: "https://opencode.ai/config.json", provider: { workbook } };
      const text = JSON.stringify({ ...config, model: `workbook/${model}` }, null, 2);
      // opencode puts a variable or a file where the text says {env:…} or {file:…}, before it reads the JSON.
      return `${text.replace(/\{(?=env:|file:)/g, "\\u007b")}\n`;
    },
    // JSON has no comment: what somebody has added is theirs.
    isOwn(text) {
      const config: unknown = parseJson(text);
      if (typeof config !== "object" || config === null) return false;
      const { provider } = { provider: null, ...config };
      const names = Object.keys(config).filter((name) => !["$schema", "provider", "model"].includes(name));
      return names.length === 0 && String(Object.keys(Object(provider))) === "workbook";
    },
    howToUse: (path) => `OPENCODE_CONFIG=${path} opencode`,
  },
};
