export { alignColumns } from "./align-columns.ts";
export { cleanWords, findKeyOwner } from "./clean-words.ts";
export { cutEnd } from "./cut-end.ts";
export { escapeHtml } from "./escape-html.ts";
export { inWords } from "./in-words.ts";
export { parseJson } from "./parse-json.ts";
export { readServerWords } from "./server-words.ts";
export { splitAtOpenSequence, stripControlCharacters } from "./strip-control-characters.ts";
export { withoutKeys } from "./without-keys.ts";
