// A form carries its patient. What leaves a page says whose page it is, and a form of somebody else does not leave.
// The server checks again: this only spares the user a refusal.
import { sentence } from "./texts.js";
import { trouble } from "./toasts.js";

const mine = document.body.dataset.patient ?? "";

function stranger(form) {
  const carried = form?.elements?.namedItem("patient")?.value;
  return mine !== "" && carried !== undefined && carried !== mine;
}

document.addEventListener(
  "submit",
  (event) => {
    if (stranger(event.target)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      trouble(sentence("mismatch"));
    } else if (event.target.matches("form[data-submit]:not([hx-post])")) {
      if (event.target.dataset.sent) event.preventDefault();
      event.target.dataset.sent = "1";
    }
  },
  true,
);

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["Lanterne-Patient"] = mine;
  if (stranger(event.detail.elt.closest("form"))) {
    event.preventDefault();
    trouble(sentence("mismatch"));
  }
});

// A page taken out of the browser's back-forward memory may show a chart after the lock: ask again.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
