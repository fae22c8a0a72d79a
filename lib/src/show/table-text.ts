import type { Origin, OriginPart } from "./figures.ts";

/** A table whose cells are texts already; `null` is a cell without a value. */
export interface TableText {
  caption: string | undefined;
  columns: {
    head: string;
    align: "left" | "right";
    cells: (string | null)[];
    /** What it says of the origin of each row's figures. */
    says?: OriginPart | null;
    /** Its texts are broken into lines. */
    isLong?: boolean;
  }[];
  rowCount: number;
  notes: string[];
  origins?: readonly Origin[];
}
