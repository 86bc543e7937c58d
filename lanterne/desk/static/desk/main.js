// What the pages do besides being pages. Law: everything works without it, except drafts and search as you type.
// Nothing here stores anything in the browser: no localStorage, no history snapshot, no cache.
import "./agenda.js";
import "./shortcuts.js";
import "./lists.js";
import "./dialogs.js";
import "./guard.js";
import "./draft.js";
import "./lock.js";
import "./toasts.js";
import "./drop.js";
import "./deposit.js";
import "./suggest.js";
import "./exchange.js";
