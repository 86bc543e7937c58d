"""Reports of the laboratory of the town about Jean Baptiste. All contents here are made up."""

from __future__ import annotations

END = "****FIN****\n****FINFICHIER****\n"


def report(value: str = "4,1", *, reference: str = "D1", name: str = "BAPTISTE", end: str = END) -> bytes:
    """An HPRIM médecin message with one result."""
    return (
        f"4512\n{name}\nJEAN\n3 RUE DES LILAS\n\n35000 RENNES\n03/04/1952\n\n{reference}\n12/12/2025\n"
        "LAB35 Laboratoire de la Ville\nMOREL Garance\n"
        f"****LAB****\nRES|Potassium|K|N|{value}|mmol/l|3,5|5,0|N|F\n{end}"
    ).encode("cp1252")
