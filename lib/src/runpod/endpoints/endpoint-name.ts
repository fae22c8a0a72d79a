import { randomBytes } from "node:crypto";
import { type PodName, readMarks, readName } from "../pods/pod-name.ts";

// RunPod's older API marked endpoints with FlashBoot by an ending of their name: it is tolerated.
const form = /^(workbook-([0-9a-f]{10})-e-[0-9a-z]{6})-(\d{8}T\d{6}Z)(?: -fb)?$/;

/** Draws the part of an endpoint's name that stays: `workbook-<id>-e-<draw>`, which no pod has. */
export function drawEndpointStem(workbookId: string): string {
  return `workbook-${workbookId}-e-${randomBytes(3).toString("hex")}`;
}

/**
 * The variables of an endpoint's environment that tell the same as its name.
 *
 * They differ from a pod's: should its workers be listed among the pods, nobody must take them for pods of their own.
 */
export const endpointVariables = {
  workbookId: "WORKBOOK_ID",
  stem: "WORKBOOK_ENDPOINT",
  deadline: "WORKBOOK_DEADLINE",
} as const;

/** Reads whose endpoint it is and until when it may stay, from its name or else its environment; `null`: no workbook's. */
export function readEndpointMarks(endpoint: {
  name: string;
  env?: Record<string, string> | null | undefined;
}): PodName | null {
  return readName(form.exec(endpoint.name)) ?? readMarks(endpoint.env ?? {}, endpointVariables);
}
