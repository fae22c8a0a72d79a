export { cleanWords } from "./clean-words.ts";
export { escapeHtml } from "./escape-html.ts";
export { hideSecrets } from "./hide-secrets.ts";
export { readServerWords } from "./server-words.ts";
export { splitAtOpenSequence, stripControlCharacters } from "./strip-control-characters.ts";
