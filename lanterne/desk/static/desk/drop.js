// Drop zone: files dropped go into the form's own file field, so that what is sent is what a click would have sent.
import { sentence } from "./texts.js";
import { trouble } from "./toasts.js";

function show(zone, input) {
  const most = Number(input.dataset.maxBytes || Infinity);
  const names = [...input.files].map((file) => file.name);
  if ([...input.files].some((file) => file.size > most)) {
    input.value = "";
    trouble(sentence("tooBig"));
    return;
  }
  if (names.length) zone.querySelector("[data-drop-names]").textContent = names.join(", ");
}

document.addEventListener("dragover", (event) => {
  const zone = event.target.closest?.("[data-drop]");
  event.preventDefault(); // a file dropped beside the zone must not replace the page
  zone?.classList.add("over");
});
document.addEventListener("dragleave", (event) => event.target.closest?.("[data-drop]")?.classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  const zone = event.target.closest?.("[data-drop]");
  if (!zone) return;
  zone.classList.remove("over");
  const input = zone.querySelector("[data-drop-input]");
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});
document.addEventListener("change", (event) => {
  const zone = event.target.matches?.("[data-drop-input]") && event.target.closest("[data-drop]");
  if (zone) show(zone, event.target);
});
