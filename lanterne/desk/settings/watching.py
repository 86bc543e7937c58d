"""The card of the watched folder: which folder, what waits in it, what was filed, what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from django import forms
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lanterne.desk.forms.fields import PARIS
from lanterne.desk.frame.view import Notice
from lanterne.desk.presence import Presence
from lanterne.desk.sentences import sentence
from lanterne.desk.settings.view import WatchedCard
from lanterne.desk.watch import State
from lanterne.desk.watch import current as watch_of_process
from lanterne.intake import watched
from lanterne.intake.filing.outcomes import sentence as outcome_sentence
from lanterne.intake.watching import PUT_AWAY
from lanterne.wire.errors import LanterneError

WORKING_S, RESTING_S = 2, 10
SHOWN_ROUNDS = 5
SHOWN_FILES = 10


class WatchedForm(forms.Form):
    """The folder; `sure` is how many files the person was told it holds."""

    folder = forms.CharField(
        label=gettext_lazy("Dossier à relever"),
        required=False,
        max_length=watched.MOST_PATH,
        help_text=gettext_lazy("Laissez vide pour ne rien relever."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}),
    )
    sure = forms.CharField(required=False, widget=forms.HiddenInput)


def _folder(root: Path) -> str:
    try:
        return watched.read(root).folder
    except watched.SettingDamaged:
        return ""  # the watch meets it too, and its fault is shown


def form_of(root: Path) -> WatchedForm:
    """The form as the page first shows it."""
    return WatchedForm(initial={"folder": _folder(root)}, label_suffix="")


def chosen(presence: Presence, form: WatchedForm) -> bool:
    """Take the folder of a valid form; False when it is refused, or to be confirmed: the form says why."""
    root = presence.record.root
    typed = form.cleaned_data["folder"]
    try:
        if typed.strip():
            folder = watched.checked(root, typed)
            held = _files_in(folder)
            sure = f"{held} {folder}"
            if held and str(folder) != watched.read(root).folder and form.cleaned_data["sure"] != sure:
                form.data = {"folder": typed, "sure": sure}
                form.add_error(None, _already_there(held))
                return False
        watched.choose(root, typed)
    except LanterneError as error:
        form.add_error("folder", sentence(error))
        return False
    watch = watch_of_process()
    if watch is not None:
        watch.relieve_now()
    return True


def _files_in(folder: Path) -> int:
    try:
        return sum(1 for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError:
        return 0


def _already_there(count: int) -> str:
    told = ngettext(
        "Ce dossier contient déjà %(count)s fichier : il sera lu, classé, et rangé dans %(away)s.",
        "Ce dossier contient déjà %(count)s fichiers : tous seront lus, classés, et rangés dans %(away)s.",
        count,
    ) % {"count": count, "away": PUT_AWAY}
    return told + " " + _("Si c’est bien le dossier du laboratoire, enregistrez encore une fois.")


def card(root: Path) -> WatchedCard:
    """What the page says now."""
    watch = watch_of_process()
    # As chosen, which the watch may not have seen yet.
    state = replace(watch.state() if watch is not None else State(), folder=_folder(root))
    return WatchedCard(
        folder=state.folder,
        set_url=reverse("watched"),
        now_url=reverse("watched-relieve"),
        state_url=reverse("watched-state"),
        every_s=WORKING_S if state.working or state.asked or _is_waiting(state) else RESTING_S,
        working=state.working,
        done=state.done,
        total=state.total,
        notices=tuple(_notices(state)),
        lines=tuple(_lines(state)) if state.folder else (),
        files=_files(state),
    )


def _notices(state: State) -> list[Notice]:
    told = []
    if state.fault is not None:
        told.append(Notice(sentence(state.fault), "danger"))
    if not state.folder:
        return told
    if state.halted:
        told.append(
            Notice(_("La relève est arrêtée, jusqu’à ce que vous la demandiez ou rouvriez Lanterne."), "warn")
        )
    if state.elsewhere:
        told.append(Notice(_("Un autre accès ouvert sur ce poste relève ce dossier en ce moment."), "info"))
    if state.looked is not None and state.looked.stuck:
        told.append(
            Notice(
                ngettext(
                    "%(count)s fichier classé n’a pas pu être déplacé et reste en place : Lanterne ne peut pas écrire "
                    "dans ce dossier. Il ne sera pas repris deux fois.",
                    "%(count)s fichiers classés n’ont pas pu être déplacés et restent en place : Lanterne ne peut pas "
                    "écrire dans ce dossier. Ils ne seront pas repris deux fois.",
                    state.looked.stuck,
                )
                % {"count": state.looked.stuck},
                "warn",
            )
        )
    return told


def _lines(state: State) -> list[tuple[str, str]]:
    lines = [(_("Attendent"), _waiting(state))]
    for made in state.rounds[:SHOWN_ROUNDS]:
        moment = datetime.fromtimestamp(made.at_ms / 1000, UTC).astimezone(PARIS)
        lines.append((date_format(moment, "j F, H:i"), _counts(made.counts)))
    if not state.rounds:
        lines.append((_("Déjà relevés"), _("aucun fichier")))
    return lines


def _is_waiting(state: State) -> bool:
    return state.looked is not None and bool(state.looked.ready or state.looked.settling)


def _waiting(state: State) -> str:
    looked = state.looked
    if looked is None:
        return _("pas encore regardé")
    waiting = len(looked.ready) + looked.settling - (state.done if state.working else 0)
    told = (
        [ngettext("%(count)s fichier", "%(count)s fichiers", waiting) % {"count": waiting}] if waiting else []
    )
    if looked.left:
        told.append(
            ngettext(
                "%(count)s témoin ou fichier en cours d’écriture, laissé",
                "%(count)s témoins ou fichiers en cours d’écriture, laissés",
                looked.left,
            )
            % {"count": looked.left}
        )
    return ", ".join(told) or _("aucun fichier")


def _counts(counts: Mapping[str, int]) -> str:
    told = []
    for word, count in sorted(counts.items()):
        if word == "structured":
            text = ngettext("%(count)s repris", "%(count)s repris", count)
        elif word == "document":
            text = ngettext("%(count)s classé", "%(count)s classés", count)
        elif word == "duplicate":
            text = ngettext("%(count)s déjà là", "%(count)s déjà là", count)
        elif word == "to_attach":
            text = ngettext("%(count)s à rattacher", "%(count)s à rattacher", count)
        else:
            text = ngettext("%(count)s mis de côté", "%(count)s mis de côté", count)
        told.append(text % {"count": count})
    return ", ".join(told)


def _files(state: State) -> tuple[tuple[str, str], ...]:
    told = [(one.file, outcome_sentence(one.why, one.params, _)) for one in state.named]
    if state.looked is not None:
        told += [
            (name, _("Trop gros pour être lu : il reste où il est."))
            for name in state.looked.too_large[:SHOWN_FILES]
        ]
    return tuple(told[:SHOWN_FILES])
