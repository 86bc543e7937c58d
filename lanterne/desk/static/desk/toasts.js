// What was stored is said and then goes away; what was not stored stays until somebody closes it.
import { sentence } from "./texts.js";

const SAID_MS = 8000;

function raise(model, text) {
  const region = document.getElementById("toasts");
  const source = document.getElementById(model);
  if (!region || !source) return null;
  const toast = source.content.firstElementChild.cloneNode(true);
  toast.querySelector("[data-text]").textContent = text;
  region.append(toast);
  return toast;
}

function fade(toast) {
  setTimeout(() => toast.remove(), SAID_MS);
}

// Said by the page itself, after a write that led to it.
document.querySelectorAll("#toasts > .toast").forEach(fade);

export function said(text) {
  const toast = raise("toast-model", text);
  if (toast) fade(toast);
}

export function trouble(text) {
  const region = document.getElementById("toasts");
  for (const old of region?.querySelectorAll(".trouble [data-text]") ?? []) {
    if (old.textContent === text) return;
  }
  raise("trouble-model", text);
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-close-toast]")?.closest(".toast")?.remove();
});

// The server answers a write with HX-Trigger: {"lanterne:saved": {"text": "…"}, "lanterne:written": {}}.
document.addEventListener("lanterne:saved", (event) => said(event.detail.text));

// What was refused is said, and what was typed stays: {"lanterne:refused": {"text": "…"}}.
document.addEventListener("lanterne:refused", (event) => trouble(event.detail.text));

// What a page asks by itself wrote nothing: its failure is said where its answer would have been.
function unasked(event) {
  return event.detail.requestConfig?.headers["X-Lanterne-Background"] === "1";
}

document.addEventListener("htmx:sendError", (event) => unasked(event) || trouble(sentence("unsent")));
document.addEventListener("htmx:timeout", (event) => unasked(event) || trouble(sentence("unsent")));
document.addEventListener("htmx:responseError", (event) => {
  if (unasked(event)) return;
  const status = event.detail.xhr.status;
  if (status === 401 || event.detail.xhr.getResponseHeader("HX-Trigger")) return;
  trouble(sentence(status >= 500 ? "failed" : "refused"));
});
