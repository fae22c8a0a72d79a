import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { exportReport } from "../../bin/commands/report/export.ts";
import { writeReportIndex } from "../../bin/commands/report/index.ts";
import { createHider } from "../../bin/commands/report/privacy.ts";
import { runSummarySchema } from "../../bin/commands/report/run-summary.ts";
import { chartBundle, tableBundle } from "../../lib/src/show/index.ts";
import { makeFolder } from "../helpers/environment.ts";
import { codeCell, display, notebookOf, stream } from "./sample-notebook.ts";

const surroundings = {
  projectFolder: "/srv/ada/book",
  homeFolder: "/home/ada",
  stateFolder: "/data/state",
  userName: "ada",
  knownHosts: ["laptop7", "gpu.intern.firma.de", "fe80::42:acff:fe11:2", "93.184.2.7", "api.openai.com"],
  knownIds: [],
};

function hide(text: string, ownText = ""): string {
  return createHider({ surroundings, shown: text, ownText }).inOutputs(text);
}

describe("a report has in place of a host its number", () => {
  const replaced: [what: string, text: string, expected: string][] = [
    ["in an address", "at http://llm.intern.firma.de:8000/v1.", "at http://{host1}:8000/v1."],
    ["of one word in an address", "http://gpubox:8000/v1", "http://{host1}:8000/v1"],
    ["in another scheme", "redis://cache.firma.de/0 wss://w.firma.de", "redis://{host1}/0 wss://{host2}"],
    ["with a password", "https://ada:pw@git.firma.de/x", "https://ada:{mail}/x"],
    ["with letters of any language", "https://müller.intern/x", "https://{host1}/x"],
    [
      "in an address that JSON escapes",
      String.raw`"http:\/\/a.firma.de\/v1"`,
      String.raw`"http:\/\/{host1}\/v1"`,
    ],
    ["in an address within an address", "?u=https%3A%2F%2Fa.firma.de%2Fv1", "?u=https%3A%2F%2F{host1}%2Fv1"],
    ["in an address without a scheme", '<img src="//a.firma.de/x">', '<img src="//{host1}/x">'],
    ["as IPv4", "peer 10.20.30.40 left", "peer {host1} left"],
    ["as IPv4 with a port", "connect ECONNREFUSED 84.32.1.7:8000", "connect ECONNREFUSED {host1}:8000"],
    ["as IPv4 at the end of a sentence", "It is 84.32.1.7.", "It is {host1}."],
    ["as IPv4 of single digits with a port", "1.2.3.4:8000", "{host1}:8000"],
    ["as a network", "10.0.0.0/8", "{host1}/8"],
    ["as IPv4 behind a user", "root@10.20.30.40", "root@{host1}"],
    ["as IPv4 in colours", "\u001b[33m10.20.30.40\u001b[39m", "\u001b[33m{host1}\u001b[39m"],
    ["as IPv4 behind a line end that is written out", String.raw`'a\n10.20.30.40'`, String.raw`'a\n{host1}'`],
    ["as IPv6", "from 2001:db8::8a2e:370:7334 on", "from {host1} on"],
    ["as IPv6 in full", "2001:0db8:0:0:0:8a2e:0370:7334", "{host1}"],
    ["as IPv6 in an address", "http://[2001:db8::1]:8000/v1", "http://{host1}:8000/v1"],
    ["as IPv6 with a zone", "fe80::1c2:3ff%eth0", "{host1}"],
    ["as IPv4 within IPv6", "::ffff:10.20.30.40", "::ffff:{host1}"],
    ["with a port", "to llm.intern.firma.de:8000, then", "to {host1}:8000, then"],
    ["that was not found", "getaddrinfo ENOTFOUND gpubox", "getaddrinfo ENOTFOUND {host1}"],
    ["that has no address now", "EAI_AGAIN llm.firma.de", "EAI_AGAIN {host1}"],
    ["of a certificate", "altnames: DNS:a.firma.de, DNS:gpubox", "altnames: DNS:{host1}, DNS:{host2}"],
    ["in an object", "{ hostname: 'gpubox', port: 8000 }", "{ hostname: '{host1}', port: 8000 }"],
    ["in a header", "Host: llm.firma.de", "Host: {host1}"],
    ["in the environment", "HOSTNAME=gpubox-3", "HOSTNAME={host1}"],
    ["in a prompt", "grace@gpubox:~$ ls", "grace@{host1}:~$ ls"],
    ["in a prompt of another shell", "[grace@gpubox ~]$ ls", "[grace@{host1} ~]$ ls"],
    ["in a variable", "DB_HOST=gpubox-3 MASTER_ADDR=gpu17", "DB_HOST={host1} MASTER_ADDR={host2}"],
    [
      "that ssh does not reach",
      "connect to host vllm-box port 22: refused",
      "connect to host {host1} port 22: refused",
    ],
    [
      "that Python does not find",
      "Failed to resolve 'gpubox' ([Errno -2]",
      "Failed to resolve '{host1}' ([Errno -2]",
    ],
    [
      "that Python does not reach",
      "Cannot connect to host gpubox:80 ssl:default",
      "Cannot connect to host {host1}:80 ssl:default",
    ],
    ["of all below a domain", "DNS:*.firma.de, no_proxy=.a.firma.de", "DNS:*.{host1}, no_proxy=.{host2}"],
    ["of a cookie", "set-cookie: a=b; Domain=.firma.de", "set-cookie: a=b; Domain=.{host1}"],
    ["that an answer leads to", "location: //firma.de/login", "location: //{host1}/login"],
    ["as a range", "10.1.2.3-10.1.2.9", "{host1}-{host2}"],
    ["of ssh", "ssh -p 22 grace@gpubox", "ssh -p 22 grace@{host1}"],
    ["of git", "git@git.firma.de:a/b.git", "git@{host1}:a/b.git"],
    ["of a network of its own", "on gpu-7.internal now", "on {host1} now"],
    ["of a firm, alone", "asked llm.firma.de twice", "asked {host1} twice"],
    ["in a cell", "<td>llm.firma.de</td><td>10.20.30.40:8000</td>", "<td>{host2}</td><td>{host1}:8000</td>"],
    ["of a service of somebody's", "https://firma.openai.azure.com/x", "https://{host1}/x"],
    ["of this machine", "laptop7 and LAPTOP7.intern", "{host1} and {host1}.intern"],
    ["of this machine in numbers", "driver 93.184.2.7", "driver {host1}"],
    ["of this machine as IPv6", "fe80::42:acff:fe11:2", "{host1}"],
    ["of the settings, and beside it", "gpu.intern.firma.de, www.firma.de", "{host1}, {host2}"],
    [
      "the same in all places",
      "http://a.firma.de/ is a.firma.de; b.firma.de",
      "http://{host1}/ is {host1}; {host2}",
    ],
  ];
  for (const [what, text, expected] of replaced) test(what, () => assert.equal(hide(text), expected));

  test("that only the notebook's own code names, where it is of this run or of a network of its own", () => {
    const code = '"http://gpu.intern.firma.de:8000" "http://10.20.30.40" "https://api.service.xyz"';
    const hider = createHider({ surroundings, shown: "", ownText: code });
    assert.equal(hider.inTexts(code), '"http://{host1}:8000" "http://{host2}" "https://api.service.xyz"');
  });
});

test("a host, an address and a name are replaced in whatever form a page shows them", async (context) => {
  const folder = makeFolder(context);
  const [notebookFile, outputFile] = [join(folder, "a.ipynb"), join(folder, "given", "run", "a.html")];
  const text = "http://llm.firma.de:8000 10.20.30.40 2001:db8::1 laptop7 ada";
  const bundle = await chartBundle(
    {
      data: { values: [{ [text]: text, value: 1 }] },
      title: text,
      mark: "bar",
      encoding: {
        y: { field: "value", type: "nominal", title: text },
        x: { field: "value", type: "quantitative" },
      },
    },
    { description: text },
  );
  const cells = [
    codeCell("1", [stream(text), stream(text, "stderr")]),
    codeCell("2", [display(tableBundle([{ [text]: text }], { caption: text }))]),
    codeCell("3", [display({ data: { "text/markdown": `# ${text}\n\n[${text}](http://llm.firma.de)` } })]),
    codeCell("4", [display(bundle), display({ data: { "text/plain": text } })]),
  ];
  writeFileSync(notebookFile, JSON.stringify(notebookOf(cells)));
  const details = { model: text, server: text, target: text, versions: { [text]: text } };
  await exportReport({ notebookFile, outputFile, details, surroundings, knownSecrets: [] });
  const summary = runSummarySchema.parse({
    ...{ target: "given", model: text, server: text, startedAt: "2026-11-23T19:52:03.000Z", answer: text },
    ...{ timeToFirstTokenMs: 1, outputTokensPerSecond: 1, breakEven: text, versions: { [text]: text } },
    verdict: { sentence: text, weakness: text, assumed: text, notebook: "a" },
    notebooks: [{ name: "a", title: text, file: "a.html", ok: true, seconds: 1 }],
  });
  writeReportIndex({ reportsFolder: folder, runFolder: join(folder, "given", "run"), summary, surroundings });
  for (const file of ["given/run/a.html", "given/run/index.html", "given/run/summary.json", "index.html"]) {
    const page = readFileSync(join(folder, file), "utf8").replace(/<script>\n.*?<\/script>/gs, "");
    assert.doesNotMatch(page, /firma|10\.20|2001:db8|laptop7|\bada\b/, file);
    assert.match(page, /\{host1\}/, file);
  }
});

describe("a report keeps", () => {
  const kept = [
    "http://localhost:8000/v1, http://127.0.0.1:65000, http://[::1]:8000, 0.0.0.0:8000, ::1",
    "https://huggingface.co/a/b https://api.openai.com/v1 https://github.com/a/b https://docs.vllm.ai/en",
    "https://console.runpod.io https://api.runpod.io/v2 https://docs.fireworks.ai/x https://thundergolfer.com/y",
    '<svg xmlns="http://www.w3.org/2000/svg"> "https://vega.github.io/schema/vega-lite/v5.json"',
    "v0.32.0 vLLM 0.32.0 node 24.19.0 v1.2.3.4 1.2.3.4 version 10.0.1.6 Chrome/131.0.0.0 x==12.4.127.1 1.2.3.4.5",
    "cuDNN 9.1.0.70, nvidia-cublas-cu12 12.4.5.8, tslab@1.0.22, vega@5.33.0",
    "report.html gpu.csv 04-cost.ipynb a/b.ts:12:5 model.safetensors:10 main.py:1234 settings.json:80",
    "meta-llama/Llama-3.1-8B-Instruct Qwen/Qwen2.5-0.5B @huggingface/hub adam@home",
    "12:30:45 2026-11-23T19:52:03Z 00:01 1:2:3 aa:bb std::vector a::b dead::beef",
    "endpoint.server a.b request.host data.values.map chat.completions.create usage.total_tokens node.internal",
    "Property 'host' does not exist on type 'Url'. { host: string; hostname: undefined; domain: [0, 1] }",
    "host: request.host, host of the pod, the host is up, hostname: null, peer-to-peer, host multi-tenant",
    "localhost, api.localhost:80, .env.local, ...args, 10.5, 1,234.56, $1.56/h, 25 %, e.g. this. And that",
    "https://… https://<pod>-8000.proxy.runpod.net https://{podId}-{port}.proxy.runpod.net http://host:8000 https://",
    "the Ada-class GPU, Ada Lovelace, adapter, ada.txt, data/ada-002, text-embedding-ada-002",
    "We resolve it. How they resolve later: connect to host names, ENOTFOUND errors, the EVENT a.m. of cn = value",
    "resolve the conflict, resolve 3 of them, ECONNREFUSED means that, ETIMEDOUT after 5 s, DNS: what it is",
    "255.255.240.0 https://your-server.example:8000/v1 https://api.example.org app.kubernetes.io/name",
    "300.400.500.600 01:02:03:04:05:06 file.tar.gz sub.module.py 8.8.8.8",
  ];
  for (const text of kept) test(text, () => assert.equal(hide(text), text));

  test("a public host that the notebook's own text names", () => {
    assert.equal(
      hide("https://api.service.xyz/v1", "See https://api.service.xyz."),
      "https://api.service.xyz/v1",
    );
    assert.equal(hide("https://api.service.xyz/v1"), "https://{host1}/v1");
  });
});

describe("a report does not tell what the account has", () => {
  const replaced: [text: string, expected: string][] = [
    ["You have 123.45 dollars left", "You have {hidden} left"],
    ["You still have $123.45.", "You still have {hidden}."],
    ["Your account has USD 12", "Your account has {hidden}"],
    ["there are 12.30 USD left", "there are {hidden} left"],
    ["$12.30 of credit", "{hidden} of credit"],
    ["12 € in your account", "{hidden} in your account"],
    ["Remaining: $12.30", "Remaining: {hidden}"],
    ["credit: 12.30 USD", "credit: {hidden}"],
    ["<td>Credits</td><td>$12.30</td>", "<td>Credits</td><td>{hidden}</td>"],
    ["$1,234.50 available", "{hidden} available"],
  ];
  for (const [text, expected] of replaced) test(text, () => assert.equal(hide(text), expected));
  const kept = [
    "costs $1.56 an hour, 12 tokens left, 3 left, $0.39/h available, remaining 12 requests",
    "pays from 139.3 tokens/s at $2.68 in and $3.54 out; 10 dollars is the least",
  ];
  for (const text of kept) test(`but ${text}`, () => assert.equal(hide(text), text));
});

describe("a report does not name its user", () => {
  const replaced: [text: string, expected: string][] = [
    ["ada", "{user}"],
    ["drwxr-xr-x 2 ada ada 40 Nov", "drwxr-xr-x 2 {user} {user} 40 Nov"],
    ["Hello, ada. It is ada's", "Hello, {user}. It is {user}'s"],
    ["<td>ada</td>", "<td>{user}</td>"],
    ["\u001b[32mada\u001b[39m", "\u001b[32m{user}\u001b[39m"],
  ];
  for (const [text, expected] of replaced) test(text, () => assert.equal(hide(text), expected));

  test("whose name is a word of English, but in folders", () => {
    const hider = createHider({ surroundings: { ...surroundings, userName: "max" }, shown: "" });
    assert.equal(hider.inOutputs("max 12 in /srv/max/x"), "max 12 in /srv/{user}/x");
  });
});
