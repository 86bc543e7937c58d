"""The page that says whether this relay works: for people in French, for programs in JSON. Names no practice.

Law: nothing here tells a stranger who uses the relay, or how much.
"""

from __future__ import annotations

import gettext
from html import escape
from pathlib import Path

import lanterne
from lanterne.relay.house import House
from lanterne.wire.statements import State

_ = gettext.translation("django", Path(lanterne.__file__).parent / "locale", ["fr"], fallback=True).gettext

IN_SERVICE = "in_service"
SUSPENDED = "suspended"
DISK = "disk"
SENTENCES: dict[str, str] = {
    IN_SERVICE: _("Ce relais fonctionne."),
    SUSPENDED: _("Ce relais est suspendu par son exploitant. Les postes des cabinets continuent sans lui."),
    DISK: _("Le disque de ce relais refuse d’écrire : ce qui est envoyé reste à envoyer, rien n’est perdu."),
}
CSP = "default-src 'none'; style-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_PAGE = """<!doctype html>
<html lang="fr">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body>
<h1>{title}</h1>
<p role="status">{state}</p>
{text}<p>{about}</p>
<dl><dt>{relay_word}</dt><dd>{relay}</dd><dt>{key_word}</dt><dd>{key}</dd></dl>
</body>
</html>
"""


def status(house: House) -> dict[str, str | int]:
    """State of the relay, its id and public key (hex), the operator's notice to all."""
    notice = house.notices.everywhere
    state = IN_SERVICE
    if house.trouble is not None:
        state = DISK
    if notice is not None and notice.value.state is State.SUSPENDED:
        state = SUSPENDED
    shown = notice is not None and notice.value.state is not State.RESUMED
    return {
        "relay": house.key.id,
        "key": house.key.public.hex(),
        "state": state,
        "text": notice.value.text if notice is not None and shown else "",
        "time": house.now_ms(),
    }


def page(said: dict[str, str | int]) -> str:
    """The same for people."""
    text = str(said["text"])
    return _PAGE.format(
        title=escape(_("Relais Lanterne")),
        state=escape(SENTENCES[str(said["state"])]),
        text=f"<blockquote>{escape(text)}</blockquote>\n" if text else "",
        about=escape(
            _("Il transporte des données chiffrées entre les postes de cabinets et ne peut pas les lire.")
        ),
        relay_word=escape(_("Identifiant du relais")),
        relay=escape(str(said["relay"])),
        key_word=escape(_("Clé publique")),
        key=escape(str(said["key"])),
    )
