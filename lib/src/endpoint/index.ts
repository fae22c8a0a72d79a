export { isFilterReason } from "./answer-notices.ts";
export { readBaseUrl, serverRoot } from "./base-url.ts";
export { type Access, keyHeaders, listSecrets, routeUrl } from "./call-endpoint.ts";
export {
  type ChatEvent,
  type ChatNotice,
  type ChatRequest,
  type ChatUsage,
  isOtherChoice,
} from "./chat-events.ts";
export { type ChatResult, createChatRecorder } from "./chat-result.ts";
export { countPromptTokens, tokenizePrompt } from "./check-context.ts";
export { describeEndpoint } from "./describe-endpoint.ts";
export { connectEndpoint, type Endpoint } from "./endpoint.ts";
export { ChatRequestError, ChatStreamError, EndpointError, type EndpointProblem } from "./endpoint-error.ts";
export { findLocalServer, type LocalPort, usualPorts } from "./find-local-server.ts";
export { foldSystemPrompt } from "./fold-system-prompt.ts";
export { findNearNames } from "./near-names.ts";
export { printChat } from "./print-chat.ts";
export { refusesSystemPrompt } from "./read-refusal.ts";
export {
  describeChange,
  findRefusedField,
  type LimitName,
  limitNames,
  type OwnField,
  otherLimit,
} from "./refused-field.ts";
export { streamChat } from "./stream-chat.ts";
export { withoutThoughts } from "./think-tags.ts";
export {
  createRepeatedEvents,
  createWireReader,
  type RepeatedEvents,
  type WireChunk,
  type WireEnd,
  type WireFailure,
  type WireUsage,
} from "./wire/index.ts";
