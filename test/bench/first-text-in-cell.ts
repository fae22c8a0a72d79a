import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { sendJson } from "../helpers/local-server.ts";
import { chunk, done } from "../helpers/openai-like.ts";
import { type KernelEvent, runCells } from "../jupyter/run-cells.ts";

const repeats = 15;

/**
 * Takes the time from when a server sends the first text of an answer until it is out of the kernel, through Jupyter's own
 * protocol: the text is the time at which it was sent.
 */
export async function firstTextInCellBench(): Promise<Record<string, number>> {
  const server = createServer((request, response) => {
    if (request.url === "/v1/models") sendJson(response, { object: "list", data: [{ id: "small" }] });
    else answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const open = `import { openEndpoint, printChat } from "workbook";
    const endpoint = await openEndpoint({ baseUrl: "${baseUrl}" });`;
  const chat = 'await printChat(endpoint, { messages: [{ role: "user", content: "When?" }] });';
  const takenMs: number[] = [];
  const heard = new Set<number>();
  const onEvent = (event: KernelEvent) => {
    if (event.type !== "message" || event.messageType !== "stream" || heard.has(event.cell)) return;
    heard.add(event.cell);
    takenMs.push(Date.now() - Number(event.content["text"]));
  };
  try {
    await runCells({ cells: [open, ...Array(repeats).fill(chat)].map((code) => ({ code })) }, onEvent);
  } finally {
    server.closeAllConnections();
    server.close();
  }
  const sorted = takenMs.toSorted((a, b) => a - b);
  return {
    "answers (count)": sorted.length,
    "median (ms)": sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
    "slowest (ms)": Math.max(...sorted),
  };
}

async function answer(response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(chunk({ delta: { role: "assistant", content: "" } }));
  await delay(100);
  response.write(chunk({ delta: { content: String(Date.now()) } }));
  await delay(100);
  response.write(chunk({ delta: { content: " is when it was sent." }, finish_reason: "stop" }));
  response.end(done);
}
