import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as breathe } from "node:timers/promises";
import { type Job, runSideBySide } from "../../bin/commands/run-side-by-side.ts";

/** Jobs that note when they start and end; one ends only after every other that is under way has had a turn. */
function makeJobs(places: Record<string, { after?: string[]; isAlone?: boolean; turns?: number }>) {
  const events: string[] = [];
  const jobs = Object.entries(places).map(
    ([name, { after = [], isAlone = false, turns = 1 }]): Job<string> => {
      const work = async () => {
        events.push(`+${name}`);
        for (let turn = 0; turn < turns; turn += 1) await breathe();
        events.push(`-${name}`);
        return name.toUpperCase();
      };
      return { name, after, isAlone, work };
    },
  );
  return { jobs, events };
}

describe("jobs side by side", () => {
  test("run at most so many at once, and resolve in the given order", async () => {
    const { jobs, events } = makeJobs({ a: { turns: 3 }, b: {}, c: {} });
    assert.deepEqual(await runSideBySide(jobs, 2), ["A", "B", "C"]);
    assert.deepEqual(events.slice(0, 3), ["+a", "+b", "-b"]);
    assert.equal(events.length, 6);
  });

  test("run one after the other where only one may", async () => {
    const { jobs, events } = makeJobs({ a: { turns: 3 }, b: {} });
    await runSideBySide(jobs, 1);
    assert.deepEqual(events, ["+a", "-a", "+b", "-b"]);
  });

  test("wait for what they need, but not for what is not among them", async () => {
    const { jobs, events } = makeJobs({ a: { after: ["b", "elsewhere"] }, b: { turns: 3 } });
    await runSideBySide(jobs, 2);
    assert.deepEqual(events, ["+b", "-b", "+a", "-a"]);
  });

  test("leave one alone that must be alone", async () => {
    const { jobs, events } = makeJobs({ a: { turns: 3 }, alone: { isAlone: true }, b: { turns: 5 }, c: {} });
    await runSideBySide(jobs, 2);
    const start = events.indexOf("+alone");
    assert.equal(events[start + 1], "-alone");
    const before = events.slice(0, start);
    assert.equal(before.filter((event) => event.startsWith("+")).length * 2, before.length);
  });

  test("start no other once one has failed", async () => {
    const { jobs, events } = makeJobs({ a: {}, b: { after: ["a"] } });
    const failing = jobs.map((job) =>
      job.name === "a" ? { ...job, work: () => Promise.reject(new Error("no")) } : job,
    );
    await assert.rejects(runSideBySide(failing, 2), /no/);
    assert.deepEqual(events, []);
  });

  test("say so where they wait for one another", async () => {
    const { jobs } = makeJobs({ a: { after: ["b"] }, b: { after: ["a"] } });
    await assert.rejects(runSideBySide(jobs, 2), /wait for one another/);
  });
});
