// One dialog for every form and curve. It opens when content arrives in it, and never throws typed text away unasked.
const dialog = document.getElementById("dialog");
const content = document.getElementById("dialog-content");

function dirty() {
  return content?.querySelector("form[data-touched]") !== null;
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== content) return;
  for (const open of document.querySelectorAll("details.who[open]")) open.open = false;
  if (content.childElementCount === 0) return;
  if (!dialog.open) dialog.showModal();
  // A refused form comes back holding what was typed.
  if (event.detail.requestConfig.verb === "post") content.querySelector("form")?.setAttribute("data-touched", "");
  const first = content.querySelector("[aria-invalid=true], [autofocus], form input:not([type=hidden]), form textarea, form select");
  first?.focus();
});

content?.addEventListener("input", (event) => event.target.form?.setAttribute("data-touched", ""));

document.addEventListener("click", (event) => {
  const closer = event.target.closest("[data-close-dialog]");
  if (closer?.closest("dialog")) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
});

// A click beside the box or Escape closes it only when nothing was typed; the buttons always do.
for (const box of document.querySelectorAll("dialog.dialog")) {
  box.addEventListener("click", (event) => {
    if (event.target === box && !dirty()) box.close();
  });
}
dialog?.addEventListener("cancel", (event) => {
  if (dirty()) event.preventDefault();
});
dialog?.addEventListener("close", () => content.replaceChildren());
document.addEventListener("lanterne:saved", () => dialog?.open && dialog.close());

document.getElementById("curtain")?.addEventListener("cancel", (event) => event.preventDefault());

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.who[open]")) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});
for (const kind of ["click", "focusin"]) document.addEventListener(kind, (event) => {
  for (const open of document.querySelectorAll("details.who[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

// Near the foot of the window a card opens upwards.
document.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches?.("details.who[open]")) return;
    const card = event.target.querySelector(".who-card");
    card.classList.remove("up", "after");
    const box = card.getBoundingClientRect();
    if (box.bottom > innerHeight) card.classList.add("up");
    if (box.left < 0) card.classList.add("after");
  },
  true,
);
