import type { RunPodPod } from "../client/schemas.ts";
import type { PodRecord } from "../journal/journal-state.ts";
import type { RunPodContext } from "../rental/context.ts";
import { type Judgement, judgeRental } from "../rental/judge-rental.ts";
import { readPodMarks } from "./pod-name.ts";

/** Judges a pod by the marks in its name or its environment; see {@link judgeRental} for the rules. */
export function judgePod(
  context: Pick<RunPodContext, "workbookId" | "now" | "isAlive">,
  options: {
    pod: Pick<RunPodPod, "name" | "env">;
    record: PodRecord | undefined;
    /** Whether the journal can be trusted to name all that is ready. */
    isJournalWhole: boolean;
    /** Whether the pod's `/health` answers; leave it out where nobody asked. */
    isHealthy?: boolean | undefined;
  },
): Judgement {
  return judgeRental(context, { ...options, marks: readPodMarks(options.pod) });
}
