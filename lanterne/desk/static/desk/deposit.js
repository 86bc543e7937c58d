// Files left among the arrivals go one by one, each with its own answer: a long one holds up nobody's page, one that
// fails is said and the others go on. Without this script the form sends them all at once.
import { sentence } from "./texts.js";

async function leave(form, file) {
  const data = new FormData(form);
  data.delete("files");
  data.append("files", file);
  const token = form.elements.namedItem("csrfmiddlewaretoken")?.value ?? "";
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: data,
      headers: { "X-CSRFToken": token, "Lanterne-Each": "1" },
      redirect: "manual",
    });
    if (answer.status === 401 || answer.type === "opaqueredirect") location.reload();
    return answer.ok ? await answer.text() : "";
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // TypeError is fetch's word for "no answer"
    return "";
  }
}

function show(file, html) {
  const list = document.getElementById("left");
  if (html) {
    list.append(...new DOMParser().parseFromString(`<ul>${html}</ul>`, "text/html").querySelectorAll("li"));
    return;
  }
  const line = document.createElement("li");
  line.className = "left-one warn";
  line.textContent = `${file.name} : ${sentence("depositFailed")}`;
  list.append(line);
}

// What waits has changed: the list and the number in the bar are read again, what is open stays.
async function refresh() {
  const answer = await fetch(location.href, { redirect: "manual" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of [".mail", ".nav"]) {
    const fresh = page.querySelector(part);
    if (fresh) document.querySelector(part)?.replaceWith(document.importNode(fresh, true));
  }
}

async function leaveAll(form) {
  if (form.dataset.running) return;
  const input = form.querySelector("[data-drop-input]");
  const status = form.querySelector("[data-drop-names]");
  const files = [...input.files];
  if (files.length === 0) return;
  form.dataset.running = "1";
  for (const [number, file] of files.entries()) {
    status.textContent = `${sentence("depositRunning")} ${number + 1}/${files.length}`;
    show(file, await leave(form, file));
  }
  input.value = "";
  delete form.dataset.running;
  status.textContent = sentence("depositDone");
  await refresh();
}

document.addEventListener("change", (event) => {
  const form = event.target.matches?.("[data-drop-input]") && event.target.closest("form[data-deposit]");
  if (form) leaveAll(form);
});
