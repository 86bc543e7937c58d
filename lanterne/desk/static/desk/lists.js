// Arrow keys walk any list of [data-item]; from the search field, Down enters the list,
// and Enter posts the search: it never opens a line that an older answer left there.
function items(list) {
  return [...list.querySelectorAll("[data-item]")];
}

document.addEventListener("keydown", (event) => {
  const here = event.target;
  if (here.matches("[data-search]")) {
    const list = document.querySelector("[data-results] [data-list]");
    if (event.key === "ArrowDown" && list) {
      event.preventDefault();
      items(list)[0]?.focus();
    } else if (event.key === "Escape") {
      here.value = "";
      here.dispatchEvent(new Event("input", { bubbles: true }));
      here.blur();
    }
    return;
  }
  const list = here.closest("[data-list]");
  if (!list || !here.matches("[data-item]")) return;
  const all = items(list);
  const at = all.indexOf(here);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (event.key === "Escape") {
    document.querySelector("[data-search]")?.focus();
  } else if (to !== undefined) {
    event.preventDefault();
    if (to >= 0) all[Math.min(to, all.length - 1)].focus();
    else if (list.closest("[data-results]")) document.querySelector("[data-search]")?.focus();
  }
});
