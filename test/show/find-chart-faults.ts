import type { Page } from "playwright-core";

/** Smaller texts are hard to read on a phone. */
const leastFontPx = 9;
const steps = 5;

/**
 * Moves the sliders of every chart of a page, each alone through its range and pairs to their ends, and says what is wrong with
 * the texts: a list for each chart.
 */
export function findChartFaults(page: Page): Promise<string[][]> {
  return page.evaluate<string[][]>(`(${findInPage})(${leastFontPx}, ${steps})`);
}

// The page knows nothing of this file, so it gets the source.
const findInPage = `async (leastFontPx, steps) => {
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

  const boxOf = (element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return { left, right, top, bottom };
  };
  const isOver = (one, other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 2;
  const isWithin = (box, frame) =>
    box.left >= frame.left - 1 && box.right <= frame.right + 1 && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;

  function look(figure, found, at) {
    // Each once, with the first place at which it was seen.
    const faults = { add: (fault, place) => found.has(fault) || found.set(fault, fault + place) };
    const svg = figure.querySelector(".chart-live svg");
    const frame = boxOf(svg);
    const scroll = figure.querySelector(".chart-scroll");
    if (scroll.scrollWidth > scroll.clientWidth) faults.add("is " + (scroll.scrollWidth - scroll.clientWidth) + " px too wide", at);
    const scale = (frame.right - frame.left) / Number(svg.getAttribute("width"));
    const texts = [...svg.querySelectorAll("text")]
      .filter((text) => text.textContent.trim() !== "" && getComputedStyle(text).opacity !== "0" && text.getAttribute("opacity") !== "0")
      .map((text) => ({ words: text.textContent, box: boxOf(text), px: parseFloat(getComputedStyle(text).fontSize) * scale }));
    for (const [index, text] of texts.entries()) {
      if (!isWithin(text.box, frame)) faults.add("“" + text.words + "” leaves the picture", at);
      if (text.px < leastFontPx) faults.add("“" + text.words + "” is " + text.px + " px high", at);
      for (const other of texts.slice(0, index)) {
        if (isOver(text.box, other.box)) faults.add("“" + text.words + "” lies on “" + other.words + "”", at);
      }
    }
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
