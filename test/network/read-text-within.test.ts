import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { createGzip } from "node:zlib";
import { AnswerTooLongError, readTextWithin } from "../../lib/src/network/read-text-within.ts";

const megabyte = Buffer.alloc(1024 * 1024, "a");

/** Starts a server that sends a body as long as somebody reads it; `sent` says when its connection was closed, and after how much. */
async function startFlood(t: TestContext, options: { isPacked?: boolean } = {}) {
  const { promise: sent, resolve } = Promise.withResolvers<number>();
  const server = createServer((_request, response: ServerResponse) => {
    const packed = options.isPacked === true ? createGzip() : null;
    if (packed !== null) response.setHeader("content-encoding", "gzip");
    packed?.pipe(response);
    const target = packed ?? response;
    let bytes = 0;
    let isOpen = true;
    const send = () => {
      while (isOpen && target.write(megabyte)) bytes += megabyte.length;
      bytes += megabyte.length;
      if (isOpen) target.once("drain", send);
    };
    response.on("close", () => {
      isOpen = false;
      resolve(bytes);
    });
    send();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/list`, sent };
}

describe("an answer", () => {
  test("is read whole up to its bound, also where a letter is split between two packets", async () => {
    const bytes = Buffer.from("über");
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(bytes.subarray(0, 1));
        controller.enqueue(bytes.subarray(1));
        controller.close();
      },
    });
    assert.equal(await readTextWithin(new Response(body), { maxBytes: 5 }), "über");
    assert.equal(await readTextWithin(new Response(null)), "");
  });

  test("that has no end is given up at its bound, and its connection closed", async (t) => {
    const { url, sent } = await startFlood(t);
    const response = await fetch(`${url}?key=secret`);
    await assert.rejects(readTextWithin(response, { maxBytes: 100_000 }), (error) => {
      assert.ok(error instanceof AnswerTooLongError);
      assert.equal(
        error.problemText,
        `The answer of ${url} is longer than 100,000 bytes: the rest was not read.`,
      );
      return true;
    });
    const bytes = await sent;
    assert.ok(bytes < 64 * megabyte.length, `${bytes} bytes were taken`);
  });

  test("that is packed counts as long as it is unpacked", async (t) => {
    const { url } = await startFlood(t, { isPacked: true });
    await assert.rejects(readTextWithin(await fetch(url), { maxBytes: 5_000_000 }), AnswerTooLongError);
  });
});
