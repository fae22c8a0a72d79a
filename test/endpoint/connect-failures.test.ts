import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { connectEndpoint, EndpointError, type EndpointProblem } from "../../lib/src/endpoint/index.ts";
import { findClosedPort, sendJson, startLocalServer } from "../helpers/local-server.ts";

/** Opens an endpoint that cannot be opened, and gives the error that says so. */
async function failToConnect(options: Parameters<typeof connectEndpoint>[0]): Promise<EndpointError> {
  try {
    await connectEndpoint(options);
  } catch (error) {
    assert.ok(error instanceof EndpointError, `${error} is no EndpointError`);
    return error;
  }
  return assert.fail("no error was thrown");
}

/** Gives the error of an endpoint whose server answers everything with this. */
async function failOnAnswer(
  t: TestContext,
  answer: { status?: number; type?: string; body: string; apiKey?: string },
): Promise<{ error: EndpointError; url: string }> {
  const { status = 200, type = "application/json", body, apiKey } = answer;
  const { url } = await startLocalServer(t, (_request, response) =>
    response.writeHead(status, { "content-type": type }).end(body),
  );
  return { error: await failToConnect({ baseUrl: `${url}/v1`, apiKey }), url };
}

/** Starts something on loopback that is no HTTP server. */
async function startRawServer(t: TestContext, talk: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    talk(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const address = server.address();
  return `127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

describe("an endpoint that cannot be reached", () => {
  test("is told apart: nothing listens", async () => {
    const port = await findClosedPort();
    const error = await failToConnect({ baseUrl: `http://127.0.0.1:${port}` });
    assert.equal(error.problem, "nothing-listens");
    assert.equal(error.status, null);
    assert.equal(
      error.message,
      `Nothing listens at 127.0.0.1:${port} (ECONNREFUSED, asked for http://127.0.0.1:${port}/v1/models). Start the server, or correct host and port.`,
    );
    assert.ok(error.cause instanceof TypeError);
  });

  test("is told apart: no such host", async () => {
    const error = await failToConnect({ baseUrl: "https://pod.invalid" });
    assert.equal(error.problem, "unknown-host");
    assert.match(error.message, /^The host name in https:\/\/pod\.invalid\/v1\/models is not known\./);
  });

  test("is told apart: it takes the call and never answers", async (t) => {
    const { url } = await startLocalServer(t, () => {});
    const error = await failToConnect({ baseUrl: url, timeoutMs: 50 });
    assert.equal(error.problem, "no-answer");
    assert.equal(
      error.message,
      `${new URL(url).host} did not answer within 0.05 s (asked for ${url}/v1/models). The server may still be loading its model, or a firewall drops the call: try again in a minute.`,
    );
  });

  test("is told apart: its answer begins and never ends", async (t) => {
    const { url } = await startLocalServer(t, (_request, response) => response.write('{"data":'));
    assert.equal((await failToConnect({ baseUrl: url, timeoutMs: 50 })).problem, "no-answer");
  });

  test("is told apart: no connection came about in time", async () => {
    const cause = Object.assign(new Error("Connect Timeout Error"), { code: "UND_ERR_CONNECT_TIMEOUT" });
    const error = await failToConnect({
      baseUrl: "https://example.com",
      fetch: () => Promise.reject(new TypeError("fetch failed", { cause })),
    });
    assert.equal(error.problem, "no-answer");
    assert.match(error.message, /^example\.com did not answer in time \(UND_ERR_CONNECT_TIMEOUT/);
  });

  test("is told apart: https where only http is spoken", async (t) => {
    const { url } = await startLocalServer(t, (_request, response) => sendJson(response, {}));
    const error = await failToConnect({ baseUrl: url.replace("http:", "https:") });
    assert.equal(error.problem, "no-secure-connection");
    assert.match(error.message, /begin the base URL with http:\/\//);
  });

  test("is told apart: what listens is no HTTP server, or hangs up", async (t) => {
    const greets = await startRawServer(t, (socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"));
    const hangsUp = await startRawServer(t, (socket) => socket.destroy());
    for (const host of [greets, hangsUp]) {
      const error = await failToConnect({ baseUrl: host });
      assert.equal(error.problem, "not-openai");
      assert.match(error.message, /^127\.0\.0\.1:\d+ accepted the connection and closed it \(/);
    }
  });
});

describe("an endpoint that answers otherwise than it should", () => {
  for (const status of [502, 503, 504, 524, 404]) {
    test(`is told apart: a proxy without a server behind it, HTTP ${status}`, async (t) => {
      const { error, url } = await failOnAnswer(t, {
        status,
        type: "text/html",
        body: "<html><body>Bad gateway</body></html>",
      });
      assert.equal(error.problem, "proxy-without-server");
      assert.equal(error.status, status);
      assert.equal(
        error.message,
        `A proxy answered for ${url}/v1/models, but no server behind it (HTTP ${status}): the pod is still starting, has ended, or does not expose this port. Look at its log, and try again when the server says that it is up.`,
      );
    });
  }

  test("is told apart: the server itself says that it is not ready, in its own words", async (t) => {
    const body = '{"error":{"message":"Loading model","type":"unavailable_error","code":503}}';
    const { error, url } = await failOnAnswer(t, { status: 503, body });
    assert.equal(error.problem, "proxy-without-server");
    assert.equal(
      error.message,
      `${url}/v1/models answered HTTP 503 and said: Loading model. If it is still loading its model, try again in a minute. Otherwise look at the server's log.`,
    );
  });

  test("is told apart: it refuses whoever has the key, in its own words", async (t) => {
    const body = '{"error":{"message":"Country, region, or territory not supported"}}';
    const { error } = await failOnAnswer(t, { status: 403, body, apiKey: "sk-canary-not-a-key" });
    assert.match(error.message, /not accepted\. It said: Country, region, or territory not supported\./);
  });

  test("is told apart: it wants a key", async (t) => {
    const { error, url } = await failOnAnswer(t, { status: 401, body: '{"error":"Unauthorized"}' });
    assert.equal(error.problem, "unauthorized");
    assert.equal(
      error.message,
      `${url}/v1/models wants a key (HTTP 401): none was given. Set apiKey or OPENAI_API_KEY to the key that this server was started with.`,
    );
  });

  test("is told apart: it wants another key, which is not repeated", async (t) => {
    const body = '{"error":{"message":"Incorrect API key provided: sk-canary-not-a-key"}}';
    const { error } = await failOnAnswer(t, { status: 401, body, apiKey: "sk-canary-not-a-key" });
    assert.match(error.message, /: the one given was not accepted\./);
    assert.doesNotMatch(error.message, /canary/);
  });

  const pages: [what: string, type: string, body: string][] = [
    ["a web page", "text/html; charset=utf-8", "<p>Log in</p>"],
    ["a web page of no declared type", "text/plain", "\n<!DOCTYPE html><title>Log in</title>"],
  ];
  for (const [what, type, body] of pages) {
    test(`is told apart: ${what} instead of JSON`, async (t) => {
      const { error, url } = await failOnAnswer(t, { type, body });
      assert.equal(error.problem, "web-page");
      assert.equal(
        error.message,
        `${url}/v1/models answered with a web page instead of JSON: the base URL probably points at a site or a log-in page. Use the API's own address, which usually ends in /v1.`,
      );
    });
  }

  for (const body of [
    '{"hello":"world"}',
    '{"data":"none"}',
    '{"data":[{"size":1}]}',
    '{"error":"no","data":null}',
    "ok",
    "",
    "null",
  ]) {
    test(`is told apart: no list of models, but ${JSON.stringify(body)}`, async (t) => {
      const { error, url } = await failOnAnswer(t, { body });
      assert.equal(error.problem, "not-openai");
      assert.equal(
        error.message,
        `${url}/v1/models answered, but not with a list of models. Check the host, the port and the path of the base URL. If the API is there and has no such list, name the model in MODEL (or model).`,
      );
    });
  }

  test("is told apart: a server without this path", async (t) => {
    const { error, url } = await failOnAnswer(t, { status: 404, body: '{"detail":"Not Found"}' });
    assert.equal(error.problem, "not-openai");
    assert.match(error.message, new RegExp(`^${url}/v1/models does not exist on this server \\(HTTP 404\\)`));
    assert.match(error.remedy, /some have it without \/v1, or at a longer path/);
  });

  test("is told apart: an error of the server, in its first words and without the key", async (t) => {
    const { error, url } = await failOnAnswer(t, {
      status: 500,
      type: "text/plain",
      body: `refused\n  the \x1b[31mkey my-canary ${"x".repeat(300)}`,
      apiKey: "my-canary",
    });
    assert.equal(error.problem, "server-error");
    assert.equal(error.status, 500);
    assert.equal(
      error.problemText,
      `${url}/v1/models answered HTTP 500 and said: refused the key … ${"x".repeat(182)}….`,
    );
  });

  test("says in every case what to do next", async (t) => {
    const problems = new Set<EndpointProblem>();
    for (const [status, body] of [
      [401, "{}"],
      [404, "{}"],
      [418, "{}"],
      [502, ""],
    ] as const) {
      const { error } = await failOnAnswer(t, { status, body });
      problems.add(error.problem);
      assert.ok(error.message.endsWith(` ${error.remedy}`));
      assert.match(error.remedy, /^[A-Z].*\.$/);
    }
    assert.equal(problems.size, 4);
  });
});
