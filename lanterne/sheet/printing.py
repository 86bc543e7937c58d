"""Prints a recovery sheet: one A4 page of PDF, text selectable, the same bytes for the same sheet and day.

The secret goes to the typesetter in memory and comes back as a PDF; nothing is written beside.
"""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import segno
import typst

from lanterne.seal.seat import SheetKeys
from lanterne.seal.sheet import write_lines, write_qr
from lanterne.sheet.words import _
from lanterne.wire.names import PracticeId

_TEMPLATE = Path(__file__).parent / "sheet.typ"

_LAMP = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><g fill="none" stroke="#000" '
    'stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">'
    '<path d="M9 3h6M10 3v2h4V3M8 5h8l1.5 3v9L16 20H8l-1.5-3V8zM9 20v1h6v-1"/>'
    '<path d="M12 9c2 2 2.3 3 2.3 4.2a2.3 2.3 0 0 1-4.6 0C9.7 12 10.5 11.5 12 9z" fill="#000"/></g></svg>'
)

_MONTHS = tuple(
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()  # noqa: SIM905
)


def print_sheet(keys: SheetKeys, practice: PracticeId, *, practice_name: str, made_on: dt.date) -> bytes:
    """The sheet as PDF/A-2b.

    Args:
        keys: what the sheet holds.
        practice: whose first digits are printed, so that one knows which sheet opens which data.
        practice_name: as the practice calls itself.
        made_on: printed as the day of the sheet, and the date in the PDF.
    """
    asks = _asks()
    inputs = {
        "title": _("Fiche de secours"),
        "heading": _("Fiche de secours"),
        "practice": practice_name,
        "lamp": _LAMP,
        "made_label": _("Établie le"),
        "made_on": french_date(made_on),
        "warning": _("Cette feuille, à elle seule, ouvre tous les dossiers du cabinet."),
        "warning_more": _(
            "Gardez-la sous clé, dans un coffre, hors du cabinet. Ne la photographiez pas, ne l’envoyez à "
            "personne : aucun assistant, aucun technicien n’a de raison de vous la demander."
        ),
        "lines": "\n".join(line.replace("-", " ") for line in write_lines(keys, practice)),
        "asks": str(len(asks)),
        "qr": _qr_svg(write_qr(keys, practice)),
        "qr_alt": _("Les mêmes lettres, en code QR"),
        "qr_caption": _("Les mêmes lettres, en code QR."),
        "foot": _(
            "Cabinet n° {mark}. Cette fiche ne contient aucune donnée de patient. Si elle est perdue ou "
            "volée, un administrateur du cabinet doit la remplacer aussitôt : l’ancienne cesse alors "
            "d’ouvrir ce qui sera écrit."
        ).format(mark=mark_of(practice)),
    }
    for index, (question, answer) in enumerate(asks):
        inputs[f"ask-{index}"], inputs[f"answer-{index}"] = question, answer
    noon = dt.datetime.combine(made_on, dt.time(12), tzinfo=dt.UTC)
    compiler = typst.Compiler(
        _TEMPLATE.read_bytes(), ignore_system_fonts=True, font_paths=_fonts(), sys_inputs=inputs
    )
    made = compiler.compile(format="pdf", timestamp=int(noon.timestamp()), pdf_standards=["a-2b"])
    if not isinstance(made, bytes):
        raise TypeError("one page was expected, the typesetter made several")
    return made


def mark_of(practice: PracticeId) -> str:
    """The practice's number as people compare it: the first eight digits of its id, in two groups."""
    return f"{practice[:4]} {practice[4:8]}"


def french_date(day: dt.date) -> str:
    """A day in words: "1er mars 2026"."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {_MONTHS[day.month - 1]} {day.year}"


def _asks() -> list[tuple[str, str]]:
    return [
        (
            _("À faire tout de suite"),
            _(
                "Imprimez cette page, vérifiez que les quatre lignes se lisent bien, rangez-la, puis "
                "supprimez le fichier. Un second exemplaire, dans un autre lieu sûr, est sage."
            ),
        ),
        (
            _("À quoi sert-elle ?"),
            _(
                "À retrouver les dossiers quand plus personne ne peut les ouvrir : phrases de passe "
                "oubliées, poste volé, brûlé ou bloqué. Elle ouvre les données du cabinet, celles du "
                "poste ou d’une sauvegarde."
            ),
        ),
        (
            _("Et sans elle ?"),
            _(
                "Sans fiche, sans poste et sans sauvegarde, les dossiers sont perdus. Personne d’autre "
                "n’en a la clé, pas même ceux qui font Lanterne."
            ),
        ),
        (
            _("Comment s’en servir ?"),
            _(
                "Sur un ordinateur où Lanterne est installé, lancez « lanterne recover » et recopiez les "
                "quatre lignes. Majuscules, espaces et tirets n’importent pas. Les deux dernières lettres "
                "de chaque ligne la vérifient : s’il y a une faute, la ligne vous est dite."
            ),
        ),
    ]


def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def _qr_svg(text: str) -> str:
    buffer = io.BytesIO()
    segno.make(text, error="q", micro=False).save(buffer, kind="svg", border=0, xmldecl=False, scale=4)
    return buffer.getvalue().decode("utf-8")
