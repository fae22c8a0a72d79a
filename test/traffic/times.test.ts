import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "../../lib/src/errors.ts";
import { readTime } from "../../lib/src/traffic/read-time.ts";
import type { TimeUnit } from "../../lib/src/traffic/time-unit.ts";
import { loadText } from "../helpers/trace-file.ts";

describe("a calendar time", () => {
  const moment = Date.UTC(2026, 0, 2, 3, 4, 5) / 1_000;
  const forms: [text: string, seconds: number][] = [
    ["2026-01-02T03:04:05Z", moment],
    ["2026-01-02T03:04:05.25Z", moment + 0.25],
    ["2026-01-02T03:04:05,25z", moment + 0.25],
    ["2026-01-02 03:04:05", moment],
    ["2026-01-02T03:04Z", moment - 5],
    ["2026/01/02 03:04:05", moment],
    ["2026-01-02 3:04", moment - 5],
    // Postgres
    ["2026-01-02 03:04:05.25+00", moment + 0.25],
    ["2026-01-02 05:04:05+02", moment],
    ["2026-01-02 08:34:05+05:30", moment],
    ["2026-01-01 22:04:05.5-05", moment + 0.5],
    ["2026-01-02 03:04:05+00:00:00", moment],
    // BigQuery
    ["2026-01-02 03:04:05.250000 UTC", moment + 0.25],
    // Go
    ["2026-01-02 05:04:05.25 +0200 UTC", moment + 0.25],
    // Mail and access logs
    ["Fri, 02 Jan 2026 03:04:05 GMT", moment],
    ["[02/Jan/2026:05:04:05 +0200]", moment],
  ];
  for (const [text, seconds] of forms) {
    test(`is read: ${text}`, () => {
      assert.deepEqual(readTime(text), { value: seconds, isCalendar: true, isDay: false });
    });
  }

  for (const text of [
    "2026-02-31T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "2026-01-02T24:00:01Z",
    "2026-01-02T03:60:00Z",
    "2026-01-02T03:04:05 CET",
    "2026-01-02T03:04:05+99",
    "1/2/2026 3:04",
    "02 Foo 2026 03:04:05",
    "yesterday",
    "",
  ]) {
    test(`is none: "${text}"`, () => assert.equal(readTime(text), null));
  }
});

describe("numbers that count from 1970", () => {
  const perSecond = { seconds: 1, milliseconds: 1e3, microseconds: 1e6, nanoseconds: 1e9 };
  const csv = (column: string, ...times: (number | string)[]) =>
    `${column},input_tokens,output_tokens\n${times.map((time) => `${time},1,1`).join("\n")}\n`;

  for (const [unit, factor] of Object.entries(perSecond)) {
    test(`are read as ${unit} by their size`, async (t) => {
      const content = csv("ts", 1_780_012_800 * factor, 1_780_012_801.5 * factor);
      const trace = await loadText(t, { content });
      assert.deepEqual([trace.spanSeconds, trace.date, trace.notes], [1.5, "2026-05-29", []]);
    });
  }

  test("are read from texts with an exponent too, as BigQuery writes them", async (t) => {
    const { date, spanSeconds } = await loadText(t, { content: csv("ts", "1.7800128E9", "1.780012802E9") });
    assert.deepEqual([date, spanSeconds], ["2026-05-29", 2]);
  });

  test("win over the name of their column, which a note says", async (t) => {
    const { date, notes } = await loadText(t, { content: csv("timestamp_ms", 1_780_012_800, 1_780_012_860) });
    assert.equal(date, "2026-05-29");
    assert.match(notes.join(" "), /read as seconds; give timeUnit: "milliseconds" where they are not/);
  });

  test("are refused in a unit that would make them a time of the far future", async (t) => {
    const options = { content: csv("ts", 1_780_012_800_000_000), timeUnit: "milliseconds" } as const;
    await assert.rejects(loadText(t, options), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, /as milliseconds, ts 1780012800000000 is a time of the year 58,\d{3}/);
      assert.match(error.remedy, /give timeUnit: "microseconds"/);
      return true;
    });
  });

  test("are refused where no unit makes them a time", async (t) => {
    const options = { content: csv("time", "20260529100000", "20260529110000") };
    await assert.rejects(
      loadText(t, options),
      /as seconds, time 20260529100000 is a time of the year \d{3},\d{3}\. /,
    );
  });

  test("are refused where they change their unit, by the line", async (t) => {
    const content = csv("ts", 1_780_012_800, 1_780_012_801, 1_780_012_802_000);
    await assert.rejects(
      loadText(t, { content }),
      /line 4: ts .* is in milliseconds, while the first is in seconds/,
    );
  });
});

describe("numbers that count from the beginning of a trace", () => {
  const names = ["timestamp,input_tokens,output_tokens", "timestamp,input_length,output_length"] as const;
  const rows = (head: string, step: number, count = 7_201) =>
    `${head}\n${Array.from({ length: count }, (_, row) => `${row * step},10,1`).join("\n")}\n`;

  const steps: [unit: TimeUnit, step: number][] = [
    ["seconds", 1],
    ["milliseconds", 1e3],
    ["microseconds", 1e6],
    ["nanoseconds", 1e9],
  ];
  for (const head of names) {
    for (const [unit, step] of steps) {
      test(`make two hours of a request each second, in ${unit}: ${head}`, async (t) => {
        const { spanSeconds, notes } = await loadText(t, { content: rows(head, step) });
        assert.equal(spanSeconds, 7_200);
        assert.match(
          notes.join(" "),
          new RegExp(`were read as ${unit}; give timeUnit: "\\w+" where they are not`),
        );
      });
    }
  }

  test("are two hours, not seven seconds, also of three requests", async (t) => {
    const { spanSeconds } = await loadText(t, { content: rows(names[1], 3_600, 3) });
    assert.equal(spanSeconds, 7_200);
  });

  test("are what the caller says", async (t) => {
    const { spanSeconds, notes } = await loadText(t, {
      content: rows(names[0], 1),
      timeUnit: "milliseconds",
    });
    assert.equal(spanSeconds, 7.2);
    assert.doesNotMatch(notes.join(" "), /were read as/);
  });

  test("are what their name says, with a doubt where that makes an unlikely trace", async (t) => {
    const unlikely = await loadText(t, { content: rows("timestamp_ms,input,output", 1) });
    assert.equal(unlikely.spanSeconds, 7.2);
    assert.match(unlikely.notes.join(" "), /7\.2 seconds, else 2 hours/);
    const likely = await loadText(t, { content: rows("startNs,input,output", 1e9) });
    assert.equal(likely.spanSeconds, 7_200);
    assert.doesNotMatch(likely.notes.join(" "), /were read as/);
  });
});
