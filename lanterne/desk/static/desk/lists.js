// Arrow keys walk any list of [data-item]; from the search field, Down enters the list,
// and Enter posts the search: it never opens a line that an older answer left there.
// In a list of [data-walk], J and K walk as well, from anywhere outside a field.
function items(list) {
  return [...list.querySelectorAll("[data-item]")];
}

// What the list on screen answers. Down pressed before the answer waits for it: the old list would be taken away
// under the focus.
let answered = document.querySelector("[data-search]")?.value;
let waiting = false;

function enter() {
  const list = document.querySelector("[data-results] [data-list]");
  if (list) items(list)[0]?.focus();
}

document.addEventListener("htmx:afterSwap", (event) => {
  const field = document.querySelector("[data-search]");
  if (!field || !event.detail.target.matches("[data-results]")) return;
  answered = String(event.detail.requestConfig.parameters.q ?? "");
  if (waiting && answered === field.value) enter();
  waiting = waiting && answered !== field.value;
});

// J and K: from the line that has the focus, else from the one that is open, else from the first.
function walked(event) {
  const step = { j: 1, k: -1 }[event.key];
  const list = document.querySelector("[data-list][data-walk]");
  if (!step || !list || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return false;
  if (event.target.matches("input, textarea, select")) return false;
  const all = items(list);
  const at = all.indexOf(event.target.closest("[data-item]"));
  const open = all.findIndex((item) => item.ariaCurrent === "true");
  const from = at >= 0 ? at : open;
  const to = from >= 0 ? from + step : 0;
  all[Math.max(0, Math.min(to, all.length - 1))]?.focus();
  return true;
}

// A list that shows itself again keeps the focus on its line, or on the one that took the place of what is gone.
let left = -1;
document.addEventListener("htmx:beforeSwap", (event) => {
  const list = event.detail.target.matches?.("[data-keeps-place]") ? event.detail.target : null;
  if (!list || !event.detail.shouldSwap) return;
  const line = document.activeElement.closest("[data-line]");
  left = line && list.contains(line) ? [...list.querySelectorAll("[data-line]")].indexOf(line) : -1;
});
document.addEventListener("htmx:afterSettle", () => {
  if (left < 0 || document.activeElement !== document.body) return;
  const lines = document.querySelectorAll("[data-keeps-place] [data-line]");
  lines[Math.min(left, lines.length - 1)]?.querySelector("[data-item]")?.focus();
  left = -1;
});

document.addEventListener("keydown", (event) => {
  const here = event.target;
  if (here.matches("[data-search]")) {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      if (here.value === answered) enter();
      else waiting = true;
    } else if (event.key === "Escape") {
      here.value = "";
      here.dispatchEvent(new Event("input", { bubbles: true }));
      here.blur();
    }
    return;
  }
  if (here.matches("[data-enters]") && event.key === "ArrowDown") {
    event.preventDefault();
    document.querySelector(here.dataset.enters)?.querySelector("[data-item]")?.focus();
    return;
  }
  if (walked(event)) return;
  const list = here.closest("[data-list]");
  if (!list || !here.matches("[data-item]")) return;
  const all = items(list);
  const at = all.indexOf(here);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (event.key === "Escape") {
    if (!here.closest("dialog")) document.querySelector("[data-search]")?.focus();
  } else if (to !== undefined) {
    event.preventDefault();
    if (to >= 0) all[Math.min(to, all.length - 1)].focus();
    else if (list.closest("[data-results]")) document.querySelector("[data-search]")?.focus();
  }
});
