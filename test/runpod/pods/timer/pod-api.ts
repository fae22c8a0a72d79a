import { createServer, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

export const podKey = "rpa_canary_pod_key_not_a_key";

/** The calls with which a timer reads its pod's name, and ends it. */
export type Call = "GET" | "DELETE" | "action" | "GraphQL";

/** What the API does with a call; `ends` ends the pod, a number is the status of an answer without any effect. */
export type Answer =
  | "ends"
  | "drips"
  | "is huge"
  | "is nested deeply"
  | "closes"
  | "is no HTTP"
  | "has too many headers"
  | "goes on with 100"
  | "is silent"
  | "is bad gzip"
  | "redirects"
  | number
  | { name: unknown; id?: string };

/** How an API behaves: the answers to each call in turn, of which the last stays; and its clock, which may be wrong. */
export interface Behaviour {
  answers: Record<Call, readonly Answer[]>;
  /** The `Date` of each answer in turn, of which the last stays: seconds ahead of the true time, or a text; `null`: none. */
  dates: readonly (number | string | null)[];
  /** Where redirects lead. */
  elsewhere: string;
}

/** Serves one pod's API on loopback, byte by byte where it has to be. */
export async function startPodApi(
  context: TestContext,
  { behaviour, onEnd }: { behaviour: Behaviour; onEnd: (by: Call) => void },
): Promise<{ url: string; counts: Record<Call, number> }> {
  const counts: Record<Call, number> = { GET: 0, DELETE: 0, action: 0, GraphQL: 0 };
  let answered = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    let request = "";
    socket.on("data", (bytes) => {
      request += bytes.toString("latin1");
      const [head = "", body] = request.split("\r\n\r\n");
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
      if (body === undefined || body.length < length) return;
      request = "";
      const call = callOf(head, body);
      const hasKey = head.includes(`\r\nAuthorization: Bearer ${podKey}\r\n`);
      const answer =
        call === null ? 404 : hasKey ? inTurn(behaviour.answers[call], counts[call]++) : (401 as const);
      if (call !== null && answer === "ends") onEnd(call);
      const date = inTurn(behaviour.dates, answered++);
      void send(socket, { answer, date: dateLine(date), elsewhere: behaviour.elsewhere });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The API has no port.");
  return { url: `http://127.0.0.1:${address.port}/v2`, counts };
}

/** `null`: the API knows no such call. */
function callOf(head: string, body: string): Call | null {
  return calls[`${/^\S+ \S+/.exec(head)?.[0]} ${body}`] ?? null;
}

const calls: Readonly<Record<string, Call>> = {
  "GET /v2/pods/pod1 ": "GET",
  "DELETE /v2/pods/pod1 ": "DELETE",
  'POST /v2/pods/pod1/action {"action": "terminate"}': "action",
  'POST /graphql {"query": "mutation { podTerminate(input: { podId: \\"pod1\\" }) }"}': "GraphQL",
};

function inTurn<Item>(items: readonly Item[], index: number): Item {
  const item = items[Math.min(index, items.length - 1)];
  if (item === undefined) throw new Error("A scenario has no answers.");
  return item;
}

function dateLine(date: number | string | null): string {
  if (date === null) return "";
  const text = typeof date === "string" ? date : new Date(Date.now() + date * 1_000).toUTCString();
  return `Date: ${text}\r\n`;
}

async function send(
  socket: Socket,
  { answer, date, elsewhere }: { answer: Answer; date: string; elsewhere: string },
): Promise<void> {
  const write = (status: number, body: string | Buffer, headers = "") =>
    socket.end(
      Buffer.concat([
        Buffer.from(`HTTP/1.1 ${status} X\r\n${date}${headers}Content-Length: ${body.length}\r\n\r\n`),
        Buffer.from(body),
      ]),
    );
  if (typeof answer === "number") return void write(answer, answer === 204 ? "" : '{"title":"\x1b[2J"}');
  if (typeof answer === "object") return void write(200, JSON.stringify({ id: "pod1", ...answer }));
  switch (answer) {
    case "ends":
      return void write(204, "");
    case "is huge":
      return void write(200, `{"name":"${"x".repeat(3_000_000)}`);
    case "is nested deeply":
      return void write(200, "[".repeat(900_000));
    case "closes":
      return void socket.destroy();
    case "is no HTTP":
      return void socket.end("\x00\xff HTTP/9 \x1b]0;title\x07 nonsense\r\n\r\n");
    case "has too many headers":
      return void write(200, "{}", "X-Many: 1\r\n".repeat(5_000));
    case "is bad gzip":
      return void write(200, Buffer.from([0x1f, 0x8b, 8, 0, 255, 255]), "Content-Encoding: gzip\r\n");
    case "redirects":
      return void write(307, "", `Location: ${elsewhere}\r\n`);
    case "goes on with 100":
      while (socket.writable) {
        socket.write("HTTP/1.1 100 Continue\r\n\r\n");
        await delay(20);
      }
      return;
    case "drips":
      socket.write(`HTTP/1.1 200 OK\r\n${date}Content-Length: 100000\r\n\r\n`);
      while (socket.writable) {
        socket.write(" ");
        await delay(20);
      }
      return;
    case "is silent":
  }
}
