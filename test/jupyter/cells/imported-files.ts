/** What lies in and beside the folder of the kernel whose cells import it. */
export const importedFiles: Readonly<Record<string, string>> = {
  "near.ts":
    "export const near = 6;\nexport let count = 0;\nexport const increase = () => { count += 1; };\nexport interface Book { title: string }\nexport type Books = Book[];\nexport default function double(n: number) { return n * 2; }\n",
  "../far.ts": "import { near } from './notebook/near.ts';\nexport const far = near + 1;\n",
  "uses.ts":
    "import { version } from './edited.ts';\nimport data from './data.json' with { type: 'json' };\nimport OpenAI from 'openai';\nexport const used = `${data.name} ${version} ${typeof OpenAI}`;\n",
  "edited.ts": "export const version: number = 1;\n",
  "data.json": '{ "name": "shelf", "sizes": [1, 2] }\n',
  "whole.ts":
    "export enum Size { Small = 'S' }\nexport class Point { constructor(readonly x: number) {} }\nnamespace Inner { export const deep = 3; }\nexport const deep = Inner.deep;\nexport const waited = await Promise.resolve('waited');\nexport const here = typeof import.meta.url;\nexport * from './near.ts';\n",
  "plain.js": "export const plain = 'js';\n",
  "module.mjs": "export const fromMjs = 'mjs';\n",
  "old.cjs": "exports.old = 'cjs';\nexports.twice = (n) => n * 2;\n",
  "ring-a.ts":
    "import { b } from './ring-b.ts';\nexport const a = () => 'a' + b();\nexport const end = () => '.';\n",
  "ring-b.ts": "import { end } from './ring-a.ts';\nexport const b = () => 'b' + end();\n",
  "parts/index.ts": "export const part = 'index';\n",
  "loud.ts": "console.log('loud');\nexport {};\n",
  "unreadable.ts": "export const one = 1;\nexport const two = ;\n",
  "mistaken.ts": "export const three: number = 'three';\n",
  "uses-mistaken.ts": "export { three } from './mistaken.ts';\n",
  "broken.json": '{ "open": ',
  "late.cjs": "exports.value = 1;\n",
  "note.txt": "a note\n",
  "my files/späť 1.ts": "export const odd = 'odd name';\n",
};
