// Suggestions from the reference tables: a field with data-suggest asks as one types and fills its datalist.
const PAUSE_MS = 120;
let timer = 0;

async function suggest(field) {
  const token = field.form?.elements.namedItem("csrfmiddlewaretoken")?.value ?? "";
  const answer = await fetch(field.dataset.suggest, {
    method: "POST",
    body: new URLSearchParams({ q: field.value }),
    headers: { "X-CSRFToken": token },
    redirect: "manual",
  });
  if (!answer.ok) return; // a suggestion is a convenience: the field works without
  let list = document.getElementById(field.getAttribute("list"));
  if (!list) {
    list = document.createElement("datalist");
    list.id = field.getAttribute("list");
    field.form.append(list);
  }
  const parsed = new DOMParser().parseFromString(`<datalist>${await answer.text()}</datalist>`, "text/html");
  list.replaceChildren(...parsed.querySelectorAll("option"));
}

document.addEventListener("input", (event) => {
  const field = event.target.closest?.("input[data-suggest]");
  if (!field || field.value.length < 2) return;
  clearTimeout(timer);
  timer = setTimeout(() => suggest(field), PAUSE_MS);
});
