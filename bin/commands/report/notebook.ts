// A notebook as Jupyter saves it, as far as a report reads it: what it does not know goes on as it came.

import { readFileSync } from "node:fs";
import { z } from "zod";

/** Jupyter saves a text as one, or as a list of lines. */
const text = z.union([z.string(), z.array(z.string())]).transform((lines) => [lines].flat().join(""));

const output = z.looseObject({
  output_type: z.string(),
  name: z.string().optional(),
  text: text.optional(),
  data: z.record(z.string(), z.union([text, z.unknown()])).optional(),
});

const notebook = z.looseObject({
  cells: z.array(
    z.looseObject({
      cell_type: z.string(),
      source: text,
      outputs: z.array(output).transform(joinStreams).optional(),
    }),
  ),
  metadata: z.looseObject({ language_info: z.looseObject({}).optional() }).default({}),
});

/** An output of a cell: a text that was streamed, or something that was displayed. */
export type Output = z.output<typeof output>;

/** A notebook whose texts are one each, and so is what a stream wrote without anything between. */
export type Notebook = z.output<typeof notebook>;

/** @throws ZodError where the file is no notebook. */
export function readNotebook(file: string): Notebook {
  return notebook.parse(JSON.parse(readFileSync(file, "utf8")));
}

/** What is one text for its readers must be one for whoever looks for something in it. */
function joinStreams(outputs: readonly Output[]): Output[] {
  const joined: Output[] = [];
  for (const output of outputs) {
    const last = joined.at(-1);
    const goesOn =
      output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name;
    if (goesOn) last.text = `${last.text ?? ""}${output.text ?? ""}`;
    else joined.push({ ...output });
  }
  return joined;
}
