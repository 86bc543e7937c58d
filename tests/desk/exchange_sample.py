"""The exchanges of a practice of four devices, on an ordinary day, and on the day a relay lied."""

from __future__ import annotations

from dataclasses import replace

from lanterne.desk.exchange.view import AlarmLine, AlarmPage, ExchangePage, OtherDevice, RelayPage, WayLine
from lanterne.desk.frame.view import ExchangeLine, Frame, Notice

QUIET = ExchangeLine(
    "Enregistré ici · reçu par 2 postes sur 3", "/echanges", "/echanges/ligne?0011223344556677"
)
LIE = "Le relais ne montre pas à ce poste une écriture qu’il a reçue d’un autre poste."
OPERATOR = (
    "L’opérateur du relais l’a fermé à ce cabinet\u00a0: «\u00a0Facture 2026-114 en attente. Appelez le "
    "02 99 00 00 00.\u00a0» Seul le relais est coupé\u00a0: tout continue ici."
)
ALARMED = ExchangeLine(
    "Relais silencieux depuis 14\u00a0h\u00a005\u00a0: 12\u00a0écritures à envoyer",
    "/echanges",
    "/echanges/ligne?8899aabbccddeeff",
    notices=(
        Notice(LIE, "danger", "Voir et que faire", "/echanges/alertes/1"),
        Notice(OPERATOR, "info", "Voir les échanges", "/echanges"),
    ),
)
KEY = (
    "8f3a",
    "01bc",
    "77d2",
    "e4a9",
    "5c60",
    "f1b8",
    "2d97",
    "03ee",
    "6a4c",
    "9b15",
    "d8f2",
    "4e73",
    "a0c6",
    "1b59",
    "e2d4",
    "7f38",
)
PAGE = ExchangePage(
    sentence=QUIET.text,
    state_url="/echanges/etat",
    every_s=600,
    now_url="/echanges/maintenant",
    at="à 14\u00a0h\u00a008",
    facts=(
        ("Enregistré sur ce poste", "48\u202f211\u00a0écritures"),
        ("Au relais", "tout est envoyé"),
        ("Aux autres postes", "reçu par 2 postes sur 3"),
    ),
    ways=(
        WayLine("Relais", "https://relais.exemple.fr", "14\u00a0h\u00a007", state="le dernier est allé au bout"),
        WayLine(
            "Dossier", "E:\\ÉCHANGES", "hier à 19\u00a0h\u00a012", forget_url="/f", value="E:\\ÉCHANGES",
            trouble="Ce dossier n’est pas là\u00a0: clé débranchée, ou partage éteint. L’échange reprendra à son retour.",
        ),
        WayLine(
            "Poste", "192.168.1.20:8766", "13\u00a0h\u00a058", forget_url="/f", value="192.168.1.20:8766",
            done=420, total=800, progress="420\u00a0écritures sur 800", state="en cours",
        ),
    ),
    devices=(
        OtherDevice("poste 3f2a1c (Inès Caron)", "14\u00a0h\u00a007", "rien", "rien", whole=True),
        OtherDevice("poste 9be044 (Dr Théo Lambert)", "14\u00a0h\u00a003", "rien", "rien", whole=True),
        OtherDevice(
            "poste 71d0aa (Dr Garance Morel)", "le 18 novembre à 19\u00a0h\u00a012",
            "1\u202f204\u00a0écritures", "36\u00a0écritures", whole=False,
        ),
    ),
    relay_url="/echanges/relais",
    folder_url="/echanges/dossier",
    device_url="/echanges/poste",
    listen_url="/echanges/port",
    listening="Ce poste répond aux autres sur le port 8766.",
)  # fmt: skip
LIED = replace(
    PAGE,
    sentence=ALARMED.text,
    alarms=(
        AlarmLine(LIE, "14\u00a0h\u00a005", "/echanges/alertes/1"),
        AlarmLine(
            "Le poste 71d0aa (Dr Garance Morel) s’est contredit sur ce qu’il détient\u00a0: copié, remis dans un état "
            "ancien, ou clé volée.",
            "le 3 novembre à 8\u00a0h\u00a041",
            "/echanges/alertes/2",
            "vu par Dr Garance Morel le 3 novembre à 9\u00a0h\u00a002",
        ),
    ),
)
ALARM = AlarmPage(
    title="Alerte sur les échanges",
    text=LIE,
    means="Il peut manquer ici une écriture d’un confrère\u00a0: une allergie, un traitement.",
    to_do="Échangez au plus vite par un dossier ou par le réseau du cabinet, et envoyez la preuve à l’opérateur du relais.",
    facts=(
        ("Vue par Lanterne", "14\u00a0h\u00a005"),
        ("Numéro", "L5"),
        ("De qui", "5f1c9e20b7a84d0e8d3b6a0c2f11aa07"),
        ("Au sujet de", "48211"),
    ),
    evidence_url="/echanges/alertes/1/preuve",
    evidence="2 messages signés, 14 ko",
    back_url="/echanges",
    seen_url="/echanges/alertes/1/vue",
)
RELAY = RelayPage(
    "/echanges/relais", "/echanges", address="https://relais.exemple.fr", key=KEY,
    current="https://ancien.exemple.fr", current_key=KEY[::-1], changed=True,
)  # fmt: skip


def quiet(frame: Frame) -> Frame:
    """The frame on an ordinary day."""
    return replace(frame, exchange=QUIET)


def alarmed(frame: Frame) -> Frame:
    """The frame while nobody has seen yet that a relay lied."""
    return replace(frame, exchange=ALARMED)
