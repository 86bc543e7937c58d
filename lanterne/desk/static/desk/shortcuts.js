// Keys. A letter alone acts only outside a field and outside a dialog; Ctrl-K, Ctrl-Enter and Ctrl-Alt-L act anywhere.
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
  } else if (command && !event.altKey && key === "k") {
    event.preventDefault();
    focusSearch();
  } else if (command && key === "enter") {
    const form = event.target.closest("form[data-submit]");
    if (form) {
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
      const action = document.querySelector(`[data-quick] [data-key="${key}"]`);
      if (action) {
        event.preventDefault();
        action.click();
      }
    }
  }
});
