import type { Row } from "./row.ts";

/** A word is a variable that all cells share, one of a function's own, a name of a property, or a type: by where it stands. */
export const scopes: readonly Row[] = [
  {
    what: "labels, properties, methods, members and type parameters of the same name",
    cells: [
      "let at = 2, amount = 9;",
      "at: for (const q of [1, 2]) { continue at; }\nconst o = { at: 1, amount() { return this.at; } };\nclass K { at = at; amount = amount; }\nenum E { at = 3, other = at }\nfunction same<amount>(x: amount): amount { return x; }\nconsole.log(o.amount(), new K(), E.other, same(4));",
    ],
    seen: "1 K { at: 2, amount: 9 } 3 4\n",
  },
  {
    what: "types that are made of a variable",
    cells: [
      "const prices = { A40: 0.39 };\ntype Card = keyof typeof prices;",
      "const card: Card = 'A40'; const hourly: (typeof prices)[Card] = prices[card];\nhourly",
    ],
    seen: "0.39\n",
  },
  {
    what: "a function and its namespace, a class and its interface, in one cell",
    cells: [
      "function both() { return both.extra; }\nnamespace both { export const extra = 1; }\ninterface Merged { more?: number }\nclass Merged { own = 2; }",
      "console.log(both(), new Merged().own, new Merged().more);",
    ],
    seen: "1 2 undefined\n",
  },
  {
    what: "a function expression's own name",
    cells: [
      "let inside = 1;\nconst named = function inside() { return inside.name; };",
      "console.log(named(), inside);",
    ],
    seen: "inside 1\n",
  },
  {
    what: "a function or class without a name takes that of the variable to which it is assigned",
    cells: [
      "let send: any, stop: any, Shelf: any, read: any, write: any, __proto__ = { wheels: 4 };",
      "send = () => 1; stop ||= async function () {}; Shelf = class {}; ({ read = () => 2 } = {} as any); [write = () => 3] = [] as any;\nconst typed = (() => 4) satisfies () => number;\nconsole.log([send, stop, Shelf, read, write, typed].map((one) => one.name).join(), Object.keys({ __proto__ }));",
    ],
    seen: "send,stop,Shelf,read,write,typed [ '__proto__' ]\n",
  },
  {
    what: "default values of parameters that use variables and other parameters",
    cells: [
      "let most = 1;\nconst range = (from = most, to = from + most) => [from, to];",
      "most = 5;\nrange()",
    ],
    seen: "[ 5, 10 ]\n",
  },
  {
    what: "destructuring in loops: assigned, and declared",
    cells: [
      "let each = 0; let kept: number[] = [];",
      "for ({ each } of [{ each: 9 }]) kept.push(each);\nfor (const { each } of [{ each: 7 }]) kept.push(each);\n({ a: each = each + 3 } = {} as { a?: number });\n[, ...kept] = [0, ...kept];\nconsole.log(each, kept);",
    ],
    seen: "12 [ 9, 7 ]\n",
  },
  {
    what: "counting within an index, in front and behind",
    cells: [
      "const list: number[] = []; let next = 0; const step = () => next++;",
      "list[next++] = next; list[next++] = next * 2; step(); next = 10; step();\nconsole.log(list, next, next--, --next);",
    ],
    seen: "[ 1, 4 ] 11 11 9\n",
  },
  {
    what: "var within blocks, and let within switch and braces",
    cells: [
      "let mode = 'a';\nif (true) var inIf = 5;\ntry { throw 1; } catch { var inCatch = 3; }\n{ var { one, ...others } = { one: 1, two: 2 }; }\nswitch (mode) { case 'a': let mode = 'inner'; }",
      "console.log(inIf, inCatch, one, others, mode);",
    ],
    seen: "5 3 1 { two: 2 } a\n",
  },
  {
    what: "a function is there before its line, also where it is declared again",
    cells: [
      "function hoist() { return 'old'; }",
      "console.log(hoist());\nfunction hoist() { return 'new'; }",
    ],
    seen: "new\n",
  },
  {
    what: "this of a called function is that of every module",
    cells: [
      "const callIt = function (this: unknown) { return this; };\nconst holder = { callIt, isMe() { return this === holder; } };",
      "console.log(callIt(), (callIt)(), holder.callIt() === holder, holder.isMe());",
    ],
    seen: "undefined undefined true true\n",
  },
  {
    what: "exports in every form: defaults without a name, lists, types",
    cells: [
      "export default class { books = 1; }",
      "export default () => 5;",
      "interface Howl { title: string }\nconst howl: Howl = { title: 'Howl' };\nexport { howl as poem };\nexport type { Howl };",
      "howl.title",
    ],
    seen: "Howl\n",
  },
  {
    what: "using, at the top of a cell, ends with it",
    cells: ["using file = { [Symbol.dispose]: () => console.log('closed') };\nconsole.log('open');"],
    seen: "open\nclosed\n",
  },
];
