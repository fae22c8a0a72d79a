import { networkVolumeUsdPerMonth } from "../../serving/index.ts";
import type { RunPodNetworkVolume } from "../client/endpoint-schemas.ts";
import type { RunPodSecret, RunPodTemplate } from "../client/schemas.ts";
import { templateNameOf } from "../pods/ensure-template.ts";
import { secretNameOf } from "../pods/secret-name.ts";
import type { RunPodContext } from "../rental/context.ts";

/** Something that stays on the account when no machine runs: it goes on costing money, or merely lies about. */
export interface Leftover {
  kind: "network volume" | "template" | "secret";
  id: string;
  name: string;
  /** Whether this workbook made it, by its name; nothing else is ever deleted. */
  isOurs: boolean;
  /** Computed from the list price; 0 for what only lies about. */
  usdPerMonth: number;
  /** A few words: what it is for. */
  note: string;
}

/** Describes a network volume: it costs money until it is deleted, whoever made it. */
export function describeVolume(context: RunPodContext, volume: RunPodNetworkVolume): Leftover {
  const { id, name, size } = volume;
  const own = `workbook-${context.workbookId}`;
  return {
    ...{ kind: "network volume", id, name },
    isOurs: name === own || name.startsWith(`${own}-`),
    usdPerMonth: networkVolumeUsdPerMonth(size),
    note: `${size} GB in ${volume.dataCenter}, billed with or without a machine`,
  };
}

/** Describes a template; `null` for one that this workbook did not make, which is none of its business. */
export function describeTemplate(context: RunPodContext, { id, name }: RunPodTemplate): Leftover | null {
  if (name !== templateNameOf(context.workbookId)) return null;
  const note = "the last plan, as a preset for the console";
  return { kind: "template", id, name, isOurs: true, usdPerMonth: 0, note };
}

/** Describes a secret; `null` for one that this workbook did not make. */
export function describeSecret(context: RunPodContext, { id, name }: RunPodSecret): Leftover | null {
  if (name !== secretNameOf(context.workbookId)) return null;
  const note = "the Hugging Face token, for machines that serve gated models";
  return { kind: "secret", id, name, isOurs: true, usdPerMonth: 0, note };
}
