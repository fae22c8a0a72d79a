import { after, describe, test } from "node:test";
import { type Answer, podKey } from "./pod-api.ts";
import { playScenario, type Scenario, startTimers } from "./timer-runs.ts";

// The timer's own text runs, with its sleeps 300 times shorter; where a call hangs, its time limit is shorter as well.
const hasty = { CALL_SECONDS: 0.4 };
const hour = 3_600;
const startedAt = new Date().toUTCString();
// What would be a deadline in a name, were it not for what stands around it.
const soon = `${new Date(Date.now() + 7_200_000).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
const arabic = soon.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)));
const times = (count: number, answer: Answer): Answer[] => Array<Answer>(count).fill(answer);

const waysToEnd: Scenario[] = [
  { what: "DELETE ends it" },
  {
    what: "DELETE knows no such pod, GraphQL ends it",
    answers: () => ({ DELETE: [404], action: [404], GraphQL: ["ends"] }),
    endsBy: "GraphQL",
  },
  ...[200, 202, 204].flatMap((status): Scenario[] => [
    {
      what: `DELETE answers ${status} without effect, the action ends it`,
      answers: () => ({ DELETE: [status], action: ["ends"] }),
      endsBy: "action",
    },
    {
      what: `DELETE and action answer ${status} without effect, GraphQL ends it`,
      answers: () => ({ DELETE: [status], action: [status], GraphQL: ["ends"] }),
      endsBy: "GraphQL",
    },
  ]),
  ...[400, 401, 403, 405, 409, 410, 422, 429, 500, 503].map(
    (status): Scenario => ({
      what: `DELETE and action are refused with ${status}, GraphQL ends it`,
      answers: () => ({ DELETE: [status], action: [status], GraphQL: ["ends"] }),
      endsBy: "GraphQL",
    }),
  ),
  ...(
    [
      ...["redirects", "drips", "is huge", "is nested deeply", "closes", "is no HTTP", "is silent"],
      ...["has too many headers", "goes on with 100", "is bad gzip"],
    ] as Answer[]
  ).map(
    (answer): Scenario => ({
      what: `DELETE ${String(answer)}, the action ends it`,
      answers: () => ({ DELETE: [answer], action: ["ends"] }),
      constants: hasty,
      endsBy: "action",
    }),
  ),
  ...(["DELETE", "action", "GraphQL"] as const).map(
    (call): Scenario => ({
      what: `only ${call} works, and only at the third attempt`,
      answers: () => ({ DELETE: [404], action: [404], GraphQL: [200], [call]: [500, 202, "ends"] }),
      endsBy: call,
    }),
  ),
  {
    what: "all ways are answered with success and without effect: it goes on",
    answers: () => ({ DELETE: [204], action: [204], GraphQL: [200] }),
    endsBy: null,
    until: ({ counts }) => Math.min(counts.DELETE, counts.action, counts.GraphQL) > 5,
  },
  {
    what: "the key has been revoked: it goes on",
    answers: () => ({ GET: [401], DELETE: [401], action: [401], GraphQL: [401] }),
    endsBy: null,
    until: ({ counts }) => Math.min(counts.DELETE, counts.action, counts.GraphQL) > 3,
  },
  {
    what: "the API is down at the deadline, and back later",
    answers: (nameAt) => ({
      ...{ GET: [...times(15, "closes"), nameAt(0)], action: ["closes"], GraphQL: ["closes"] },
      DELETE: [...times(5, "closes"), "ends"],
    }),
  },
  { what: "the container starts again after the deadline", deadlineIn: -hour },
];

/** The pod is left alone: however slow the machine, what would end it had its readings. */
const isLeftAlone = {
  deadlineIn: hour / 2,
  constants: { READ_NAME_SECONDS: 0.1 },
  endsBy: null,
  until: ({ counts }) => counts.GET > 16,
} satisfies Partial<Scenario>;

const names: Scenario[] = [
  { what: "the name has a later deadline", answers: (nameAt) => ({ GET: [nameAt(2)] }), notBefore: 2 },
  {
    what: "the deadline is moved twice",
    answers: (nameAt) => ({ GET: [...times(2, nameAt(1)), nameAt(3)] }),
    notBefore: 3,
  },
  ...([1, 3, 7] as const).map(
    (count): Scenario => ({
      what: `an extended pod's name cannot be read ${count} times at its first deadline`,
      answers: (nameAt) => ({ GET: [...times(count, count === 3 ? 429 : 500), nameAt(hour)] }),
      ...isLeftAlone,
      deadlineIn: -1,
    }),
  ),
  {
    what: "an extended pod's name could be read once, early, and never again",
    answers: (nameAt) => ({ GET: [nameAt(hour), 500] }),
    ...isLeftAlone,
    deadlineIn: -1,
  },
  ...(
    [
      ...["drips", "is huge", "is nested deeply", "closes", "is no HTTP", "is silent", "redirects"],
      ...["goes on with 100", "is bad gzip", 403, 404, 429, 500],
      ...[{ name: 7 }, { name: null }, { name: `workbook-${soon}`, id: "another" }],
    ] as Answer[]
  ).map(
    (answer): Scenario => ({
      what: `the name can never be read: the answer ${typeof answer === "object" ? JSON.stringify(answer) : answer}`,
      answers: () => ({ GET: [answer] }),
      constants: hasty,
    }),
  ),
  ...[
    ...["", "somebody renamed it", "-99999999T999999Z", `x-${soon} and more`, `x-${soon}\n`],
    ...[`x-${arabic}`, "x-99991231T235959Z", "x-20270001T000000Z", "-".repeat(300_000)],
  ].map(
    (name): Scenario => ({
      what: `the name has no deadline: ${JSON.stringify(name).slice(0, 50)}`,
      answers: () => ({ GET: [{ name }] }),
    }),
  ),
  {
    what: "the deadline in the name is earlier than the first",
    answers: (nameAt) => ({ GET: [nameAt(-hour)] }),
    deadlineIn: 1.5,
  },
  {
    what: "a pod with a plan of a week, and a day more",
    answers: (nameAt) => ({ GET: [nameAt(8 * 24 * hour)] }),
    endsBy: null,
    until: ({ counts }) => counts.GET > 4,
  },
];

const clocks: Scenario[] = [
  { what: "the clock is set back an hour", wall: [[0.2, -hour]] },
  { what: "the clock is set back an hour, and the API tells no time", wall: [[0.2, -hour]], dates: [null] },
  { what: "the clock is set an hour ahead", wall: [[0.7, hour]], ...isLeftAlone },
  {
    what: "the clock is set an hour ahead, and the API tells no time",
    wall: [[0.7, hour]],
    dates: [null],
    deadlineIn: hour / 2,
    notBefore: 0.7,
  },
  {
    what: "the timer was killed, the clock set back an hour, and the API tells no time",
    wall: [[0, -hour]],
    dates: [null],
    isStartedAgain: true,
  },
  { what: "the clock was an hour ahead at the start", wall: [[0, hour]], ...isLeftAlone },
  { what: "the clock was an hour behind at the start", wall: [[0, -hour]] },
  {
    what: "the machine stood still for an hour, and its clock was set right then",
    wall: [[0.7, hour]],
    dates: [0, 0, 0, hour],
    deadlineIn: hour / 2,
    notBefore: 0.7,
  },
  { what: "one answer of the API is two hours ahead", dates: [0, 0, 0, 2 * hour, 0], ...isLeftAlone },
  { what: "the API's first answer is two hours ahead", dates: [2 * hour, 0], ...isLeftAlone },
  { what: "one answer of the API is two hours behind", dates: [0, -2 * hour, 0] },
  {
    what: "the first answer of the API and the last ones are two hours behind",
    dates: [-2 * hour, 0, 0, -2 * hour],
    deadlineIn: 1.5,
  },
  { what: "the API's time stands still, as in answers from a cache", dates: [startedAt], deadlineIn: 3 },
  { what: "the clock is 40 days ahead, the API's is right", wall: [[0, 960 * hour]], ...isLeftAlone },
  { what: "the clock is 40 days behind, the API's is right", wall: [[0, -960 * hour]] },
  { what: "the API's time is in another century", dates: ["Fri, 31 Dec 9999 23:59:59 GMT"], ...isLeftAlone },
  { what: "the API's time is of 1970", dates: ["Thu, 01 Jan 1970 00:00:00 GMT"] },
  { what: "the API's time is no time", dates: ["yesterday", "", "Fri, 99 Foo 99999999999 99:99:99"] },
];

const surroundings: Scenario[] = [
  {
    what: "proxies in the environment are passed by, for they would see the key",
    answers: (nameAt) => ({ GET: ["closes", nameAt(-1)] }),
    environment: ({ elsewhere }) => ({ http_proxy: elsewhere, HTTP_PROXY: elsewhere, ALL_PROXY: elsewhere }),
  },
  {
    what: "where only a proxy leads out, it is used with TLS alone",
    environment: ({ elsewhere }) => ({ https_proxy: elsewhere, WORKBOOK_API_URL: "https://127.0.0.1:1/v2" }),
    endsBy: null,
    until: ({ elsewhere }) => elsewhere.includes("CONNECT 127.0.0.1:1 HTTP/1"),
  },
  { what: "nobody reads its log", closedLog: true },
  { what: "its key has a line break", environment: () => ({ RUNPOD_API_KEY: `${podKey}\n` }) },
  ...Object.entries({
    "it has no key": { RUNPOD_API_KEY: "" },
    "it has no id": { RUNPOD_POD_ID: "" },
    "it has no deadline": { WORKBOOK_DEADLINE: "" },
    "its deadline is no time": { WORKBOOK_DEADLINE: "tomorrow" },
    "its API is not https": { WORKBOOK_API_URL: "http://api.example.com/v2" },
    "its API only looks like this machine": { WORKBOOK_API_URL: "http://127.0.0.1:80@api.example.com/v2" },
  }).map(
    ([what, environment]): Scenario => ({
      what: `${what}, and it says so`,
      environment: () => environment,
      endsBy: null,
      until: ({ log }) => log.includes("cannot end itself"),
    }),
  ),
];

describe("the deadline timer in a pod", { concurrency: 24 }, () => {
  const timers = startTimers();
  after(() => timers.stop());
  for (const scenario of [...waysToEnd, ...names, ...clocks, ...surroundings]) {
    test(scenario.what, (context) => playScenario(context, { scenario, run: timers.run }));
  }
});
