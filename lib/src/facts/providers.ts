/** What people call the providers of the price book, and which of them pass requests on and name the price of one of their hosts. */
const providers: ReadonlyMap<string, { name: string; isRouter?: true }> = new Map([
  ["akash", { name: "Akash" }],
  ["alibaba", { name: "Alibaba Cloud" }],
  ["aws", { name: "Amazon Web Services" }],
  ["aws-bedrock", { name: "Amazon Bedrock" }],
  ["azure", { name: "Azure" }],
  ["cerebras", { name: "Cerebras" }],
  ["deepinfra", { name: "DeepInfra" }],
  ["fireworks", { name: "Fireworks" }],
  ["google-vertex", { name: "Google Vertex AI" }],
  ["groq", { name: "Groq" }],
  ["hyperbolic", { name: "Hyperbolic" }],
  ["lambda", { name: "Lambda" }],
  ["mistral", { name: "Mistral" }],
  ["nebius", { name: "Nebius" }],
  ["novita", { name: "Novita" }],
  ["openrouter", { name: "OpenRouter", isRouter: true }],
  ["runpod", { name: "Runpod" }],
  ["sambanova", { name: "SambaNova" }],
  ["together", { name: "Together" }],
  ["verda", { name: "Verda" }],
]);

/** What people call a provider of the price book: `Amazon Bedrock` for `aws-bedrock`; one that has no name here is called as there. */
export function providerName(provider: string): string {
  return providers.get(provider)?.name ?? provider;
}

/** Says whether a provider resells what hosts offer, so that its price is no second opinion beside theirs. */
export function isRouter(provider: string): boolean {
  return providers.get(provider)?.isRouter === true;
}
