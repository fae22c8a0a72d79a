import { type AST, visitRegExpAST } from "@eslint-community/regexpp";
import { fitsOf, parsePattern } from "./compile-pattern.ts";

/** A text that grows: the pumps stand between head and tail, each repeated alike often. */
export interface Attack {
  head: string;
  pumps: readonly string[];
  tail: string;
}

/** What servers and models can send to every place alike. */
export const anywhere = [
  ..."-.aA0_ \t\n\"'\\/=:;,<>()[]{}|&%@#$*+~^`?!\u001b\u0007\u009b\u009d\u009c\u0000é…\ud83d",
  "token=",
  "--token ",
  'a="',
  '\\"',
  "<td>",
  "<th>",
  "balance<",
  "-----\n",
  "\u001b]",
  "\u001b[",
  "a.b@",
  "http://",
  "sk-",
  ". ",
  "1,",
  "a-1 ",
  "/a",
];

const variants = [0, 1, 2, 3];

/** Writes the attack as a text of about this length. */
export function writeAttack({ head, pumps, tail }: Attack, length: number): string {
  const room = length / pumps.length;
  return head + pumps.map((pump) => pump.repeat(Math.ceil(room / pump.length))).join("") + tail;
}

/**
 * Derives texts that may be slow to search from the pattern itself: of each quantifier what stands before it and its
 * body over and over, neighbouring ones together, and each beginning of what the pattern matches over and over.
 */
export function makeAttacks(source: string, flags: string): Attack[] {
  const pattern = parsePattern(source, flags);
  const alphabet = listCharacters(pattern);
  const attacks: Attack[] = anywhere.map((pump) => ({ head: "", pumps: [pump], tail: "" }));
  const add = (head: string, pumps: readonly string[], tails: readonly string[]) => {
    const whole = pumps.filter((pump) => pump !== "");
    if (whole.length > 0) for (const tail of tails) attacks.push({ head, pumps: whole, tail });
  };
  for (const variant of variants) {
    const { text, quantifiers } = writeMatch(pattern, { alphabet, flags, variant });
    const tails = ["", "\0", ...new Set(quantifiers.flatMap(({ refused }) => refused))];
    for (let end = 1; end <= text.length; end++) {
      const beginning = text.slice(0, end);
      add("", [beginning], tails);
      add("", [`${beginning} `], [""]);
    }
    quantifiers.forEach(({ head, body }, index) => {
      add(head, [body], tails);
      add(head, [body, quantifiers[index + 1]?.body ?? ""], tails);
    });
  }
  return [...new Map(attacks.map((attack) => [JSON.stringify(attack), attack])).values()];
}

/** The characters that a pattern names, and some of each kind. */
function listCharacters(pattern: AST.Pattern): string[] {
  const named = new Set<number>();
  visitRegExpAST(pattern, { onCharacterEnter: ({ value }) => void named.add(value) });
  return [...new Set([...[...named].map((code) => String.fromCodePoint(code)), ..."aZ0_-. /<\n"])];
}

/** Writes a text that a pattern takes, and notes of each quantifier what stands before it, its body and what ends it. */
function writeMatch(
  pattern: AST.Pattern,
  options: { alphabet: readonly string[]; flags: string; variant: number },
) {
  const { alphabet, flags, variant } = options;
  const quantifiers: { head: string; body: string; refused: string[] }[] = [];
  let text = "";
  const pick = <One>(all: readonly One[]) => all[variant % Math.max(1, all.length)];

  function addAlternatives(alternatives: readonly AST.Alternative[]): void {
    for (const element of pick(alternatives)?.elements ?? []) addElement(element);
  }
  function addElement(element: AST.Element): void {
    if (element.type === "Group" || element.type === "CapturingGroup") addAlternatives(element.alternatives);
    else if (element.type === "Quantifier") addQuantifier(element);
    else if (element.type !== "Assertion" && element.type !== "Backreference") {
      text += pick(alphabet.filter((one) => fitsOf(element.raw, flags)(one.charCodeAt(0)))) ?? "";
    }
  }
  function addQuantifier({ min, max, element }: AST.Quantifier): void {
    const head = text;
    addElement(element);
    const body = text.slice(head.length);
    const fits = fitsOf(element.raw, flags);
    const refused = alphabet.filter((one) => !fits(one.charCodeAt(0)));
    if (max > 1) quantifiers.push({ head, body, refused: refused.slice(0, 2) });
    text = head + body.repeat(Math.max(min, variant % 2));
  }
  addAlternatives(pattern.alternatives);
  return { text, quantifiers };
}
