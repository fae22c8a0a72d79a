export { checkModelAccess, findModelRevision, type ModelAccess } from "./check-model-access.ts";
export { fetchModelShape } from "./fetch-model-shape.ts";
