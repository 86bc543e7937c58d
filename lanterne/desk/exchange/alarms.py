"""Provable lies in a doctor's words: what was seen, what it means, what to do; and their evidence as one file.

Law: one sentence for each kind; one without a sentence is shown by its number, never left out. An alarm accuses by
what it can prove and no further: it says what was seen, and names a theft only as one cause among others.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from lanterne.desk.exchange import words
from lanterne.practice.record import Record
from lanterne.sync.alarms import Alarm, Lie
from lanterne.wire.exchange import SAYABLE_MS
from lanterne.wire.names import SeatId

RELAYS = frozenset({Lie.RECEIPT, Lie.SHRANK, Lie.WITHHELD})
"""What only a relay can do."""

SEEN: dict[Lie, str] = {
    Lie.FORK: _("Deux écritures différentes portent le même numéro : %(who)s a été copié, ou sa clé volée."),
    Lie.STATEMENT: _(
        "%(who)s s’est contredit sur ce qu’il détient : copié, remis dans un état ancien, ou clé volée."
    ),
    Lie.RECEIPT: _(
        "Le relais ne rend plus une écriture qu’il avait reçue de ce poste, reçu signé à l’appui."
    ),
    Lie.SHRANK: _("Le relais montre moins d’écritures qu’il n’en avait montré : il cache, ou il a perdu."),
    Lie.WITHHELD: _("Le relais ne montre pas à ce poste une écriture qu’il a reçue d’un autre poste."),
    Lie.NO_ENTRY: _("%(who)s a remis comme écriture quelque chose qui n’en est pas une (contrôle %(why)s)."),
}

MEANS: dict[Lie, str] = {
    Lie.FORK: _(
        "Les deux écritures sont gardées, rien n’est effacé. Un dossier peut avoir deux versions d’une même chose : "
        "relisez ce qui a été écrit depuis ce poste."
    ),
    Lie.STATEMENT: _(
        "Rien n’est effacé ici. Ce poste dit aujourd’hui avoir moins, ou autre chose, qu’il n’avait signé avant."
    ),
    Lie.RECEIPT: _("L’écriture est toujours sur ce poste. D’autres postes peuvent ne pas l’avoir reçue."),
    Lie.SHRANK: _("Ce qui est sur ce poste y reste. Il peut manquer ici des écritures faites ailleurs."),
    Lie.WITHHELD: _("Il peut manquer ici une écriture d’un confrère : une allergie, un traitement."),
    Lie.NO_ENTRY: _("Elle a été refusée : rien n’en est entré dans les dossiers."),
}

TO_DO: dict[Lie, str] = {
    Lie.FORK: _(
        "Ce poste a-t-il été restauré d’une sauvegarde, ou son disque copié ? Alors n’utilisez plus qu’un des deux "
        "exemplaires. Sinon, déclarez-le perdu dans « Équipe », puis redonnez des accès."
    ),
    Lie.STATEMENT: _(
        "Ce poste a-t-il été restauré d’une sauvegarde, ou son disque copié ? Alors laissez-le échanger jusqu’au bout, "
        "et n’en gardez qu’un. Sinon, déclarez-le perdu dans « Équipe », puis redonnez des accès."
    ),
    Lie.RECEIPT: _(
        "Échangez aussi par un dossier ou par le réseau du cabinet, et envoyez la preuve à l’opérateur du relais."
    ),
    Lie.SHRANK: _(
        "Échangez aussi par un dossier ou par le réseau du cabinet, et envoyez la preuve à l’opérateur du relais. S’il "
        "vient de restaurer une sauvegarde, vos postes lui redonnent ce qu’il a perdu."
    ),
    Lie.WITHHELD: _(
        "Échangez au plus vite par un dossier ou par le réseau du cabinet, et envoyez la preuve à l’opérateur du "
        "relais."
    ),
    Lie.NO_ENTRY: _(
        "Si c’est un poste du cabinet, faites-le examiner, ou déclarez-le perdu dans « Équipe ». Si c’est le relais, "
        "envoyez la preuve à son opérateur."
    ),
}


def said(record: Record, alarm: Alarm) -> str:
    """What was seen."""
    text = SEEN.get(alarm.lie)
    if text is None:
        return gettext("Alerte %(lie)s.") % {"lie": alarm.lie.value}
    who = accused(record, alarm)
    seen = gettext(text) % {"who": who[:1].upper() + who[1:], "why": words.plain(alarm.why, 20)}
    if alarm.told_by:
        device = words.device(record, alarm.told_by)
        return gettext("%(seen)s Vu par le %(device)s, qui en tient la preuve.") % {
            "seen": seen,
            "device": device,
        }
    return seen


def means(alarm: Alarm) -> str:
    """What it means for the charts."""
    return gettext(MEANS[alarm.lie]) if alarm.lie in MEANS else ""


def to_do(alarm: Alarm) -> str:
    """What a person does now."""
    return gettext(TO_DO[alarm.lie]) if alarm.lie in TO_DO else ""


def accused(record: Record, alarm: Alarm) -> str:
    """Whose it is: a device of the practice with who works there, the relay, or the id as it stands."""
    membership = record.journal.membership
    if alarm.lie is Lie.FORK:
        seat = membership.seat(SeatId(alarm.about))
        if seat is not None:
            return gettext("le %(device)s") % {"device": words.device(record, seat.device)}
        return gettext("l’accès %(id)s") % {"id": words.plain(alarm.about, 8)}
    if any(seat.device == alarm.about for seat in membership.seats):
        return gettext("le %(device)s") % {"device": words.device(record, alarm.about)}
    spoken_with = record.journal.files.listing(record.journal.layout.known)
    if alarm.lie in RELAYS or f"relay-{alarm.about}" in spoken_with:
        return gettext("le relais")
    return gettext("l’interlocuteur %(id)s") % {"id": words.plain(alarm.about, 8)}


def evidence(record: Record, alarm: Alarm) -> bytes:
    """A zip: the sentences, the facts of the alarm, and each signed message as it came.

    Nothing in it opens an entry: what is in the messages is sealed.
    """
    at = datetime.fromtimestamp(min(alarm.time, SAYABLE_MS) / 1000, UTC).isoformat(timespec="seconds")
    lines = (
        said(record, alarm),
        means(alarm),
        to_do(alarm),
        "",
        f"lanterne alarm {alarm.lie.value} (docs/format/exchange.md)",
        f"name: {alarm.name}",
        f"about: {alarm.about}",
        f"matter: {alarm.matter}",
        f"why: {alarm.why}",
        f"time: {at}",
        f"practice: {record.journal.practice}",
        "",
    )
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as packed:
        packed.writestr(_file("alerte.txt"), "\r\n".join(lines).encode("utf-8"))
        packed.writestr(_file("alerte.bin"), alarm.pack())
        for number, raw in enumerate(alarm.evidence, 1):
            packed.writestr(_file(f"preuve-{number}.bin"), raw)
    return held.getvalue()


def _file(name: str) -> zipfile.ZipInfo:
    """The same bytes whenever it is asked for: no moment of the download in it."""
    return zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
