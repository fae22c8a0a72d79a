import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { listKnownIds } from "../../bin/commands/report/ids.ts";
import { createHider } from "../../bin/commands/report/privacy.ts";
import { tableBundle } from "../../lib/src/show/index.ts";
import { makeFolder } from "../helpers/environment.ts";

const surroundings = {
  projectFolder: "/srv/ada/book",
  homeFolder: "/home/ada",
  stateFolder: "/data/state",
  userName: "ada",
  knownHosts: ["laptop7", "gpu.intern.firma.de", "10.20.30.40"],
  knownIds: ["abc123def456"],
};

/** What a text becomes, as an output unless it is prose or code. */
function hide(text: string, place: "output" | "text" = "output"): string {
  const hider = createHider({ surroundings, shown: text });
  return place === "output" ? hider.inOutputs(text) : hider.inTexts(text);
}

describe("a report does not tell", () => {
  const replaced: [what: string, text: string, expected: string][] = [
    ["where the project is", "at file:///srv/ada/book/lib/a.ts:1:2", "at ./lib/a.ts:1:2"],
    ["where it is, at the end of a sentence", "It is in /srv/ada/book.", "It is in .."],
    ["where the state is", "saved in /data/state/rehearsal/a.json", "saved in .workbook/rehearsal/a.json"],
    ["the user's home", 'in "/home/ada/other"', 'in "~/other"'],
    ["anybody's home", "of /home/grace/x and /Users/grace/y", "of ~/x and ~/y"],
    ["a home whose name begins with the user's", "of /home/ada.lovelace/x", "of ~/x"],
    ["a home in an address", "?file=%2Fhome%2Fgrace%2Fx", "?file=~%2Fx"],
    ["a home with slashes as JSON may write them", String.raw`"\/home\/grace\/x"`, String.raw`"~\/x"`],
    ["a home on Windows, seen from Linux", "PATH=/mnt/c/Users/grace/bin:/bin", "PATH=~/bin:/bin"],
    ["the user's own home below another folder", "wsl+ubuntu/home/ada/x", "wsl+ubuntu/home/{user}/x"],
    ["the user's name in the environment", "USER=ada, LOGNAME: 'ada'", "USER={user}, LOGNAME: '{user}'"],
    ["the user and the machine in a prompt", "ada@laptop:/srv$", "{user}@{host1}:/srv$"],
    ["a home on Windows", String.raw`C:\Users\grace\x`, String.raw`~\x`],
    ["the user's name in other paths", "in /srv/ada/more, /mnt/ada", "in /srv/{user}/more, /mnt/{user}"],
    ["a home with a space on Windows", String.raw`C:\Users\Ada King\x`, String.raw`~\x`],
    [
      "where the project is, as JSON may write it",
      String.raw`"\/srv\/ada\/book\/a.ts"`,
      String.raw`".\/a.ts"`,
    ],
    ["a mail address of any language", "joé@müller.de", "{mail}"],
    ["a mail address in an address", "?user=ada%40example.org&a=1", "?user={mail}&a=1"],
    ["a mail address", "Account ada@example.org", "Account {mail}"],
    ["the id of an account", '{"id":"user_2abcDEF34567"}', '{"id":"{account}"}'],
    ["the balance", "balance     $25.00", "balance     {hidden}"],
    ["the balance in a sentence", "the balance lasts 3.1 hours", "the balance lasts {hidden} hours"],
    [
      "the balance with words between",
      "your balance is now about $12.34",
      "your balance is now about {hidden}",
    ],
    [
      "other figures of the account",
      "min_balance: 5, account_balance: 1, spendLimit: 80",
      "min_balance: {hidden}, account_balance: {hidden}, spendLimit: {hidden}",
    ],
    ["the balance in an object", "{ balanceUsd: -0.25, n: 1 }", "{ balanceUsd: {hidden}, n: 1 }"],
    ["the balance in a row", "<td>Balance (USD)</td><td>7</td>", "<td>Balance (USD)</td><td>{hidden}</td>"],
    [
      "the balance as Runpod names it",
      "{ clientBalance: 12.5, currentSpendPerHr: 0.44 }",
      "{ clientBalance: {hidden}, currentSpendPerHr: {hidden} }",
    ],
    ["what is spent", "spending    $0.44 an hour, on 1 pods", "spending    {hidden} an hour, on 1 pods"],
    ["the account's name", "{ userName: 'grace', n: 1 }", "{ userName: '{account}', n: 1 }"],
    ["a pod of the journal", "(abc123def456) pod_abc123def456", "({podId}) pod_{podId}"],
    [
      "a pod by its address",
      "https://short1-8000.proxy.runpod.net/v1",
      "https://{podId}-8000.proxy.runpod.net/v1",
    ],
    [
      "a pod of the stand-in by its address",
      "http://127.0.0.1:1/proxy/r2jc494xzf/8000",
      "http://127.0.0.1:1/proxy/{podId}/8000",
    ],
    [
      "an endpoint by its address",
      "https://api.runpod.ai/v2/agv6w2qcg7/health",
      "https://api.runpod.ai/v2/{podId}/health",
    ],
    ["a pod that an object names", "{ id: 'r2jc494xzf' } of r2jc494xzf", "{ id: '{podId}' } of {podId}"],
    ["a pod that a sentence names", "The pod r2jc494xzf is up.", "The pod {podId} is up."],
    ["a pod in quotation marks", "pod 'r2jc494xzf' ended", "pod '{podId}' ended"],
    ["a pod with its host", "podHostId: 'r2jc494xzf-6441146b'", "podHostId: '{podId}-6441146b'"],
    ["several pods", "Pods r2jc494xzf and jpnw0v75y3, r2jc494xzf", "Pods {podId} and {podId}, {podId}"],
    ["an endpoint that a line begins with", "endpoint agv6w2qcg7: $0.00", "endpoint {podId}: $0.00"],
    [
      "a volume, a template, a secret",
      "volume ab12cd34ef (x)\ntemplate cc48d6a793",
      "volume {podId} (x)\ntemplate {podId}",
    ],
    ["a volume that an object names", "networkVolumeId: 'ab12cd34ef'", "networkVolumeId: '{podId}'"],
    [
      "a pod whose address is encoded",
      "https%3A%2F%2Fr2jc494xzf-8000.proxy.runpod.net",
      "https%3A%2F%2F{podId}-8000.proxy.runpod.net",
    ],
    ["a pod by its shape", "ended jpnw0v75y3qoql", "ended {podId}"],
  ];
  for (const [what, text, expected] of replaced) test(what, () => assert.equal(hide(text), expected));

  test("pods of a table that are on no record, nor a balance in one", () => {
    const bundle = tableBundle([{ id: "r2jc494xzf", gpu: "A40", balance: 25, usd: 0.44 }]);
    const html = String(
      createHider({ surroundings, shown: bundle.data }).inOutputs(bundle.data)["text/html"],
    );
    assert.deepEqual(
      [...html.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, cell]) => cell),
      ["{podId}", "A40", "{hidden}", "0.44"],
    );
  });

  test("what a chart's data, its names and its drawing hold", () => {
    const output = {
      data: {
        "application/vnd.vegalite.v5+json": {
          data: { values: [{ abc123def456: 1, folder: "/home/ada/x", balanceUsd: 25 }] },
          encoding: { y: { field: "abc123def456" } },
        },
        "image/svg+xml": '<svg><path d="M0,0h640v300h-640Z"/><text>abc123def456</text></svg>',
      },
    };
    assert.deepEqual(createHider({ surroundings, shown: output }).inOutputs(output), {
      data: {
        "application/vnd.vegalite.v5+json": {
          data: { values: [{ "{podId}": 1, folder: "~/x", balanceUsd: "{hidden}" }] },
          encoding: { y: { field: "{podId}" } },
        },
        "image/svg+xml": '<svg><path d="M0,0h640v300h-640Z"/><text>{podId}</text></svg>',
      },
    });
  });
});

describe("a report keeps", () => {
  const kept = [
    "/v1/models, /root/.cache/huggingface, https://example.org/home-page, ./lib/a.ts",
    "git@github.com:owner/name.git, @huggingface/hub, user 1",
    "meta-llama/Llama-3.1-8B-Instruct on NVIDIA A40, vllm/vllm-openai:v0.33.0",
    "xyzabc123def456 M12.345678901234,5L1234567890.12,3e-5a640h1920v1080",
    "36b16d47-52397-4c1f-9a3e-0123456789ab 20261124T233932Z 3456789012345e",
    "id: 'chat', the pod is running, pod number12",
    "id: 'qwen25coder-7b-instruct', id=\"smollm2135m:latest\", id: 'deepseek3r1/x' of qwen25coder",
    "at 0x7f3a2b4c5d6e, to load balance 4 pods, a load balance of 3 to 1",
    "commits 7980b8c5f01a2 and a1b2c3d4e5f6a7, digest 0123456789abcd",
    "kernel_id: 5f0e1d2c3b, uuid=5f0e1d2c3b, grid: 5f0e1d2c3b",
    "user=grace, Canada, adam@home, the endpoint answers, templates differ",
  ];
  for (const text of kept) test(text, () => assert.equal(hide(text), text));

  test("what prose says of a balance", () => {
    assert.equal(hide("A balance of 10 dollars.", "text"), "A balance of 10 dollars.");
  });
});

test("ids are read from every journal of the state folder", (context) => {
  const folder = makeFolder(context);
  const journal = join(folder, "runpod", "api.runpod.io");
  mkdirSync(journal, { recursive: true });
  writeFileSync(
    join(journal, "pods.jsonl"),
    '{"kind":"intent","stem":"workbook-1"}\n{"kind":"created","podId":"r2jc494xzf"}\n{"kind":"created","podId":"r2jc494xzf"}\n{"kind":"x","endpointId":"agv6w2qcg7"}\nbroken',
  );
  assert.deepEqual(listKnownIds(folder), ["r2jc494xzf", "agv6w2qcg7"]);
  assert.deepEqual(listKnownIds(join(folder, "missing")), []);
});
