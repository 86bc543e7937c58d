// Drafts: what is typed in form[data-draft-url] is posted 400 ms after the last key, and again when the page hides.
// One request at a time per form, so that an older text never lands on a newer one; Lanterne-Draft numbers them, and
// the server keeps the highest. Typing is an act of the user: these requests keep the session awake.
import { clock, sentence } from "./texts.js";
import { curtain, uncover } from "./lock.js";

const PAUSE_MS = 400;
const RETRY_MS = 3000;
const forms = new WeakMap();

function say(form, text, mood) {
  const status = form.querySelector("[data-draft-status]");
  if (!status) return;
  status.textContent = text;
  status.classList.toggle("kept", mood === "kept");
  status.classList.toggle("lost", mood === "lost");
}

function body(form, state) {
  const data = new FormData(form);
  if (state.discard) data.set("discard", "1");
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return new URLSearchParams(data);
}

async function send(form, state, last = false) {
  if (state.busy && !last) {
    state.again = true;
    return;
  }
  state.busy = true;
  state.again = false;
  const version = state.version;
  let kept = false;
  let refused = "";
  try {
    const answer = await fetch(form.dataset.draftUrl, {
      method: "POST",
      body: body(form, state),
      keepalive: last,
      redirect: "manual",
      headers: {
        "X-CSRFToken": form.elements.namedItem("csrfmiddlewaretoken")?.value ?? "",
        "Lanterne-Patient": document.body.dataset.patient ?? "",
        "Lanterne-Draft": String(Date.now()),
      },
    });
    kept = answer.ok;
    if (answer.status === 409) refused = answer.headers.get("Lanterne-Refused") ?? "mismatch";
    if (answer.status === 401) curtain(answer.headers.get("HX-Redirect"));
    else if (kept) uncover();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // TypeError is fetch's word for "no answer"
  } finally {
    state.busy = false;
  }
  if (state.discard) {
    if (state.again) await send(form, state); // it was asked while an older text was on its way
    return;
  }
  if (kept) {
    if (version === state.version) {
      state.dirty = false;
      say(form, `${sentence("draftKept")} ${clock()}`, "kept");
    }
  } else {
    say(form, sentence(refused || "draftFailed"), "lost");
    if (!refused) setTimeout(() => state.dirty && form.isConnected && send(form, state), RETRY_MS);
  }
  if (state.again || (kept && version !== state.version)) await send(form, state);
}

function touched(form) {
  const state = forms.get(form) ?? { version: 0, busy: false, again: false, dirty: false, timer: 0 };
  forms.set(form, state);
  state.version += 1;
  state.dirty = true;
  say(form, sentence("draftWaiting"), "");
  clearTimeout(state.timer);
  state.timer = setTimeout(() => send(form, state), PAUSE_MS);
}

function flush(last) {
  for (const form of document.querySelectorAll("form[data-draft-url]")) {
    const state = forms.get(form);
    if (state?.dirty) {
      clearTimeout(state.timer);
      send(form, state, last);
    }
  }
}

// A form that was saved has no draft any more: nothing typed before the save may come back after it.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const state = forms.get(event.detail.elt);
  if (state && event.detail.xhr.status < 300) {
    clearTimeout(state.timer);
    state.dirty = false;
  }
});

// « Annuler » forgets what was typed, on the disk too: or it would come back in the next form, unexpected.
document.addEventListener("click", (event) => {
  const form = event.target.closest?.("[data-discard-draft]")?.closest("form[data-draft-url]");
  if (!form) return;
  const state = forms.get(form) ?? { version: 0, busy: false, again: false, dirty: false, timer: 0 };
  clearTimeout(state.timer);
  state.discard = true;
  state.dirty = false;
  send(form, state);
});

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-draft-url]");
  if (form) touched(form);
});
document.addEventListener("visibilitychange", () => flush(document.visibilityState === "hidden"));
addEventListener("focus", () => flush(false));
addEventListener("pagehide", () => flush(true));
addEventListener("beforeunload", (event) => {
  for (const form of document.querySelectorAll("form[data-draft-url]:not([data-sent])")) {
    if (forms.get(form)?.dirty) event.preventDefault();
  }
});
