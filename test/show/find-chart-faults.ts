import type { Page } from "playwright-core";

/** Smaller texts are hard to read on a phone. */
const leastFontPx = 9;
const steps = 5;

/**
 * Moves the sliders of every chart of a page, each alone through its range and pairs to their ends, and says what is wrong with
 * the texts: a list for each chart.
 */
export function findChartFaults(page: Page): Promise<string[][]> {
  return page.evaluate<string[][]>(`(${findInPage})(${lookAtTexts}, ${leastFontPx}, ${steps})`);
}

/** Says what is wrong with the texts of the one drawing of a page. */
export function findDrawingFaults(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const found = new Map();
    (${lookAtTexts})(document.querySelector("svg"), found, "", ${leastFontPx});
    return [...found.values()];
  })()`);
}

// A function of the page: adds what is wrong with the texts of a drawing, each fault once, with the first place at which it was seen.
const lookAtTexts = `(svg, found, at, leastFontPx) => {
  const add = (fault) => found.has(fault) || found.set(fault, fault + at);
  const boxOf = (element) => element.getBoundingClientRect();
  const isOver = (one, other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 2;
  const isWithin = (box, frame) =>
    box.left >= frame.left - 1 && box.right <= frame.right + 1 && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
  const frame = boxOf(svg);
  if (frame.right > innerWidth) add("is wider than the page");
  const scale = frame.width / Number(svg.getAttribute("width"));
  const texts = [...svg.querySelectorAll("text")]
    .filter((text) => text.textContent.trim() !== "" && text.getAttribute("opacity") !== "0")
    .map((text) => ({ words: text.textContent, box: boxOf(text), px: parseFloat(getComputedStyle(text).fontSize) * scale }));
  for (const [index, text] of texts.entries()) {
    if (!isWithin(text.box, frame)) add("“" + text.words + "” leaves the picture");
    if (text.px < leastFontPx) add("“" + text.words + "” is " + text.px + " px high");
    for (const other of texts.slice(0, index)) {
      if (isOver(text.box, other.box)) add("“" + text.words + "” lies on “" + other.words + "”");
    }
  }
}`;

// The page knows nothing of this file, so it gets the source.
const findInPage = `async (lookAtTexts, leastFontPx, steps) => {
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const figures = [...document.querySelectorAll("figure.chart")];
  for (const figure of figures) {
    while (figure.querySelector(".chart-live:not([hidden]) svg") === null) {
      figure.scrollIntoView();
      await pause(20);
    }
  }
  // The width follows that of the page.
  await pause(500);

  function look(figure, found, at) {
    const scroll = figure.querySelector(".chart-scroll");
    if (scroll.scrollWidth > scroll.clientWidth) found.set("wide", "is too wide" + at);
    lookAtTexts(figure.querySelector(".chart-live svg"), found, at, leastFontPx);
  }

  function move(slider, value) {
    const before = slider.value;
    slider.value = value;
    if (slider.value !== before) slider.dispatchEvent(new Event("input"));
  }

  const all = [];
  for (const figure of figures) {
    const faults = new Map();
    all.push(faults);
    look(figure, faults, "");
    const sliders = [...figure.querySelectorAll('input[type="range"]')];
    const starts = sliders.map((slider) => slider.value);
    const ends = ({ min, max }) => [Number(min), Number(max)];
    const places = sliders.flatMap((slider) => {
      const [min, max] = ends(slider);
      return Array.from({ length: steps }, (_, step) => [[slider, min + ((max - min) * step) / (steps - 1)]]);
    });
    for (const [index, slider] of sliders.entries()) {
      for (const other of sliders.slice(0, index)) {
        for (const a of ends(slider)) for (const b of ends(other)) places.push([[slider, a], [other, b]]);
      }
    }
    const drawings = new Map();
    for (const place of places) {
      for (const [index, slider] of sliders.entries()) {
        const moved = place.find(([one]) => one === slider);
        move(slider, moved === undefined ? starts[index] : moved[1]);
      }
      await pause(0);
      const svg = figure.querySelector(".chart-live svg");
      if (place.length === 1) drawings.set(place[0][0], (drawings.get(place[0][0]) ?? new Set()).add(svg.innerHTML));
      look(figure, faults, " at " + place.map(([slider]) => slider.name + " = " + slider.value).join(", "));
    }
    for (const [slider, seen] of drawings) {
      if (seen.size < 3) faults.set(slider.name, "hardly moves with " + slider.name);
    }
  }
  return all.map((faults) => [...faults.values()]);
}`;
