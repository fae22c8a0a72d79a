import type { Row, Theme } from "./row.ts";

/** What a kernel cannot do is told in one sentence that names it, and no cell above could help. */
const impossible: Row[] = [
  { what: "JSX", cells: ["const view = <div>hello</div>;"], complaint: ["1:", "JSX"] },
  {
    what: "JSX with components, attributes and fragments",
    cells: ['const page = (\n  <>\n    <Card title="a" onClick={() => open()} />\n  </>\n);'],
    complaint: ["JSX"],
  },
  { what: "prompt()", cells: ["const who = prompt('your name?');"], complaint: ["1:13 - ", "prompt"] },
  {
    what: "confirm()",
    cells: ["if (confirm('sure?')) console.log('yes');"],
    complaint: ["1:5 - ", "confirm"],
  },
  { what: "alert()", cells: ["alert('done');"], complaint: ["1:1 - ", "alert"] },
  { what: "document", cells: ["document.querySelector('h1');"], complaint: ["1:1 - ", "document"] },
  { what: "window", cells: ["console.log(window.innerWidth);"], complaint: ["1:13 - ", "window"] },
  { what: "localStorage", cells: ["localStorage.setItem('a', 'b');"], complaint: ["localStorage"] },
  {
    what: "a type of pages",
    cells: ["const box = null as unknown as HTMLDivElement;"],
    complaint: ["1:32 - ", "HTMLDivElement"],
  },
  {
    what: "XMLHttpRequest",
    cells: ["const request = new XMLHttpRequest();"],
    complaint: ["1:21 - ", "XMLHttpRequest"],
  },
  {
    what: "requestAnimationFrame()",
    cells: ["requestAnimationFrame(() => {});"],
    complaint: ["1:1 - ", "requestAnimationFrame"],
  },
  {
    what: "print() and None, of Python",
    cells: ["print(None);"],
    complaint: ["1:1 - ", "print", "console.log()"],
  },
];

const above = "cells above";

export const refused: Theme = {
  rows: [
    ...impossible.map((row) => ({ ...row, never: above })),
    {
      what: "a name that is only assigned is told to be declared",
      cells: ["fresh = 5;"],
      complaint: ["1:1 - Cannot find name 'fresh'.", "let fresh"],
    },
    {
      what: "prompt as a name of one's own",
      cells: ["const prompt = (question: string) => `${question} 42`;", "prompt('How many?')"],
      seen: "How many? 42\n",
    },
    {
      what: "what a page has and Node has too",
      cells: [
        "console.log(typeof fetch, typeof structuredClone, typeof navigator, typeof WebSocket, atob(btoa('a')));",
      ],
      seen: "function function object function a\n",
    },
    {
      what: "the stop of a refused cell leaves the kernel alone",
      cells: ["console.log('still here');"],
      seen: "still here\n",
    },
  ],
};
