import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type SweptPods, WorkbookError } from "workbook";
import { endEverything } from "../../bin/commands/money/end-everything.ts";

const swept = (id: string): SweptPods => ({
  ended: [{ id, name: id, reason: "everything is to end", usd: null, isSimulated: false }],
  kept: [],
  mayStillCome: [],
  problems: [],
});
const nothing: SweptPods = { ended: [], kept: [], mayStillCome: [], problems: [] };
const resists = (what: string) => async () => {
  throw new WorkbookError(`${what} could not be ended.`, { remedy: `${what} is still there.` });
};

describe("ending everything", () => {
  test("says of pods and endpoints what became of them", async () => {
    const { ended } = await endEverything({
      sweepPods: async () => swept("p1"),
      sweepEndpoints: async () => swept("e1"),
    });
    assert.deepEqual(
      ended.map(({ id }) => id),
      ["p1", "e1"],
    );
  });

  test("names all that is still there, and what was ended all the same", async () => {
    await assert.rejects(
      endEverything({ sweepPods: resists("The pod p1"), sweepEndpoints: resists("The endpoint e1") }),
      /The pod p1 is still there\..*The endpoint e1 is still there\./s,
    );
    await assert.rejects(
      endEverything({ sweepPods: resists("The pod p1"), sweepEndpoints: async () => swept("e1") }),
      /The pod p1 is still there\..*Ended e1/s,
    );
    await assert.rejects(
      endEverything({ sweepPods: resists("The pod p1"), sweepEndpoints: async () => nothing }),
      /The pod p1 is still there\.$/,
    );
  });

  test("says once what keeps both of them from ending", async () => {
    const both = resists("Nothing");
    await assert.rejects(endEverything({ sweepPods: both, sweepEndpoints: both }), {
      message: "Nothing could not be ended. Nothing is still there.",
    });
  });
});
