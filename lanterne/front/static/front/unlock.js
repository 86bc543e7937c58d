// The unlock page: says when capital letters are locked, shows what is typed on demand, and that work is under way.
// Without this script the form works all the same.

const form = document.getElementById("unlock");
const field = document.getElementById("passphrase");
const caps = document.getElementById("caps");
const show = document.getElementById("show");
const busy = document.getElementById("busy");

if (form && field) {
  const watch = (event) => {
    if (typeof event.getModifierState === "function") {
      caps.textContent = event.getModifierState("CapsLock") ? caps.dataset.on : "";
    }
  };
  for (const kind of ["keydown", "keyup", "mousedown"]) form.addEventListener(kind, watch);

  show.addEventListener("change", () => {
    field.type = show.checked ? "text" : "password";
    field.focus();
  });

  for (const seat of form.querySelectorAll("input[name=seat]")) {
    seat.addEventListener("click", () => field.focus());
  }

  form.addEventListener("submit", (event) => {
    const button = form.querySelector("button");
    if (button.disabled) {
      event.preventDefault();
      return;
    }
    field.type = "password";
    button.disabled = true;
    busy.textContent = button.dataset.busy;
  });

  // The browser may show this page again from its history: nothing typed must be left in it.
  window.addEventListener("pageshow", () => {
    form.querySelector("button").disabled = false;
    busy.textContent = "";
    field.value = "";
  });
}
