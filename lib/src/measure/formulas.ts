/** What each figure of a measurement means, in words; it goes with every saved measurement. */
export const formulas: Record<string, string> = {
  outputTokensPerSecond:
    "Output tokens made while all streams were in flight (the steady window), divided by that window's length; " +
    "a token at the window's edge counts with the part of its making that lies in it. " +
    "Tokens come from the server's own usage; where chunks carry no running counts, an answer's tokens are spread evenly over its chunks.",
  inputTokensPerSecond:
    "Prompt tokens, by the server's usage, each prompt's with the part of the time to its first token that lies in the steady window, divided by the window's length.",
  steadyWindow:
    "From the moment in which as many requests are in flight as aimed at, to the first moment in which one ends and none follows. " +
    "With Poisson arrivals: from the first request that is complete after a tenth of the time, to the last arrival.",
  wholeRun:
    "Tokens of completed requests, divided by the time from the first request sent to the last one ended: ramp and tail are inside.",
  timeToFirstTokenMs:
    "From sending a request (with Poisson arrivals: from its time of arrival) to the first text, reasoning or tool text that is not empty.",
  timePerOutputTokenMs:
    "Of each completed request: (last token − first text) ÷ (tokens − tokens that had come with the first text), which is tokens − 1 where that was one.",
  interChunkMs: "Time between two chunks with text of one stream; a chunk is not always one token.",
  requestMs:
    "From sending a request (with Poisson arrivals: from its time of arrival) to the end of its answer.",
  percentiles:
    "Of n sorted values the one at rank p × (n − 1), counted from 0, interpolated linearly; over completed requests only (interChunkMs: over all).",
  goodput:
    "Requests that kept to every limit of the latency target: time to first token, and their own mean time per output token. " +
    "One that failed, had an empty answer or was ended by a filter did not. One that was cut off here while in time, and an answer without counts, are not judged. " +
    "The interval is Wilson's, 95 %; the rate is over the whole run.",
  achievedStreams: "Mean number of requests in flight over the steady window, weighted by time.",
  hitShare:
    "Expected: of each completed request's prompt the whole blocks (as the server's counters name them, else of 16 tokens) that the common head, or the turn before it with its answer but for the last token, had already, by all prompt tokens. " +
    "Server: hits by queries of its prefix cache's counters, in tokens, over the level.",
  coldAndWarmTokensPerSecond:
    "Prompt tokens, cached ones included, of completed first (cold) or later (warm) turns, divided by the time of their reading: from sending to the first text, where each moment belongs in equal parts to all requests that wait in it. " +
    "Queueing and the writing of other answers are inside, so with many streams it is rather too low.",
  knee: "The last level before output rises by less than 5 % for twice the streams.",
  eventLoopDelayMs: "99th percentile of how late this process's timers fired while the level ran.",
  server:
    "What vLLM's own counters gained from before the first to after the last measured request of the level.",
};
