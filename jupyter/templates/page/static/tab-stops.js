// A box that can be scrolled must be reachable by the keyboard; one that cannot needs no stop of the tab key.
(() => {
  function update() {
    for (const box of document.querySelectorAll(".chart-scroll, .table-scroll, .printed-table")) {
      const isWide = box.scrollWidth > box.clientWidth;
      box.classList.toggle("scrolls", isWide && box.matches(".table-scroll"));
      if (isWide || box.scrollHeight > box.clientHeight) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }
  addEventListener("resize", update);
  update();
})();
