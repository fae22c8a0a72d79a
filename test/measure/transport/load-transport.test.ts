import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { describe, type TestContext, test } from "node:test";
import * as zlib from "node:zlib";
import { createLoadTransport } from "../../../lib/src/measure/transport/load-transport.ts";
import { findClosedPort, startLocalServer } from "../../helpers/local-server.ts";
import { type Answer, ask, hello, type Outcome, send, startRawServer } from "./raw-server.ts";

const apiKey = "sk-canary-not-a-key";

async function open(context: TestContext, answer: Answer, { host = "127.0.0.1", headers = {} } = {}) {
  const server = await startRawServer(context, answer, { host });
  const transport = createLoadTransport({ baseUrl: server.baseUrl, apiKey }, headers);
  context.after(() => transport.close());
  return { server, transport };
}

async function askOnce(context: TestContext, answer: Answer): Promise<Outcome> {
  const { transport } = await open(context, answer);
  return ask(transport);
}

describe("a request of a load", () => {
  test("goes out as one whole, with the caller's headers below our own", async (context) => {
    const headers = {
      "X-Team": "a",
      Host: "model.example",
      Authorization: "no",
      "Transfer-Encoding": "chunked",
    };
    const { server, transport } = await open(context, send(hello), { headers });
    await ask(transport, { body: '{"prompt":"é"}' });
    assert.deepEqual(
      server.requests.map((request) => request.split("\r\n")),
      [
        [
          "POST /v1/chat/completions HTTP/1.1",
          "host: model.example",
          "x-team: a",
          `authorization: Bearer ${apiKey}`,
          "content-type: application/json",
          "accept: text/event-stream",
          "content-length: 15",
          "",
          Buffer.from('{"prompt":"é"}').toString("latin1"),
        ],
      ],
    );
  });

  test("reaches a server on IPv6, with its host as the address has it", async (context) => {
    const { server, transport } = await open(context, send(hello), { host: "::1" });
    assert.equal((await ask(transport)).body, "Hello");
    assert.match(server.requests[0] ?? "", /\r\nhost: \[::1\]:\d+\r\n/);
  });

  test("says what the network says where nothing listens, by name as by number", async (context) => {
    const port = await findClosedPort();
    for (const host of ["127.0.0.1", "localhost"]) {
      const transport = createLoadTransport({ baseUrl: `http://${host}:${port}/v1`, apiKey });
      context.after(() => transport.close());
      const { events, code, error } = await ask(transport);
      assert.deepEqual([events, code], ["failed closed", "ECONNREFUSED"]);
      assert.match(error ?? "", /connect ECONNREFUSED/);
    }
  });
});

describe("a connection of a load", () => {
  test("serves one request after the other", async (context) => {
    const { server, transport } = await open(context, send(hello));
    for (let count = 0; count < 3; count++) {
      assert.deepEqual((await ask(transport)).events, "head bytes end closed");
    }
    assert.equal(server.connections(), 1);
  });

  test("is free when the request hears that it is over", async (context) => {
    const { server, transport } = await open(context, send(hello));
    const next = new Promise<Outcome>((resolve) => {
      ask(transport, { onEvent: (event) => event === "closed" && resolve(ask(transport)) });
    });
    assert.equal((await next).body, "Hello");
    assert.equal(server.connections(), 1);
  });

  test("is not shared by two requests at once", async (context) => {
    const { server, transport } = await open(
      context,
      (socket) => void setTimeout(() => socket.write(hello), 20),
    );
    await Promise.all([ask(transport), ask(transport)]);
    assert.equal(server.connections(), 2);
  });

  for (const [name, answer] of [
    ["says that it closes", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nHello"],
    ["is of HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nHello"],
    ["has bytes behind it", `${hello}HTTP/1.1 200 OK\r\n`],
  ] as const) {
    test(`is not used again after an answer that ${name}`, async (context) => {
      const { server, transport } = await open(context, send(answer));
      for (let count = 0; count < 2; count++) {
        const { events, body } = await ask(transport);
        assert.deepEqual([events, body], ["head bytes end closed", "Hello"]);
      }
      assert.equal(server.connections(), 2);
    });
  }

  test("is not used again after bytes that nobody asked for", async (context) => {
    const { server, transport } = await open(context, (socket) => {
      socket.write(hello);
      setTimeout(() => socket.write("HTTP/1.1 408 Request Timeout\r\n\r\n"), 20);
    });
    await ask(transport);
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal((await ask(transport)).status, 200);
    assert.equal(server.connections(), 2);
  });

  test("is replaced where the server closed it in the meantime", async (context) => {
    const { server, transport } = await open(context, (socket) => void socket.end(hello));
    await ask(transport);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal((await ask(transport)).body, "Hello");
    assert.equal(server.connections(), 2);
  });

  for (const [name, close] of [
    ["closes", (socket: Socket) => void socket.end()],
    ["resets", (socket: Socket) => void socket.resetAndDestroy()],
  ] as const) {
    test(`that the server ${name} as it is taken again costs nothing: the request is sent once more`, async (context) => {
      const { server, transport } = await open(context, (socket, { index }) => {
        if (index === 1) close(socket);
        else socket.write(hello);
      });
      await ask(transport);
      const { events, body } = await ask(transport, { body: "again" });
      assert.deepEqual([events, body], ["head bytes end closed", "Hello"]);
      assert.deepEqual(
        server.requests.map((text) => text.slice(text.indexOf("\r\n\r\n") + 4)),
        ["{}", "again", "again"],
      );
    });

    test(`that the server ${name} before any answer is an error, once for all`, async (context) => {
      const { server, transport } = await open(context, close);
      const { events, code } = await ask(transport);
      assert.deepEqual([events, code], ["failed closed", "ECONNRESET"]);
      assert.equal(server.requests.length, 1);
    });

    test(`that the server ${name} in the middle of the answer is an error, and nothing is sent again`, async (context) => {
      const { server, transport } = await open(context, (socket, { index }) => {
        if (index === 0) socket.write(hello);
        else
          socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHel", () =>
            setTimeout(close, 20, socket),
          );
      });
      await ask(transport);
      const { events, code, body } = await ask(transport);
      assert.deepEqual([events, code, body], ["head bytes failed closed", "ECONNRESET", "Hel"]);
      assert.equal(server.requests.length, 2);
    });
  }

  test("tells an answer that was cut from none", async (context) => {
    const cut = await askOnce(context, (socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-"));
    assert.equal(cut.error, "the connection was cut in the middle of the answer");
    const none = await askOnce(context, (socket) => void socket.end());
    assert.equal(none.error, "the server closed the connection before it answered");
  });

  test("that is sent again and lost again is an error", async (context) => {
    const { server, transport } = await open(context, (socket, { index }) => {
      if (index === 0) socket.write(hello);
      else socket.end();
    });
    await ask(transport);
    assert.equal((await ask(transport)).events, "failed closed");
    assert.equal(server.requests.length, 3);
  });
});

describe("an answer to a load", () => {
  test("without a length is whole when the server ends the connection", async (context) => {
    const { events, body } = await askOnce(
      context,
      (socket) => void socket.end("HTTP/1.1 200 OK\r\n\r\nHello"),
    );
    assert.deepEqual([events, body], ["head bytes end closed", "Hello"]);
  });

  test("that is none of HTTP fails at once, though the server waits for more", async (context) => {
    const { error, code, events } = await askOnce(context, send("\x15\x03\x03\x00\x02\x02\x46"));
    assert.deepEqual([code, events], ["HPE_INVALID_ANSWER", "failed closed"]);
    assert.match(error ?? "", /must begin with https/);
  });

  test("over TLS from a port without TLS is said to be none of TLS", async (context) => {
    const { url } = await startLocalServer(context, (_, response) => response.end());
    const transport = createLoadTransport({ baseUrl: url.replace("http:", "https:"), apiKey });
    context.after(() => transport.close());
    const { code, events } = await ask(transport);
    assert.deepEqual([code, events], ["EPROTO", "failed closed"]);
  });

  const text = "data: one\n\ndata: two\n\n".repeat(3_000);
  const packings: [encoding: string, packed: Buffer][] = [
    ["gzip", zlib.gzipSync(text)],
    ["X-GZIP", zlib.gzipSync(text)],
    ["deflate", zlib.deflateSync(text)],
    ["deflate", zlib.deflateRawSync(text)],
    ["br", zlib.brotliCompressSync(text)],
    ["zstd", zlib.zstdCompressSync(text)],
    ["identity", Buffer.from(text)],
    ["none", Buffer.from(text)],
    ["utf-8", Buffer.from(text)],
  ];
  for (const [encoding, packed] of packings) {
    for (const length of [`Content-Length: ${packed.length}\r\n`, ""]) {
      test(`is unpacked: ${encoding}, ${packed.length} bytes, ${length === "" ? "until the end" : "with a length"}`, async (context) => {
        const { events, body } = await askOnce(context, (socket) => {
          socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\n${length}\r\n`);
          for (let at = 0; at < packed.length; at += 20) socket.write(packed.subarray(at, at + 20));
          if (length === "") socket.end();
        });
        assert.equal(body, text);
        assert.equal(events, "head bytes end closed");
      });
    }
  }

  test("that is packed in many megabytes of one letter is read to its end, and no faster than it is unpacked", async (context) => {
    const packed = zlib.gzipSync(Buffer.alloc(30_000_000, "a"), { level: 1 });
    const { transport } = await open(context, (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`);
      socket.write(packed);
    });
    const { events, body } = await ask(transport);
    assert.deepEqual([events, body.length], ["head bytes end closed", 30_000_000]);
  });

  test("that is packed leaves its connection ready for the next, however fast it came", {
    timeout: 20_000,
  }, async (context) => {
    // Its size makes the last read fill what is being unpacked: nothing tells when that is empty again.
    for (const size of [100_000, 200_000, 1_000_000]) {
      const letters = Array.from({ length: size }, (_, index) =>
        String.fromCharCode(97 + ((index * index) % 26)),
      );
      const packed = zlib.gzipSync(letters.join(""), { level: 0 });
      const { server, transport } = await open(context, (socket, { index }) => {
        const head = `HTTP/1.1 200 OK\r\n${index === 0 ? "Content-Encoding: gzip\r\n" : ""}Content-Length: `;
        const body = index === 0 ? packed : Buffer.from("Hello");
        socket.write(Buffer.concat([Buffer.from(`${head}${body.length}\r\n\r\n`), body]));
      });
      assert.equal((await ask(transport)).body.length, size);
      assert.equal((await ask(transport)).body, "Hello");
      assert.equal(server.connections(), 1);
    }
  });

  test("that is packed otherwise than it says, or by an unknown packing, fails", async (context) => {
    const head = (encoding: string) =>
      `HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\nContent-Length: 5\r\n\r\n`;
    const torn = await askOnce(context, send(`${head("gzip")}Hello`));
    assert.deepEqual([torn.code, torn.events], ["Z_DATA_ERROR", "head failed closed"]);
    const unknown = await askOnce(context, send(`${head("lzma")}Hello`));
    assert.match(unknown.error ?? "", /packed as lzma/);
    assert.equal(unknown.events, "failed closed");
  });
});

describe("a request that is broken off", () => {
  const packed = zlib.gzipSync("Hello".repeat(1_000));
  const kinds: [name: string, answer: string][] = [
    ["plain", `${hello}`],
    ["in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"],
    [
      "packed",
      `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n${packed.toString("latin1")}`,
    ],
  ];
  for (const [name, answer] of kinds) {
    for (const moment of ["head", "bytes"]) {
      test(`hears nothing more but that its connection is gone: ${name}, at its ${moment}`, async (context) => {
        const { server, transport } = await open(context, send(answer));
        const { events } = await ask(transport, {
          onEvent: (event, abort) => {
            if (event === moment) abort();
          },
        });
        assert.equal(events, moment === "head" ? "head closed" : "head bytes closed");
        await ask(transport);
        assert.equal(server.connections(), 2);
      });
    }
  }

  test("at once, before its connection is open", async (context) => {
    const { server, transport } = await open(context, send(hello));
    let abort = () => {};
    const outcome = new Promise<string>((resolve) => {
      const never = (name: string) => () => assert.fail(name);
      ({ abort } = transport.post(Buffer.from("{}"), {
        head: never("head"),
        end: never("end"),
        failed: never("failed"),
        closed: () => resolve("closed"),
      }));
    });
    abort();
    assert.equal(await outcome, "closed");
    assert.equal(server.requests.length, 0);
  });

  test("after its end leaves the connection alone", async (context) => {
    const { server, transport } = await open(context, send(hello));
    for (let count = 0; count < 2; count++) {
      await ask(transport, {
        onEvent: (event, abort) => {
          if (event === "end" || event === "closed") abort();
        },
      });
    }
    assert.equal(server.connections(), 1);
  });

  test("while it waits, as all requests do when the transport is closed", async (context) => {
    const { transport } = await open(context, () => {});
    const outcome = ask(transport);
    setTimeout(() => transport.close(), 30);
    const { events, error } = await outcome;
    assert.equal(events, "failed closed");
    assert.match(error ?? "", /before it answered/);
  });
});
