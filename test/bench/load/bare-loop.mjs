import { Agent, request } from "node:http";

/** @import { ClientOrder, ClientReport } from "./client-order.ts" */

/**
 * The least that a client in Node can do: `node:http`, a split at blank lines, JSON.parse, three times a request.
 * @param {ClientOrder} order
 * @returns {Promise<ClientReport>}
 */
export async function bareLoop(order) {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: 10_000 });
  await load(agent, { ...order, requestsPerStream: 1, outputTokens: 16 });
  const startedCpu = process.cpuUsage();
  const result = await load(agent, order);
  const { user, system } = process.cpuUsage(startedCpu);
  const memoryMb = process.memoryUsage.rss() / 1_000_000;
  agent.destroy();
  const tokensPerSecond = result.events / result.seconds;
  return {
    tokensPerSecond,
    wholeRunTokensPerSecond: tokensPerSecond,
    tokens: result.events,
    timeToFirstTokenMsP50: median(result.firstMs),
    timePerOutputTokenMsP50: median(result.perTokenMs),
    cpuMicrosecondsPerEvent: (user + system) / result.events,
    memoryMb,
    verdict: "",
  };
}

/** @param {number[]} values */
function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/**
 * @param {Agent} agent
 * @param {ClientOrder} order
 */
async function load(agent, order) {
  const { streams, requestsPerStream, rampMs } = order;
  /** @type {number[]} */
  const firstMs = [];
  /** @type {number[]} */
  const perTokenMs = [];
  let events = 0;
  const startedAt = performance.now();
  /** @param {number} number */
  const stream = async (number) => {
    await new Promise((resolve) => setTimeout(resolve, (number * rampMs) / streams));
    for (let index = 0; index < requestsPerStream; index++) {
      const { sentAt, firstAt, lastAt, chunks } = await send(agent, order, `${number} ${index}`);
      events += chunks;
      firstMs.push(firstAt - sentAt);
      perTokenMs.push((lastAt - firstAt) / (chunks - 1));
    }
  };
  await Promise.all(Array.from({ length: streams }, (_, number) => stream(number)));
  return { events, firstMs, perTokenMs, seconds: (performance.now() - startedAt) / 1_000 };
}

/**
 * @param {Agent} agent
 * @param {ClientOrder} order
 * @param {string} prompt
 * @returns {Promise<{ sentAt: number, firstAt: number, lastAt: number, chunks: number }>}
 */
function send(agent, order, prompt) {
  const { hostname, port } = new URL(order.baseUrl);
  const body = JSON.stringify({
    model: "timed",
    messages: [{ role: "user", content: prompt }],
    stream: true,
    max_tokens: order.outputTokens,
    ignore_eos: true,
    stream_options: { include_usage: true, continuous_usage_stats: true },
  });
  const headers = {
    authorization: `Bearer ${order.apiKey}`,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  };
  const options = { agent, hostname, port, path: "/v1/chat/completions", method: "POST", headers };
  return new Promise((resolve, reject) => {
    const sentAt = performance.now();
    let firstAt = 0;
    let lastAt = 0;
    let chunks = 0;
    let rest = "";
    const outgoing = request(options, (response) => {
      response.setEncoding("utf8");
      response.on("data", (/** @type {string} */ text) => {
        const now = performance.now();
        const parts = (rest + text).split("\n\n");
        rest = parts.pop() ?? "";
        for (const part of parts) {
          if (part === "data: [DONE]") continue;
          const content = JSON.parse(part.slice(6)).choices[0]?.delta?.content;
          if (content === undefined || (content === "" && chunks === 0)) continue;
          if (chunks === 0) firstAt = now;
          chunks++;
          lastAt = now;
        }
      });
      response.on("end", () => resolve({ sentAt, firstAt, lastAt, chunks }));
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
