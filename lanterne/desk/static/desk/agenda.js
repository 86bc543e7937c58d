// The agenda: the page that shows it follows what anybody writes on this device, within a second; keys of a line; an
// appointment dragged to a free minute opens the form that moves it there; a free slot fills the form.
// Law: everything here is also a link or a button. Nothing is written by a drag: the form is, by whoever reads it.
const PAUSE_MS = 500;
const UNANSWERED_MS = 5000;
let dragged = "";

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

// The fresh day takes the place of the one shown; what had the focus has it again.
function show(html) {
  const box = document.querySelector("[data-follow]");
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-follow]");
  if (!box || !fresh || dragged) return;
  const focused = box.contains(document.activeElement) ? document.activeElement.id : "";
  const shown = document.importNode(fresh, true);
  box.replaceWith(shown);
  window.htmx.process(shown);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

// Asked in the background: it keeps no session awake. Without an answer the line of the exchanges says so, and it is
// asked less often; once the session has ended it is asked no more, and lock.js leaves the page. Returns how long to wait.
async function look() {
  const box = document.querySelector("[data-follow]");
  if (!box || document.hidden || dragged) return PAUSE_MS;
  const asked = box.dataset.follow;
  try {
    const answer = await fetch(asked, { headers: { "X-Lanterne-Background": "1" }, redirect: "manual" });
    if (answer.status === 401) return 0;
    if (answer.status !== 200) return PAUSE_MS;
    const html = await answer.text();
    // Another answer may have come meanwhile (somebody was noted as arrived): this one is then the older.
    if (document.querySelector("[data-follow]")?.dataset.follow === asked) show(html);
    return PAUSE_MS;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // TypeError is fetch's word for "no answer"
    return UNANSWERED_MS;
  }
}

async function follow() {
  for (let rest = PAUSE_MS; rest > 0; rest = await look()) await pause(rest);
}
if (document.querySelector("[data-follow]")) follow();

// A letter pressed in a line presses the button of that line, before the keys of the page hear it.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    const line = event.target.closest?.(".slot");
    const button = /^[a-z]$/.test(key) && line?.querySelector(`[data-line-key="${key}"]`);
    if (!button) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    button.focus();
    button.click();
  },
  true,
);

document.addEventListener("dragstart", (event) => {
  const slot = event.target.closest?.("[data-move]");
  if (!slot) return;
  dragged = slot.dataset.move;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
});
document.addEventListener("dragover", (event) => {
  const place = dragged && event.target.closest?.("[data-place]");
  if (place) {
    event.preventDefault();
    place.classList.add("over");
  }
});
document.addEventListener("dragleave", (event) => event.target.closest?.("[data-place]")?.classList.remove("over"));
document.addEventListener("drop", (event) => {
  const place = dragged && event.target.closest?.("[data-place]");
  if (!place) return;
  event.preventDefault();
  place.classList.remove("over");
  window.htmx.ajax("GET", `${dragged}?${place.dataset.place}`, { target: "#dialog-content" });
});
document.addEventListener("dragend", () => {
  dragged = "";
});

// A free slot chosen: day, hour and practitioner are filled in, the name typed stays.
document.addEventListener("click", (event) => {
  const slot = event.target.closest?.("[data-fill]");
  const form = slot?.closest("form");
  if (form) {
    event.preventDefault();
    for (const name of ["date", "hour", "practitioner"]) form.elements.namedItem(name).value = slot.dataset[name];
    form.setAttribute("data-touched", "");
    form.elements.namedItem("hour").focus();
  } else if (event.target.closest?.("[data-print]")) {
    window.print();
  }
});
