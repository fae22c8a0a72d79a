// People who know Python's notebooks write its lines and a shell's into cells. None of these forms is TypeScript.

/** Longer lines are no statement of a person. */
const longestLine = 300;

/** How a line begins, or all of it. */
const beginnings: readonly RegExp[] = [
  /^import [\w.]+(?: as \w+)?(?:, ?[\w.]+(?: as \w+)?)*$/,
  /^from [\w.]+ import\b/,
  /^(?:async )?def \w+ ?\(/,
  /^class \w+ ?(?:\([\w., =]*\))?:/,
  /^(?:try|else|finally|except(?: [\w., ()]+)?):$/,
  /^(?:raise|elif|nonlocal|global|del) [\w"'([]/,
  /^print ["'\w]/,
  /^(?:"""|''')/,
  /^#(?!\w+ ?(?:[=(;:?!,)]|in\b|$))/,
  /^%%?[A-Za-z]/,
  /^!{1,2}[\w./~-]+ (?!as\b|in\b|instanceof\b|satisfies\b)(?:--?)?[\w./~$"']/,
  /^\?{1,2}[\w.]+$|^[\w.]+\?{1,2}$/,
  /^export [A-Z_]+=\S/,
  /^(?:\$ |sudo )?(?:pip3?|python3?|conda|uv|npm|npx|pnpm|yarn|node|git|curl|wget|ssh|scp|docker|apt|apt-get|brew|cd|ls|cat|cp|mv|rm|mkdir|touch|chmod|echo|grep|source|ollama|vllm|hf|huggingface-cli|nvidia-smi|jupyter) (?!as\b|in\b|of\b|is\b|instanceof\b|satisfies\b)(?:--?)?[\w./~$"'@]/,
];

/** What stands anywhere in a line, whose texts in quotes are empty here. */
const parts: readonly RegExp[] = [
  /^(?:async )?(?:if|while|with|for) [^?]*:$/,
  /^(?:async )?(?:if|while|with|for) [^?(][^?:]*: [\w"]/,
  /(?:^|\W)for \w[\w, ]{0,80} in /,
  /(?:^|[\s(,=+[{:])[fFrRbBuU]{1,2}(?:""|'')/,
  /\blambda(?: [\w, *=]{1,80})?: ?[\w"'([]/,
  /\bnot [\w("[]/,
  /[\w)\]"'] (?:and|or) [\w("[]/,
  /\bis None\b/,
  /[\w)\]"'](?<!\belse) if [\w"']/,
  / # /,
  /^assert [\w.]+ (?:==|!=|is|in) /,
];

/** What nobody writes into Python. */
const typeScript = /===|!==|=>|&&|\|\||[;{]$|\b(?:const|let|var|function|interface|new|typeof)\b/;

/** A command for a shell that is a calculation with unknown names in TypeScript. */
const command =
  /^(?:!(?:ls|pwd|cat|whoami|date|env|free|top|ps|df|du|which|pip3?|python3?|npm|node|git|curl|nvidia-smi|hostname|uname)\b|nvidia-smi\b)/;

/** Functions that Python has everywhere, where TypeScript has none of the name. */
const pythonFunctions =
  /^(?:input|help|quit|exit|dir|str|int|float|dict|tuple|range|enumerate|isinstance|getattr|setattr|hasattr|repr|ord|chr)$/;

/** Whether a line that the compiler cannot read is one of Python or for a shell. */
export function isForeignLine(line: string): boolean {
  if (line.length > longestLine) return false;
  const plain = line.trim().replace(/\s+/g, " ");
  if (/^\S/.test(line) ? beginnings.some((one) => one.test(plain)) : isIndentedForeign(plain)) return true;
  const quiet = plain.replace(/"[^"]*"|'[^']*'/g, '""').replace(/\/\/.*$/, "");
  // A text without its end may say anything; so may what stands around a bracket that is missing.
  if (/["'`]/.test(quiet.replaceAll('""', "")) || typeScript.test(quiet)) return false;
  return count(quiet, ")") <= count(quiet, "(") && parts.some((one) => one.test(quiet));
}

/** Commands begin their line; `%` and `?` go on with one of TypeScript. */
function isIndentedForeign(plain: string): boolean {
  return !/^[%?!]/.test(plain) && beginnings.some((one) => one.test(plain));
}

/** Whether a line with an unknown name is a command for a shell. */
export function isCommand(line: string): boolean {
  return command.test(line);
}

/** Whether a name that no cell has defined is a function of Python. */
export function isPythonFunction(name: string): boolean {
  return pythonFunctions.test(name);
}

function count(line: string, bracket: string): number {
  return line.split(bracket).length;
}
