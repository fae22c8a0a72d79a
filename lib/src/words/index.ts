export { alignColumns } from "./align-columns.ts";
export { cleanWords, findKeyOwner } from "./clean-words.ts";
export { escapeHtml } from "./escape-html.ts";
export { inWords } from "./in-words.ts";
export { findKeyProblem } from "./key-problem.ts";
export { parseJson } from "./parse-json.ts";
export { readServerWords } from "./server-words.ts";
export { splitAtOpenSequence, stripControlCharacters } from "./strip-control-characters.ts";
export { withoutKeys } from "./without-keys.ts";
