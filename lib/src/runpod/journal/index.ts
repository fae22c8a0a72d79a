export { drawSalt, fingerprintOf, type Journal, JournalError, journalFile, openJournal } from "./journal.ts";
export { foldJournal, type JournalState, openRecords, type PodRecord } from "./journal-state.ts";
export { identifyProcess, isProcessAlive, type ProcessIdentity } from "./process-identity.ts";
export { readWorkbookId } from "./workbook-id.ts";
