// A box that can be scrolled must be reachable by the keyboard; one that cannot needs no stop of the tab key.
(() => {
  function update() {
    for (const box of document.querySelectorAll(".chart-scroll, .table-scroll, .printed-table")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }
  addEventListener("resize", update);
  update();
})();
