import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { json } from "node:stream/consumers";
import { describe, type TestContext, test } from "node:test";
import { createServer } from "node:tls";
import { fileURLToPath } from "node:url";
import { makeCertificate } from "../helpers/certificate.ts";
import { openTimedServer } from "../helpers/timed-server.ts";

/** What the measuring process prints, as far as this test reads it. */
interface Printed {
  completed: number;
  clientTokens: { input: number; output: number };
  serverTokens: number;
  errors: Record<string, number>;
}

/** Puts an encrypted connection in front of a port, as Runpod's proxy does. */
async function encrypt(context: TestContext, port: number): Promise<{ url: string; certificate: string }> {
  const { keyFile, certificate } = makeCertificate(context);
  const server = createServer({ key: readFileSync(keyFile), cert: readFileSync(certificate) }, (outside) => {
    const inside = connect(port, "127.0.0.1");
    outside.pipe(inside).pipe(outside);
    outside.on("error", () => inside.destroy());
    inside.on("error", () => outside.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => server.close());
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, certificate };
}

/** Measures in a process of its own, since Node reads the certificates that it trusts only when it starts. */
async function measureThere(endpoint: {
  url: string;
  apiKey: string;
  certificate: string;
}): Promise<Printed> {
  const { url, apiKey, certificate } = endpoint;
  const script = fileURLToPath(new URL("measure-child.ts", import.meta.url));
  const child = spawn(process.execPath, [script, url, apiKey], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate },
  });
  return (await json(child.stdout)) as Printed;
}

describe("a measurement over HTTPS", () => {
  test("counts every token, on both sides, as over HTTP", async (context) => {
    const { server } = await openTimedServer(context);
    const { url, certificate } = await encrypt(context, Number(new URL(server.baseUrl).port));
    assert.deepEqual(await measureThere({ url, apiKey: server.apiKey, certificate }), {
      completed: 12,
      clientTokens: { input: 12 * 40, output: 12 * 12 },
      serverTokens: 12 * 12,
      errors: {},
    });
  });
});
