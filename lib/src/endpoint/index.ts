export { normalizeBaseUrl, serverRoot } from "./base-url.ts";
export type { ChatEvent, ChatRequest, ChatUsage, VllmParameters } from "./chat-events.ts";
export type { ChatResult } from "./chat-result.ts";
export { connectEndpoint, type Endpoint } from "./endpoint.ts";
export { ChatStreamError, EndpointError, type EndpointProblem } from "./endpoint-error.ts";
export { foldSystemPrompt } from "./fold-system-prompt.ts";
export { interruptible, listenForInterrupt } from "./interruptible.ts";
export { printChat } from "./print-chat.ts";
export { type StreamOptions, streamChat } from "./stream-chat.ts";
