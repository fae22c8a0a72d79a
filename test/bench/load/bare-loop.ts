import { Agent, request } from "node:http";

/** What one client measured, and what it cost. */
export interface ClientReport {
  tokensPerSecond: number;
  wholeRunTokensPerSecond: number;
  tokens: number;
  timeToFirstTokenMsP50: number;
  timePerOutputTokenMsP50: number;
  cpuMicrosecondsPerEvent: number;
  memoryMb: number;
  verdict: string;
}

/** What a client is to do. */
export interface ClientOrder {
  client: "instrument" | "bare loop";
  baseUrl: string;
  apiKey: string;
  streams: number;
  requestsPerStream: number;
  outputTokens: number;
  rampMs: number;
}

/** The least that a client in Node can do: `node:http`, a split at blank lines, JSON.parse, three times a request. */
export async function bareLoop(order: ClientOrder): Promise<ClientReport> {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: 10_000 });
  await load(agent, { ...order, requestsPerStream: 1, outputTokens: 16 });
  const startedCpu = process.cpuUsage();
  const result = await load(agent, order);
  const { user, system } = process.cpuUsage(startedCpu);
  const memoryMb = process.memoryUsage.rss() / 1_000_000;
  agent.destroy();
  const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return {
    tokensPerSecond: result.events / result.seconds,
    wholeRunTokensPerSecond: result.events / result.seconds,
    tokens: result.events,
    timeToFirstTokenMsP50: median(result.firstMs),
    timePerOutputTokenMsP50: median(result.perTokenMs),
    cpuMicrosecondsPerEvent: (user + system) / result.events,
    memoryMb,
    verdict: "",
  };
}

async function load(agent: Agent, order: ClientOrder) {
  const { streams, requestsPerStream, rampMs } = order;
  const firstMs: number[] = [];
  const perTokenMs: number[] = [];
  let events = 0;
  const startedAt = performance.now();
  const stream = async (number: number) => {
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

function send(agent: Agent, order: ClientOrder, prompt: string) {
  const { hostname, port } = new URL(order.baseUrl);
  const body = JSON.stringify({
    model: "timed",
    messages: [{ role: "user", content: prompt }],
    stream: true,
    max_tokens: order.outputTokens,
    ignore_eos: true,
    stream_options: { include_usage: true, continuous_usage_stats: true },
  });
  return new Promise<{ sentAt: number; firstAt: number; lastAt: number; chunks: number }>(
    (resolve, reject) => {
      const sentAt = performance.now();
      let firstAt = 0;
      let lastAt = 0;
      let chunks = 0;
      let rest = "";
      const outgoing = request(
        {
          agent,
          hostname,
          port,
          path: "/v1/chat/completions",
          method: "POST",
          headers: {
            authorization: `Bearer ${order.apiKey}`,
            "content-type": "application/json",
            "content-length": Buffer.byteLength(body),
          },
        },
        (response) => {
          response.setEncoding("utf8");
          response.on("data", (text: string) => {
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
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    },
  );
}
