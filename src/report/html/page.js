"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Tables sort by a click on the head of a column: rising, falling, and as they were.
  const key = (cell) => {
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    const text = cell.textContent.trim();
    const number = parseFloat(text.replace(/^>/, ""));
    // What lies beyond a deadline lies beyond all values before it.
    if (!Number.isNaN(number)) return text.startsWith(">") ? number + 1e-6 : number;
    return /[\p{L}\p{N}]/u.test(text) ? text : null;
  };
  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return typeof a === typeof b ? a.localeCompare(b, "en", { numeric: true }) : typeof a === "number" ? -1 : 1;
  };
  const sortable = (table) => {
    const body = table.tBodies[0];
    const original = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const next = { ascending: "descending", descending: null }[head.getAttribute("aria-sort")];
        const order = next === undefined ? "ascending" : next;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        let rows = original;
        if (order) {
          head.setAttribute("aria-sort", order);
          const sign = order === "ascending" ? 1 : -1;
          const keyed = original.map((row) => [key(row.cells[column]), row]);
          // What is missing stays last.
          keyed.sort(([a], [b]) => (a === null || b === null ? (a === null) - (b === null) : sign * compare(a, b)));
          rows = keyed.map(([, row]) => row);
        }
        body.append(...rows);
      });
    });
  };
  all("table.cells").filter((table) => table.tBodies[0].rows.length > 1).forEach(sortable);

  // A choice hides the cells that do not have it, in all tables.
  const filters = document.querySelector(".filters");
  if (filters) {
    const rows = all("table.cells tbody tr");
    const cells = all("tbody tr", filters.parentElement.querySelector("table.cells"));
    const output = filters.querySelector("output");
    const apply = () => {
      const chosen = all("select", filters).filter((select) => select.value);
      const words = filters.querySelector("input").value.trim().toLowerCase().split(/\s+/);
      const fits = (row) =>
        chosen.every((select) => row.cells[select.dataset.column].textContent === select.value) &&
        words.every((word) => row.textContent.toLowerCase().includes(word));
      const kept = new Set(cells.filter(fits).map((row) => row.dataset.cell));
      rows.forEach((row) => { row.hidden = !kept.has(row.dataset.cell); });
      // A search goes through the rows that are here, of however many there are.
      const { all: total, noun } = filters.dataset;
      const here = cells.length.toLocaleString("en");
      const part = kept.size === cells.length || here === total ? "" : ` of the ${here} here,`;
      output.textContent = `${kept.size.toLocaleString("en")}${part} of ${total} ${noun}`;
    };
    filters.hidden = false;
    filters.addEventListener("input", apply);
    filters.addEventListener("submit", (event) => event.preventDefault());
    apply();
  }

  // Values of pictures: under the pointer, and by the arrow keys on a picture that has the focus.
  const tip = document.getElementById("tip");
  let here = null;
  const leave = () => {
    here?.classList.remove("here");
    here = null;
    tip.hidden = true;
  };
  const tell = (spot, x, y) => {
    if (spot !== here) {
      leave();
      here = spot;
      spot.classList.add("here");
      tip.textContent = spot.dataset.tip;
      tip.hidden = false;
    }
    const { width, height } = tip.getBoundingClientRect();
    const left = Math.max(4, Math.min(x + 14, innerWidth - width - 4));
    const top = y + height + 18 > innerHeight ? y - height - 10 : y + 14;
    tip.style.transform = `translate(${left + scrollX}px, ${Math.max(4, top) + scrollY}px)`;
  };
  const pictures = all(".picture");
  document.addEventListener("pointerdown", (event) => { if (!event.target.closest(".picture")) leave(); });
  for (const picture of pictures) {
    const spots = all(".spots rect", picture);
    for (const spot of spots) {
      const title = spot.querySelector("title");
      spot.dataset.tip = title.textContent;
      title.remove();
    }
    const point = (event) => {
      const spot = event.target.closest(".spots rect");
      if (spot) tell(spot, event.clientX, event.clientY);
      else leave();
    };
    picture.addEventListener("pointermove", point);
    // A finger does not hover: the value that it taps stays until it taps elsewhere.
    picture.addEventListener("pointerdown", point);
    picture.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") leave(); });
    picture.addEventListener("blur", leave);
    picture.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (event.key === "Escape") leave();
      if (!step) return;
      const seen = spots.filter((spot) => !spot.classList.contains("off"));
      if (!seen.length) return;
      event.preventDefault();
      const at = seen.indexOf(here);
      const next = seen[at < 0 ? (step > 0 ? 0 : seen.length - 1) : (at + step + seen.length) % seen.length];
      next.scrollIntoView({ block: "nearest", inline: "nearest" });
      const { right, bottom } = next.getBoundingClientRect();
      tell(next, right - 14, bottom - 14);
    });
  }

  // Series are switched by buttons, and by their entries in the legend.
  for (const picture of pictures) {
    const groups = all("g[data-series]", picture);
    const names = new Set(groups.filter((group) => !group.classList.contains("legend")).map((group) => group.dataset.series));
    const entries = groups.filter((group) => group.classList.contains("legend") && names.has(group.dataset.series));
    if (entries.length < 2) continue;
    const bar = document.createElement("div");
    bar.className = "switches";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Series");
    for (const entry of entries) {
      const name = entry.dataset.series;
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      const swatch = document.createElement("span");
      swatch.className = "swatch";
      const isPaint = (paint) => paint && paint !== "none" && paint !== "#ffffff";
      const painted = all("path, circle", entry).find((shape) => ["stroke", "fill"].some((it) => isPaint(shape.getAttribute(it))));
      if (painted) swatch.style.background = getComputedStyle(painted)[isPaint(painted.getAttribute("stroke")) ? "stroke" : "fill"];
      button.append(swatch, name);
      const turn = () => {
        const off = button.getAttribute("aria-pressed") === "true";
        button.setAttribute("aria-pressed", String(!off));
        all("[data-series]", picture).filter((part) => part.dataset.series === name).forEach((part) => part.classList.toggle("off", off));
        leave();
      };
      button.addEventListener("click", turn);
      entry.classList.add("switch");
      entry.addEventListener("click", turn);
      bar.append(button);
    }
    picture.after(bar);
  }
})();
