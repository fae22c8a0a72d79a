/** What a client is to do. */
export interface ClientOrder {
  client: "instrument" | "bare loop";
  baseUrl: string;
  apiKey: string;
  streams: number;
  requestsPerStream: number;
  outputTokens: number;
  rampMs: number;
}

/** What one client measured, and what it cost. */
export interface ClientReport {
  tokensPerSecond: number;
  wholeRunTokensPerSecond: number;
  tokens: number;
  timeToFirstTokenMsP50: number;
  timePerOutputTokenMsP50: number;
  cpuMicrosecondsPerEvent: number;
  memoryMb: number;
  verdict: string;
}
