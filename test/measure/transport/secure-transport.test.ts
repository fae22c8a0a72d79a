import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { createServer, getCACertificates, setDefaultCACertificates } from "node:tls";
import { createLoadTransport } from "../../../lib/src/measure/transport/load-transport.ts";
import { makeCertificate } from "../../helpers/certificate.ts";
import { type Answer, ask, hello, send, startRawServer } from "./raw-server.ts";

const apiKey = "sk-canary-not-a-key";

/** A server behind TLS, whose certificate this process trusts where `isTrusted`. */
async function open(context: TestContext, answer: Answer, { isTrusted = true, host = "127.0.0.1" } = {}) {
  const { keyFile, certificate } = makeCertificate(context);
  const [key, cert] = [readFileSync(keyFile), readFileSync(certificate, "utf8")];
  const before = getCACertificates("default");
  if (isTrusted) setDefaultCACertificates([cert]);
  context.after(() => setDefaultCACertificates(before));
  const names: unknown[] = [];
  const server = await startRawServer(context, answer, {
    create: (onSocket: (socket: Socket) => void) =>
      createServer({ key, cert }, (socket) => {
        names.push(socket.servername);
        onSocket(socket);
      }),
  });
  const baseUrl = server.baseUrl.replace("http:", "https:").replace("127.0.0.1", host);
  const transport = createLoadTransport({ baseUrl, apiKey });
  context.after(() => transport.close());
  return { server, transport, names };
}

describe("a load over TLS", () => {
  test("keeps its connections, as over TCP", async (context) => {
    const { server, transport } = await open(context, send(hello));
    for (let count = 0; count < 3; count++) assert.equal((await ask(transport)).body, "Hello");
    assert.equal(server.connections(), 1);
  });

  test("names the host that it asks for, which chooses the certificate", async (context) => {
    const { transport, names } = await open(context, send(hello), { host: "localhost" });
    assert.equal((await ask(transport)).body, "Hello");
    assert.deepEqual(names, ["localhost"]);
  });

  test("reads an answer longer than any record of TLS", async (context) => {
    const body = "0123456789".repeat(30_000);
    const { transport } = await open(context, (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
    const outcome = await ask(transport);
    assert.deepEqual([outcome.body, outcome.events], [body, "head bytes end closed"]);
  });

  test("without a length is whole when the server ends the connection", async (context) => {
    const { transport } = await open(context, (socket) => void socket.end("HTTP/1.1 200 OK\r\n\r\nHello"));
    const { events, body } = await ask(transport);
    assert.deepEqual([events, body], ["head bytes end closed", "Hello"]);
  });

  test("sends a request once more where the server closed a kept connection", async (context) => {
    const { server, transport } = await open(context, (socket, { index }) => {
      if (index === 1) socket.end();
      else socket.write(hello);
    });
    await ask(transport);
    assert.equal((await ask(transport)).body, "Hello");
    assert.equal(server.requests.length, 3);
  });

  test("gives nothing to a server whose certificate nobody trusts", async (context) => {
    const { server, transport } = await open(context, send(hello), { isTrusted: false });
    const { events, code } = await ask(transport);
    assert.deepEqual([events, code], ["failed closed", "DEPTH_ZERO_SELF_SIGNED_CERT"]);
    assert.deepEqual(server.requests, []);
  });
});
