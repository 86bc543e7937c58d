// Sentences come from the page, translated by the server; no French is written in a script.
export function sentence(name) {
  return document.getElementById("texts")?.dataset[name] ?? "";
}

export function clock() {
  return new Date().toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Paris" });
}
