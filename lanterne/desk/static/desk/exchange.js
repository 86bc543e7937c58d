// The line that says how the exchanges stand. When nobody answers its question, it says since when, instead of
// going on showing what is no longer known.
let since = "";

function hour() {
  const now = new Date();
  return `${now.getHours()}\u00a0h\u00a0${String(now.getMinutes()).padStart(2, "0")}`;
}

function stale(event) {
  const line = document.getElementById("exchange-line");
  if (!line || event.detail.elt !== line || event.detail.xhr?.status === 401) return;
  since ||= hour();
  line.classList.add("stale");
  line.querySelector("[data-exchange-text]").textContent = `${line.dataset.stale} ${since}`;
  // Asked again with nothing known: the answer is then never « the same ».
  line.setAttribute("hx-get", line.getAttribute("hx-get").split("?")[0]);
  window.htmx.process(line);
}

document.addEventListener("htmx:sendError", stale);
document.addEventListener("htmx:timeout", stale);
document.addEventListener("htmx:responseError", stale);
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.detail.elt.id === "exchange-line") since = "";
});
