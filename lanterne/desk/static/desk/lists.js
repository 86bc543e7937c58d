// Arrow keys walk any list of [data-item]; from the search field, Down enters the list,
// and Enter posts the search: it never opens a line that an older answer left there.
// In a list of [data-walk], J and K walk as well, from anywhere outside a field.
function items(list) {
  return [...list.querySelectorAll("[data-item]")];
}

// What the list of a field answers. Down pressed before the answer waits for it: the old list would be taken away
// under the focus.
const FIELDS = "[data-search], [data-enters]";
const answers = new WeakMap();
for (const field of document.querySelectorAll(FIELDS)) answers.set(field, { typed: field.value, waiting: false });

function answered(field) {
  if (!answers.has(field)) answers.set(field, { typed: field.defaultValue, waiting: false });
  return answers.get(field);
}

function enter(field) {
  const list = document.querySelector(field.dataset.enters ?? "[data-results] [data-list]");
  if (list) items(list)[0]?.focus();
}

document.addEventListener("htmx:afterSwap", (event) => {
  for (const field of document.querySelectorAll(FIELDS)) {
    if (!event.detail.target.matches(field.dataset.enters ?? "[data-results]")) continue;
    const list = answered(field);
    list.typed = String(event.detail.requestConfig.parameters.q ?? "");
    if (list.waiting && list.typed === field.value) enter(field);
    list.waiting = list.waiting && list.typed !== field.value;
  }
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
  if (here.matches(FIELDS)) {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      const list = answered(here);
      if (here.value === list.typed) enter(here);
      else list.waiting = true;
    } else if (event.key === "Escape" && here.matches("[data-search]")) {
      here.value = "";
      here.dispatchEvent(new Event("input", { bubbles: true }));
      here.blur();
    }
    if (event.key === "ArrowDown" || here.matches("[data-search]")) return;
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
