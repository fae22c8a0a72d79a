export { releaseLock, takeLock } from "./file-lock.mjs";
export { describeFileProblem } from "./file-problem.mjs";
export { identifyProcess, isProcessAlive, type ProcessIdentity, parseIdentity } from "./process-identity.mjs";
export { makeStateFolder, stateFileMode, writeStateFile } from "./state-files.ts";
export { writeWhole } from "./write-whole.mjs";
