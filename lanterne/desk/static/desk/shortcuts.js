// Keys. A letter alone acts only outside a field and outside a dialog; Ctrl-K, Ctrl-Enter, Ctrl-Alt-L and Ctrl-Alt-M act
// anywhere.
function typing(target) {
  return target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]") !== null;
}

function focusSearch() {
  const field = document.querySelector("[data-search]");
  field?.focus();
  field?.select();
}

document.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase();
  const command = event.ctrlKey || event.metaKey;
  if (command && event.altKey && key === "l") {
    event.preventDefault();
    document.getElementById("lock")?.requestSubmit();
  } else if (command && event.altKey && key === "m") {
    event.preventDefault();
    if (!document.querySelector("dialog[open]")) document.getElementById("new-message")?.click();
  } else if (command && !event.altKey && key === "k") {
    event.preventDefault();
    focusSearch();
  } else if (command && key === "enter") {
    // A field may stand beside its form (the reason of an alert).
    const form = event.target.closest("form[data-submit]") ?? event.target.form;
    if (form?.matches("[data-submit]")) {
      event.preventDefault();
      form.requestSubmit();
    }
  } else if (!command && !event.altKey && !event.isComposing && !typing(event.target)) {
    if (document.querySelector("dialog[open]")) return;
    if (key === "/") {
      event.preventDefault();
      focusSearch();
    } else if (key === "?") {
      event.preventDefault();
      document.getElementById("shortcuts")?.showModal();
    } else if (/^[a-z]$/.test(key) && !event.repeat) {
      // What is done with the line that has the focus, else with the page.
      const line = event.target.closest("[data-line]");
      const action =
        line?.querySelector(`[data-line-key="${key}"]`) ?? document.querySelector(`[data-quick] [data-key="${key}"]`);
      if (action) {
        event.preventDefault();
        action.click();
      }
    }
  }
});
