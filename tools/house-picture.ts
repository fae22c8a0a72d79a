import { floors } from "../test/house/floors.ts";

/** What a room is for, in a few words; a room without words, a single file, is not drawn. */
export const purposes: Readonly<Record<string, string>> = {
  "open-endpoint": "what the target means",
  explain: "cause and remedy of errors",
  "hand-over": "for other programs",
  "scale-out": "router, choice of form",
  "run-findings": "what a run has found",
  decide: "every way to serve a load, one answer",
  runpod: "plan, rent, wait, end",
  measure: "load and counters",
  questions: "right answers",
  cost: "bills, break-even, replay of traces",
  endpoint: "chat over the openai package",
  serving: "what vLLM needs, the forecast",
  traffic: "logs and loads",
  hub: "Hugging Face",
  facts: "prices, GPUs, models, errors",
  show: "charts, tables, progress",
  kernel: "all that knows tslab",
  settings: "what .env says",
  network: "where keys may go, limits",
  errors: "with remedy",
  files: "locks, whole files",
  words: "cleaned, aligned",
};

const left = 16;
const width = 640;
const height = 46;
const gap = 12;

/** Draws the rooms of lib/src on their floors as SVG, the notebooks on top. */
export function housePicture(): string {
  const rooms = floors.map((floor) => floor.filter((room) => room in purposes)).reverse();
  const shown = [["notebooks"], ...rooms.filter((floor) => floor.length > 0)];
  const topOf = (row: number) => 20 + row * (height + gap);
  const bottom = topOf(shown.length) - gap;
  const row = (room: string) => shown.findIndex((floor) => floor.includes(room));
  const drawn = shown.flatMap((floor, index) => {
    const each = (width - gap * (floor.length - 1)) / floor.length;
    return floor.map((room, place) =>
      drawRoom(room, purposes[room] ?? "00 to 07: prose and short cells", {
        kind: "room",
        x: left + place * (each + gap),
        y: topOf(index),
        width: each,
        height,
      }),
    );
  });
  const aside = { kind: "aside", x: left + width + 2 * gap, width: 204 } as const;
  const commands = { ...aside, y: topOf(0), height: topOf(2) - gap - topOf(0) };
  const standIns = { ...aside, y: topOf(row("facts")), height: bottom - topOf(row("facts")) };
  const said = shown.map((floor) => floor.join(", ")).join("; ");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 ${bottom + 48}" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" role="img" aria-labelledby="t">
<title id="t">The rooms of lib/src as floors, from the top: ${said}. Each floor imports only from floors below it. The rehearsal, a package of its own, and the commands stand beside them.</title>
<style>.page{fill:#fdfcfa}.room{fill:#eef3f1;stroke:#2f6f62}.aside{fill:#f6efe2;stroke:#8a5a13}text{fill:#22262b}.soft{fill:#565d64}@media(prefers-color-scheme:dark){.page{fill:#15181c}.room{fill:#1d2b29;stroke:#6fb8a8}.aside{fill:#2b2519;stroke:#d0a050}text{fill:#dfe2e5}.soft{fill:#a9b0b7}}</style>
<rect class="page" width="100%" height="100%" rx="8"/>
${drawn.join("\n")}
${drawRoom("bin/commands", "start, lab, test, pods, …", commands)}
${drawRoom("rehearsal", "stand-ins, a package of its own", standIns)}
<text class="soft" x="${left}" y="${bottom + 28}" font-size="12">Each floor imports only from floors below it; a room is entered by its index.ts. test/house checks both.</text>
</svg>
`;
}

function drawRoom(
  name: string,
  purpose: string,
  box: { kind: "room" | "aside"; x: number; y: number; width: number; height: number },
): string {
  const { kind, x, y, width: across, height: tall } = box;
  const [middle, line] = [x + across / 2, y + tall / 2];
  return `<rect class="${kind}" x="${x}" y="${y}" width="${across}" height="${tall}" rx="5"/>
<text x="${middle}" y="${line - 3}" font-size="14" font-weight="600" text-anchor="middle">${name}</text>
<text class="soft" x="${middle}" y="${line + 14}" font-size="12" text-anchor="middle">${purpose}</text>`;
}
