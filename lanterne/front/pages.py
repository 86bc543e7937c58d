"""The front's few pages, in French, from templates a person can read.

Law: a value enters a template escaped, always. No template engine here: the front must stay small and import
no Django (the "front-blind" contract), and four templates need nothing but blanks to fill.
"""

from __future__ import annotations

import gettext
import html
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import lanterne

#: a blank in a template: {{ name }}
_BLANK = re.compile(r"\{\{ ([a-z_]+) \}\}")
_FOLDER = Path(__file__).parent / "templates"
_ = gettext.translation("django", Path(lanterne.__file__).parent / "locale", ["fr"], fallback=True).gettext


class SeatShown(Protocol):
    """What the unlock page shows of a seat: its id (32 hex digits) and the person's name."""

    @property
    def seat(self) -> str:
        """The seat id."""

    @property
    def label(self) -> str:
        """The person's name."""


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


class Pages:
    """The templates, read once."""

    def __init__(self) -> None:
        names = ("ouvrir", "banner", "form", "seat")
        self._templates = {name: (_FOLDER / f"{name}.html").read_text("utf-8").strip() for name in names}

    def fill(self, template: str, **values: str) -> Html:
        """The template with its blanks filled, each value escaped unless it is Html."""
        safe = {
            key: value if isinstance(value, Html) else html.escape(value) for key, value in values.items()
        }
        return Html(_BLANK.sub(lambda blank: safe[blank.group(1)], self._templates[template]))

    def unlock(
        self,
        seats: Sequence[SeatShown],
        *,
        token: str,
        chosen: str | None,
        tone: str = "",
        sentence: str = "",
    ) -> bytes:
        """The unlock page.

        `chosen` is the seat to propose; `tone` is that of the banner: "", "warn" or "danger".
        """
        banner = self.fill("banner", tone=tone, sentence=sentence) if sentence else Html("")
        if not seats and not sentence:
            banner = self.fill("banner", tone="warn", sentence=_("Ce poste n’a encore aucun accès."))
        return self.fill(
            "ouvrir",
            title=_("Déverrouiller"),
            subtitle=_("Poste verrouillé"),
            banner=banner,
            form=self._form(seats, token, chosen, refused=bool(sentence) and tone == "warn")
            if seats
            else Html(""),
            foot=_("Rien n’est lisible sur ce poste tant que personne ne l’a déverrouillé."),
        ).encode()

    def _form(self, seats: Sequence[SeatShown], token: str, chosen: str | None, *, refused: bool) -> Html:
        proposed = chosen if any(one.seat == chosen for one in seats) else seats[0].seat
        rows = (
            self.fill(
                "seat",
                seat=one.seat,
                label=one.label,
                checked=Html(" checked" if one.seat == proposed else ""),
            )
            for one in seats
        )
        return self.fill(
            "form",
            token=token,
            who=_("Qui êtes-vous\u00a0?"),
            seats=Html("\n        ".join(rows)),
            passphrase=_("Phrase de passe"),
            invalid=Html(' aria-invalid="true"' if refused else ""),
            described=Html(" refus" if refused else ""),
            caps_on=_("Les majuscules sont verrouillées."),
            show=_("Afficher ce que je tape"),
            unlock=_("Déverrouiller"),
            busy=_("Ouverture en cours…"),
        )


def sentence_for(code: str) -> tuple[str, str]:
    """The banner for a refusal to unlock: its tone and its sentence."""
    ended = _("Cet accès a pris fin. Un administrateur du cabinet peut en ouvrir un nouveau.")
    damaged = _(
        "Le fichier de votre accès est abîmé, et sa copie aussi. La fiche de secours ou un administrateur "
        "permet d’en ouvrir un nouveau\u00a0; le dossier du cabinet n’est pas en cause."
    )
    known = {
        "wrong_passphrase": _(
            "Phrase de passe incorrecte. Vérifiez les majuscules et la disposition du clavier, "
            "puis réessayez."
        ),
        "access_ended": ended,
        "access_pending": _(
            "Cet accès attend son admission\u00a0: apportez sur ce poste le fichier préparé par l’autre poste."
        ),
        "seat_may_not_write": ended,
        "unknown_seat": _("Choisissez votre nom dans la liste."),
        "no_passphrase": _("Tapez votre phrase de passe."),
        "stale_form": _("Cette page était ouverte depuis trop longtemps. Retapez votre phrase de passe."),
        "file_damaged": damaged,
        "small_file_damaged": damaged,
        "file_newer": _(
            "Ce cabinet a été ouvert par une version plus récente de Lanterne. Mettez ce poste à jour."
        ),
        "disk_full": _("Le disque de ce poste est plein. Libérez de la place, puis réessayez."),
        "disk_failed": _("Le disque de ce poste ne répond pas correctement. Rien n’a été modifié."),
        "journal_busy": _("Un autre programme utilise le dossier du cabinet. Réessayez dans un instant."),
        "not_answering": _("Votre accès est ouvert ailleurs sur ce poste et ne répond pas. Réessayez."),
    }
    if code in known:
        return "warn", known[code]
    sentence = _(
        "Votre accès n’a pas pu démarrer (motif\u00a0: {code}). Rien n’est perdu. "
        "Réessayez\u00a0; si cela se répète, redémarrez Lanterne."
    )
    return "danger", sentence.format(code=code)


def wait_sentence(wait_s: float) -> str:
    """Too many tries: how long to wait, in seconds or minutes."""
    seconds = max(1, math.ceil(wait_s))
    if seconds < 120:
        return _("Trop d’essais. Réessayez dans {seconds}\u00a0s.").format(seconds=seconds)
    return _("Trop d’essais. Réessayez dans {minutes}\u00a0minutes.").format(minutes=math.ceil(seconds / 60))


def ended_sentence(reason: str | None) -> tuple[str, str]:
    """The banner for a browser whose session ended; empty when there is nothing to say."""
    known = {
        "idle": ("", _("Verrouillé faute d’activité. Ce qui était enregistré l’est toujours.")),
        "locked": ("", _("Poste verrouillé.")),
        "ended": ("warn", _("Cet accès a pris fin. Un administrateur du cabinet peut en ouvrir un nouveau.")),
        "crashed": (
            "danger",
            _(
                "Votre accès s’est arrêté de façon inattendue. Ce qui était enregistré l’est toujours\u00a0; "
                "déverrouillez pour reprendre."
            ),
        ),
    }
    return known.get(reason or "", ("", ""))


def refusal_sentence(status: int, rule: str) -> str:
    """A request the gate turned away, in a sentence; `rule` is for whoever reports it."""
    known = {
        403: _("Demande refusée\u00a0: elle ne vient pas d’une page de Lanterne."),
        404: _("Rien à cette adresse."),
        405: _("Demande refusée\u00a0: ce genre de demande n’existe pas ici."),
        408: _("Demande abandonnée\u00a0: elle arrivait trop lentement."),
        413: _("Demande refusée\u00a0: l’envoi est trop volumineux."),
        415: _("Demande refusée\u00a0: un formulaire était attendu."),
        503: _("Trop de connexions à la fois. Réessayez dans un instant."),
        421: _("Demande refusée\u00a0: ce n’est pas l’adresse de Lanterne sur ce poste."),
    }
    sentence = known.get(status, _("Demande refusée\u00a0: elle est mal formée."))
    return f"{sentence} ({rule})\n"


def silent_sentence() -> str:
    """The worker runs and does not answer in time."""
    return _(
        "Lanterne met trop de temps à répondre. Votre dernière saisie n’est peut-être pas enregistrée\u00a0: "
        "rouvrez la page et vérifiez avant de recommencer.\n"
    )


def joiner_sentence() -> str:
    """The process of « Rejoindre un cabinet » did not start."""
    return _("La page n’a pas pu s’ouvrir. Rechargez-la\u00a0; si cela se répète, relancez Lanterne.\n")


def failed_sentence() -> str:
    """The system refused something to the front itself."""
    return _("Ce poste a refusé une opération (disque ou système). Rien n’a été enregistré. Réessayez.\n")
