// Locked means nothing stays on screen. The page asks in the background whether its session lives (which does not
// keep it awake) and leaves for the unlock page once it does not. With words not kept yet, an opaque curtain instead.
const url = document.body.dataset.sessionUrl;
const every = Number(document.body.dataset.sessionEvery || 20) * 1000;
const veil = document.getElementById("curtain");

export function curtain(target) {
  const link = veil?.querySelector("[data-curtain-link]");
  if (link && target) link.href = target;
  if (veil && !veil.open) veil.showModal();
}

export function uncover() {
  if (veil?.open) veil.close();
}

async function ask() {
  if (veil?.open) return;
  try {
    const headers = { "X-Lanterne-Background": "1", "Lanterne-Seat": document.body.dataset.seat ?? "" };
    const answer = await fetch(url, { headers, redirect: "manual" });
    if (answer.status === 401) location.assign(answer.headers.get("HX-Redirect") ?? "/");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // no answer: the next write says so aloud
  }
}

if (url) {
  setInterval(ask, every);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
}
