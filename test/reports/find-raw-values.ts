import { execFileSync } from "node:child_process";
import { z } from "zod";
import { inProject } from "../../bin/set-up/project.mjs";

const texts = z.array(z.string());
const pagesSchema = z.array(z.object({ laidOut: texts, printed: texts }));

/** More than six decimals, zeros at their start aside; what a cell prints can be a model's own, so there more are taken for raw. */
const longNumber = { laidOut: /\d*\.0{0,20}[1-9]\d{6,}/, printed: /\d*\.\d{11,}/ };
/** As code writes an object or a list, and as Node shortens what is inside it. */
const rawObject = {
  laidOut: /\{ ?['"]?\w+['"]?: |\[ ['"{]|\[object \w+\]|\[(?:Object|Array|Getter)\]/,
  printed: /\[object \w+\]|\[(?:Object|Array|Getter)\]|\{\n +\w+: /,
};

/** Names each number with the digits of a computation, and each object as code writes it, in what pages show. */
export function findRawValues(files: readonly string[]): string[] {
  const options = { encoding: "utf8", maxBuffer: 100_000_000 } as const;
  const script = inProject("test/reports/read-texts.py");
  const read = execFileSync(inProject(".venv/bin/python"), [script, ...files], options);
  return pagesSchema.parse(JSON.parse(read)).flatMap((page, index) => {
    const name = files[index]?.split("/").slice(-2).join("/");
    return (["laidOut", "printed"] as const).flatMap((how) =>
      [longNumber[how], rawObject[how]].flatMap((pattern) =>
        page[how].flatMap((text) => {
          const found = pattern.exec(text);
          return found === null ? [] : [`${name}: ${text.slice(Math.max(0, found.index - 20)).slice(0, 80)}`];
        }),
      ),
    );
  });
}
