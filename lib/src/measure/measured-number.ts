import { z } from "zod";
import type { Statistics } from "../statistics.ts";

export const count = z.int().min(0);
export const amount = z.number().min(0);
export const share = z.number().min(0).max(1);

export const statisticsSchema: z.ZodType<Statistics> = z.object({
  count,
  mean: z.number().nullable(),
  min: z.number().nullable(),
  p50: z.number().nullable(),
  p90: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
  max: z.number().nullable(),
});
