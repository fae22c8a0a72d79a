import { type AST, RegExpParser } from "@eslint-community/regexpp";

/** One step of a backtracking matcher; numbers are places in the program. */
export type Step =
  | { does: "take"; fits: (code: number) => boolean }
  | { does: "choose"; first: number; second: number }
  | { does: "jump"; to: number }
  | Edge
  | { does: "look"; program: Program; isNegated: boolean }
  | { does: "keep"; register: number }
  | { does: "repeat"; register: number }
  | { does: "advance"; register: number };

/** A place that takes no character: the start or the end of the text or, with the flag `m`, of a line, or of a word. */
export interface Edge {
  does: "edge";
  kind: "start" | "end" | "word";
  isOfLine: boolean;
  isNegated: boolean;
}

/** A pattern as the steps in which V8 tries it; behind the last one it has matched. */
export interface Program {
  steps: Step[];
  isBackwards: boolean;
}

const mostCopies = 2_000;

/** Reads a pattern; throws a SyntaxError where it is none. */
export function parsePattern(source: string, flags: string): AST.Pattern {
  return new RegExpParser({ ecmaVersion: 2025 }).parsePattern(source, 0, source.length, {
    unicode: flags.includes("u"),
    unicodeSets: flags.includes("v"),
  });
}

/** Writes a pattern as a program of steps. */
export function compilePattern(pattern: AST.Pattern, flags: string): Program {
  return compileAlternatives(pattern.alternatives, {
    flags,
    isBackwards: false,
    registers: createRegisters(),
  });
}

interface Context {
  flags: string;
  isBackwards: boolean;
  registers: ReturnType<typeof createRegisters>;
}

/** Gives each group two places for positions, and each loop one. */
function createRegisters() {
  const groups = new Map<AST.CapturingGroup, number>();
  let next = 0;
  const reserve = () => {
    next += 2;
    return next - 2;
  };
  const of = (group: AST.CapturingGroup) => {
    const register = groups.get(group) ?? reserve();
    groups.set(group, register);
    return register;
  };
  return { reserve, of };
}

function compileAlternatives(alternatives: readonly AST.Alternative[], context: Context): Program {
  const program: Program = { steps: [], isBackwards: context.isBackwards };
  addAlternatives(program.steps, alternatives, context);
  return program;
}

function addAlternatives(steps: Step[], alternatives: readonly AST.Alternative[], context: Context): void {
  const jumps: Extract<Step, { does: "jump" }>[] = [];
  alternatives.forEach(({ elements }, index) => {
    const choice = { does: "choose" as const, first: steps.length + 1, second: 0 };
    const isLast = index === alternatives.length - 1;
    if (!isLast) steps.push(choice);
    for (const element of context.isBackwards ? elements.toReversed() : elements)
      addElement(steps, element, context);
    if (isLast) return;
    const jump = { does: "jump" as const, to: 0 };
    jumps.push(jump);
    steps.push(jump);
    choice.second = steps.length;
  });
  for (const jump of jumps) jump.to = steps.length;
}

function addElement(steps: Step[], element: AST.Element, context: Context): void {
  switch (element.type) {
    case "Group":
      addAlternatives(steps, element.alternatives, context);
      return;
    case "CapturingGroup": {
      const register = context.registers.of(element);
      const isUsed = element.references.length > 0;
      if (isUsed) steps.push({ does: "keep", register: register + (context.isBackwards ? 1 : 0) });
      addAlternatives(steps, element.alternatives, context);
      if (isUsed) steps.push({ does: "keep", register: register + (context.isBackwards ? 0 : 1) });
      return;
    }
    case "Backreference": {
      const [group] = [element.resolved].flat();
      if (group !== undefined) steps.push({ does: "repeat", register: context.registers.of(group) });
      return;
    }
    case "Quantifier":
      addQuantifier(steps, element, context);
      return;
    case "Assertion":
      addAssertion(steps, element, context);
      return;
    default:
      steps.push({ does: "take", fits: fitsOf(element.raw, context.flags) });
  }
}

function addAssertion(steps: Step[], assertion: AST.Assertion, context: Context): void {
  if (assertion.kind === "lookahead" || assertion.kind === "lookbehind") {
    const inside = { ...context, isBackwards: assertion.kind === "lookbehind" };
    const program = compileAlternatives(assertion.alternatives, inside);
    steps.push({ does: "look", program, isNegated: assertion.negate });
  } else {
    const isNegated = assertion.kind === "word" && assertion.negate;
    steps.push({ does: "edge", kind: assertion.kind, isOfLine: context.flags.includes("m"), isNegated });
  }
}

function addQuantifier(steps: Step[], { min, max, greedy, element }: AST.Quantifier, context: Context): void {
  const isEndless = max === Number.POSITIVE_INFINITY;
  if ((isEndless ? min : max) > mostCopies)
    throw new Error(`{${min},${max}} repeats more often than this test can try.`);
  for (let copy = 0; copy < min; copy++) addElement(steps, element, context);
  const choices: Extract<Step, { does: "choose" }>[] = [];
  const addChoice = () => {
    const choice = { does: "choose" as const, first: steps.length + 1, second: steps.length + 1 };
    choices.push(choice);
    steps.push(choice);
  };
  if (isEndless) {
    const start = steps.length;
    const register = context.registers.reserve();
    const mayBeEmpty = element.type.endsWith("Group");
    addChoice();
    if (mayBeEmpty) steps.push({ does: "keep", register });
    addElement(steps, element, context);
    if (mayBeEmpty) steps.push({ does: "advance", register });
    steps.push({ does: "jump", to: start });
  } else {
    for (let copy = min; copy < max; copy++) {
      addChoice();
      addElement(steps, element, context);
    }
  }
  for (const choice of choices) {
    if (greedy) choice.second = steps.length;
    else choice.first = steps.length;
  }
}

const known = new Map<string, (code: number) => boolean>();

/** Whether one character, or a class of characters, takes a code unit; V8 itself is asked, once for each. */
export function fitsOf(raw: string, flags: string): (code: number) => boolean {
  const kept = flags.replaceAll(/[^iuvs]/g, "");
  const key = `${kept}/${raw}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const pattern = new RegExp(`^(?:${raw})$`, kept);
  const answers = new Uint8Array(2 ** 16);
  const fits = (code: number) => {
    answers[code] ||= pattern.test(String.fromCharCode(code)) ? 1 : 2;
    return answers[code] === 1;
  };
  known.set(key, fits);
  return fits;
}
