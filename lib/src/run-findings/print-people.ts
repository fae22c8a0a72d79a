import type { Measurement } from "../measure/index.ts";
import { writeFindings } from "./findings-file.ts";

/** Prints how many streams keep to a measurement's latency target; `npm start` tells it in its summary. */
export function printPeople({ targetSearch }: Pick<Measurement, "targetSearch">): void {
  if (targetSearch === null) {
    console.log(
      "This measurement had no latencyTarget, so it did not find out how many people the server serves at once.",
    );
    return;
  }
  console.log(targetSearch.words);
  writeFindings({ people: targetSearch.words });
}
