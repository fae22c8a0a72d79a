import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { startLocalServer } from "../helpers/local-server.ts";
import { startOpenAiLike } from "../helpers/openai-like.ts";

const script = `
  const { openEndpoint } = await import(${JSON.stringify(import.meta.resolve("../../lib/src/index.ts"))});
  const { model } = await openEndpoint({ baseUrl: process.env.SERVER });
  console.log(JSON.stringify({ model, noProxy: process.env.NO_PROXY, lower: process.env.no_proxy }));
`;

describe("a proxy of the environment", () => {
  const cases: [name: string, environment: Record<string, string>, expected: object][] = [
    ["without exceptions", {}, { noProxy: "localhost,127.0.0.1,[::1],0.0.0.0" }],
    [
      "with exceptions of its own",
      { NO_PROXY: "example.com, localhost" },
      { noProxy: "example.com,localhost,127.0.0.1,[::1],0.0.0.0" },
    ],
    [
      "with exceptions in small letters, which win",
      { no_proxy: "", NO_PROXY: "*" },
      { lower: "localhost,127.0.0.1,[::1],0.0.0.0", noProxy: "*" },
    ],
  ];
  for (const [name, environment, expected] of cases) {
    test(`${name}, gets nothing of what goes to this machine`, async (t) => {
      const server = await startOpenAiLike(t);
      const proxy = await startLocalServer(t, (_request, response) => response.writeHead(502).end());
      const { NO_PROXY, no_proxy, ...inherited } = process.env;
      const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
        env: {
          ...inherited,
          NODE_OPTIONS: "--conditions=workbook-source",
          NODE_USE_ENV_PROXY: "1",
          HTTP_PROXY: proxy.url,
          HTTPS_PROXY: proxy.url,
          SERVER: server.url,
          ...environment,
        },
      });
      assert.deepEqual(JSON.parse(stdout), { model: "small", ...expected });
      assert.deepEqual(proxy.requests, []);
    });
  }
});
