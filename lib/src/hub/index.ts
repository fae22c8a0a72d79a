export type { ModelAccess } from "./check-model-access.ts";
