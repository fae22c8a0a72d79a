// Puts a live chart in the place of each drawing when it comes near. Where anything fails, the drawing stays.
(() => {
  const refuse = () => Promise.reject(new Error("a chart of this page loads nothing"));
  const narrowestPx = 200;
  let libraries;

  // The libraries are gzip in base64: half of their size, and nothing of them runs before a chart is near.
  async function loadLibraries() {
    const bytes = Uint8Array.from(atob(globalThis.chartLibraries), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    document.head.append(script);
  }

  async function bringToLife(figure) {
    libraries ??= loadLibraries();
    await libraries;
    const live = document.createElement("div");
    const controls = document.createElement("div");
    live.className = "chart-live";
    live.hidden = true;
    controls.className = "chart-controls";
    figure.querySelector(".chart-static").after(live);
    figure.querySelector(".chart-scroll").after(controls);
    const spec = JSON.parse(figure.querySelector("script").textContent);
    const isSingle = "mark" in spec || "layer" in spec;
    // A drawing without a width of its own fills the column, and so do those that lie above each other.
    const isFilling = spec.width === undefined && (isSingle || "vconcat" in spec);
    // The width of a single one is that of the picture: where a slider makes figures at an axis longer, the plot gives way.
    const autosize = { type: "fit-x", contains: "padding", resize: true };
    const options = {
      ...(isFilling && isSingle && { patch: (drawn) => ({ ...drawn, autosize }) }),
      mode: "vega-lite",
      renderer: "svg",
      actions: false,
      // The page's policy forbids eval: expressions are interpreted.
      ast: true,
      bind: controls,
      config: { background: null },
      defaultStyle: false,
      tooltip: { theme: "custom" },
      loader: { load: refuse, sanitize: refuse },
    };
    const embedded = await globalThis.vegaEmbed(live, spec, options).catch(() => null);
    if (embedded === null) {
      live.remove();
      controls.remove();
      return;
    }
    // A line or a text without data of its own has no name; what it means is in the caption.
    for (const mark of live.querySelectorAll('[role="graphics-symbol"]:not([aria-label])'))
      mark.ariaHidden = "true";
    figure.querySelector(".chart-static").remove();
    figure.querySelector(".chart-values")?.remove();
    live.hidden = false;
    if (isFilling) fillColumn(live, embedded.view, isSingle);
    dispatchEvent(new Event("resize"));
  }

  // On a narrow screen both ends of a chart stay in sight, and its texts keep their size.
  function fillColumn(live, view, isSingle) {
    const box = live.parentElement;
    const fit = async () => {
      // Labels at the edge take other room in another width: the second pass allows for it.
      for (let pass = 0; pass < 2; pass++) {
        const surround = isSingle ? 0 : live.querySelector("svg").clientWidth - view.width();
        await view
          .width(Math.max(narrowestPx, box.clientWidth - surround))
          .resize()
          .runAsync();
      }
      dispatchEvent(new Event("resize"));
    };
    let lastWidth = 0;
    new ResizeObserver(() => {
      if (box.clientWidth === lastWidth) return;
      lastWidth = box.clientWidth;
      fit();
    }).observe(box);
  }

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        bringToLife(target).catch(() => {});
      }
    },
    { rootMargin: "600px" },
  );
  for (const script of document.querySelectorAll("figure.chart > script"))
    observer.observe(script.parentElement);
})();
