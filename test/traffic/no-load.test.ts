import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "../../lib/src/errors.ts";
import { describeLoad, loadTrace } from "../../lib/src/traffic/index.ts";
import { makeTrace } from "../cost/replay/traces.ts";

const four = { requestsPerMonth: 43_800, inputTokens: 1_000, outputTokens: 250, hours: "always" } as const;

describe("what is no load is refused by the name of its field", () => {
  const hours = Array.from({ length: 168 }, () => 1);
  const log = makeTrace([[0, 10, 10]], { spanSeconds: 7 * 86_400 });
  const refused: [input: unknown, field: string | null][] = [
    [undefined, null],
    [{}, "requestsPerMonth"],
    [{ ...four, requestsPerMonth: 0 }, "requestsPerMonth"],
    [{ ...four, requestsPerMonth: 1.5 }, "requestsPerMonth"],
    [{ ...four, requestsPerMonth: 1e12 }, "requestsPerMonth"],
    [{ ...four, requestsPerMonth: Number.NaN }, "requestsPerMonth"],
    [{ ...four, inputTokens: 0 }, "inputTokens"],
    [{ ...four, outputTokens: 0 }, "outputTokens"],
    [{ ...four, hours: "nights" }, "hours"],
    [{ ...four, hours: hours.slice(1) }, "hours"],
    [{ ...four, hours: hours.map((part, at) => (at === 5 ? -part : part)) }, "hours"],
    [{ ...four, hours: hours.map(() => 0) }, "hours"],
    [{ ...four, hours: hours.map(() => Number.NaN) }, "hours"],
    [{ ...four, lengthSpread: 2 }, "lengthSpread"],
    [{ ...four, burstiness: 0.5 }, "burstiness"],
    [{ ...four, cachedInputShare: 40 }, "cachedInputShare"],
    [{ trace: "my-log.csv" }, "trace"],
    [{ trace: loadTrace("azure-2023-code") }, "trace"],
    [{ trace: makeTrace([]) }, "trace"],
    [{ trace: makeTrace([[0, 0, 0]]) }, "trace"],
    [{ trace: makeTrace([[0, 10, 0]]) }, "trace"],
    [{ trace: makeTrace([[0, 10, 10]], { spanSeconds: 1 }) }, "trace"],
    [{ trace: log, requestsPerMonth: 5 }, "requestsPerMonth"],
    [{ trace: log, hours: "office" }, "hours"],
  ];
  for (const [input, field] of refused) {
    test(`${JSON.stringify(input)?.slice(0, 90)}: ${field}`, () => {
      assert.throws(
        () => describeLoad(input as Parameters<typeof describeLoad>[0]),
        (error) => error instanceof InputError && error.field === field && error.remedy !== "",
      );
    });
  }
});
