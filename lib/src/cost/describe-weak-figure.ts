import type { FigureVerdict, WeakFigure } from "./weak-figure.ts";

/** A verdict against one API that hangs on a weak figure. */
export type WeakVerdict = { api: string; weakFigure: WeakFigure };

/** Says on which figures verdicts hang, and what they would be with the others that are known for them. */
export function describeWeakFigure(verdicts: readonly WeakVerdict[]): string {
  const figureOf = ({ weakFigure: { rate, used } }: WeakVerdict) => `${rate} ${sayFigure(used)}`;
  return [...Map.groupBy(verdicts, figureOf).values()].map(describeOne).join(" ");
}

/** Of verdicts that hang on the same figure. */
function describeOne(verdicts: readonly WeakVerdict[]): string {
  const [first] = verdicts;
  if (first === undefined) return "";
  const { rate, used, others } = first.weakFigure;
  const instead = others.map((other) => {
    const same = verdicts.flatMap(({ api, weakFigure }) => {
      const found = weakFigure.others.find((one) => isSameFigure(one, other));
      return found === undefined ? [] : [`${sayPays(found)} against ${api}`];
    });
    return `with ${sayFigure(other)}, ${same.join(" and ")}`;
  });
  return `This hangs on the rate of ${rate}, ${sayFigure(used)}: ${instead.join("; ")}.`;
}

function isSameFigure(one: FigureVerdict, other: FigureVerdict): boolean {
  return one.tokensPerSecond === other.tokensPerSecond && one.source === other.source;
}

function sayFigure({ tokensPerSecond, kind, source, date }: FigureVerdict): string {
  const rate = tokensPerSecond.toLocaleString("en-US", { maximumFractionDigits: 0 });
  return `${rate} tokens/s (${kind}: ${source}, ${date})`;
}

function sayPays({ pays, utilisationNeeded }: FigureVerdict): string {
  return pays ? `from ${percent(utilisationNeeded)} of full load` : `never (${percent(utilisationNeeded)})`;
}

function percent(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(0)} %` : "no load is enough";
}
