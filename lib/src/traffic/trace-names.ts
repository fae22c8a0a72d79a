import type { TimeUnit } from "./time-unit.ts";

// Names as they are compared: in lower case, without separators, of times also without their unit; the first that is found
// is taken. A name may take in those of the objects around it. Sources:
// https://github.com/Azure/AzurePublicDataset (TIMESTAMP, ContextTokens, GeneratedTokens)
// https://github.com/HPMLL/BurstGPT (Timestamp, Request tokens, Response tokens)
// https://github.com/microsoft/vidur (num_prefill_tokens), https://github.com/mutinifni/splitwise-sim (prompt_size)
// https://github.com/kvcache-ai/Mooncake (timestamp, input_length, output_length)
// https://github.com/BerriAI/litellm/blob/main/schema.prisma (LiteLLM_SpendLogs, LiteLLM_DailyUserSpend)
// https://langfuse.com/docs/api-and-data-platform/features/blob-storage-export-fields
// https://platform.openai.com/docs/api-reference/usage and …/chat/list (buckets; created, usage)
// https://github.com/Helicone/helicone/tree/main/examples/export/typescript
// https://github.com/ai-dynamo/aiperf/blob/main/docs/tutorials/working-with-profile-exports.md
// https://github.com/ai-dynamo/aiperf, src/aiperf/dataset/loader/baseten_trace.py (timestamp_start_unix_ms)
// https://developers.cloudflare.com/api/resources/ai_gateway/subresources/logs (tokens_in, tokens_out)
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html (inputTokenCount)
// https://opentelemetry.io/docs/specs/semconv/gen-ai and https://github.com/Arize-ai/openinference (spans)
// https://openrouter.ai/docs/api-reference/get-a-generation (native_tokens_prompt, tokens_prompt)
export const timeNames = (
  "timestamp timestamps arrival arrivaltime arrivaltimestamp arrivedat timestampstart requeststart requeststarttime " +
  "requestcreatedat requesttimestamp requesttime requestedat starttime starttimes startedat startingat " +
  "starttimestamp start eventtime @timestamp time ts createdat created createtime creationtime datetime " +
  "aggregationtimestamp sentat senttime submittedat submittime receivedat receivedtime begintime eventtimestamp " +
  "recordedat timegenerated insertedat loggedat date"
).split(" ");
export const inputNames = (
  "usagedetailsinput inputtokens inputsequencelength contexttokens prompttokens requesttokens inputlength " +
  "nativetokensprompt tokensprompt inputtokencount prompttokencount tokencountprompt tokensin uncachedinputtokens " +
  "numprompttokens numprefilltokens promptsize numinputtokens promptlength usageinput tokensinput promptevalcount " +
  "promptn ncontexttokenstotal totalinputtokens totalprompttokens requnits usageprompt tokenusageinput " +
  "tokenusageprompt requesttokencount nprompttokens intokens inputtoken prompttoken inputlen inputlens promptlen " +
  "isl input"
).split(" ");
export const outputNames = (
  "usagedetailsoutput outputtokens outputsequencelength generatedtokens completiontokens responsetokens outputlength " +
  "nativetokenscompletion tokenscompletion outputtokencount completiontokencount " +
  "candidatestokencount tokencountcompletion tokensout numcompletiontokens numdecodetokens tokensize " +
  "numoutputtokens numgeneratedtokens responselength usageoutput tokensoutput evalcount predictedn " +
  "ngeneratedtokenstotal totaloutputtokens totalcompletiontokens resunits usagecompletion tokenusageoutput " +
  "tokenusagecompletion responsetokencount ncompletiontokens outtokens outputtoken completiontoken outputlen " +
  "outputlens osl output"
).split(" ");
// Tokens of the input that a cache held. Further sources:
// https://platform.openai.com/docs/guides/prompt-caching (prompt_tokens_details.cached_tokens; Azure and vLLM have it too)
// https://platform.openai.com/docs/api-reference/usage (input_cached_tokens)
// https://api-docs.deepseek.com/guides/kv_cache (prompt_cache_hit_tokens)
// https://ai.google.dev/api/generate-content (cachedContentTokenCount), https://docs.helicone.ai (prompt_cache_read_tokens)
// https://github.com/vllm-project/vllm/blob/main/vllm/outputs.py (num_cached_tokens)
// https://reference.langchain.com/python/langchain-core/messages/ai/InputTokenDetails (cache_read)
// https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md (cache_n)
export const cachedNames = (
  "cachedinputtokens inputcachedtokens cachereadinputtokens cachereadinputtokencount inputcacheread " +
  "prompttokensdetailscachedtokens inputtokensdetailscachedtokens cachedtokens numcachedtokens cachereadtokens " +
  "promptcachehittokens cachedcontenttokencount nativetokenscached promptcachereadtokens promptdetailscacheread " +
  "cachedprompttokens promptcachedtokens inputcachedtokencount cachedtokencount cachedinputtokencount " +
  "inputtokendetailscacheread prompttokendetailscacheread cachen"
).split(" ");
/** How many requests a row adds up. */
export const countNames =
  "nummodelrequests nrequests numrequests requestcount apirequests totalrequests requests".split(" ");
/** Where the period of such a sum ends. */
export const endNames = "endtime endingat end".split(" ");
/** Words of a name that tell the unit of a time, and words that tell nothing (`null`). */
export const unitWords = new Map<string, TimeUnit | null>([
  ...["s", "sec", "secs", "seconds"].map((word) => [word, "seconds"] as const),
  ...["ms", "msec", "millis", "milliseconds"].map((word) => [word, "milliseconds"] as const),
  ...["us", "usec", "micros", "microseconds"].map((word) => [word, "microseconds"] as const),
  ...["ns", "nano", "nanos", "nanoseconds"].map((word) => [word, "nanoseconds"] as const),
  ...["unix", "epoch", "utc", "iso"].map((word) => [word, null] as const),
]);

/** Names that as often stand for texts: they count alone, outside of objects, and for numbers only. */
export const vagueNames = new Set(["input", "output", "requests", "start", "end", "date"]);
