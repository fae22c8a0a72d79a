export { drawSalt, fingerprintOf, type Journal, JournalError, journalFile, openJournal } from "./journal.ts";
export {
  type EndpointRecord,
  foldJournal,
  isEndpointStem,
  type JournalState,
  openEndpointRecords,
  openRecords,
  type PodRecord,
  type RentalRecord,
} from "./journal-state.ts";
export { identifyProcess, isProcessAlive, type ProcessIdentity } from "./process-identity.ts";
export { readWorkbookId } from "./workbook-id.ts";
