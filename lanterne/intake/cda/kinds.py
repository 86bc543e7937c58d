"""What sort of document a CDA is, from its code.

Source: LOINC document ontology and TRE_A03/TRE_A04 of the French health agency (CI-SIS, typeCode and classCode).
A code not listed is "other": the document is read all the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from lanterne.practice.documents.facts import DocumentKind

_KINDS: dict[DocumentKind, str] = {
    "lab-report": (
        "11502-2 96173-0 18719-5 18725-2 18723-7 18727-8 18728-6 18717-9 18718-7 18720-3 18721-1 18722-9"
        " 18724-5 18768-2 18767-4 26435-8 26436-6 27898-6 56846-9 60568-3 11526-1 22637-3 51969-4 97500-3"
        " ATTEST_DEPIST 94563-4"
    ),
    "imaging": "18748-4 18747-6 42148-7 18782-3 11525-3 18760-9 34140-4 39290-2 55113-5 11522-0 18745-0 18746-8",
    "letter": "51852-2 11488-4 34133-9 57133-1 57134-9 18761-7 34117-2 57135-6 CORRES LETTRE_LIAISON",
    "hospital-report": (
        "11490-0 34105-7 18842-5 34112-3 15507-7 11504-8 34874-8 34111-5 34878-9 28570-0 34745-0 34750-0"
        " 47420-5 59268-3 34848-2 83612-9 CR_URG 34094-3 34120-6 11505-5 11506-3 11503-0 11492-6 34109-9"
    ),
    "prescription": "57833-6 57828-6 57829-4 57832-8 29551-9 60593-1 60590-7 29305-0 PRESC PRESC_MED PRESC_BIO DISP",
    "certificate": "CERT_DECL 64294-2 64297-5 64298-3 CERT 53245-7",
    "administrative": "REMB 64290-0 64291-8 48768-6 52034-6 52027-0 51851-4 ADMIN 64300-7 93037-0",
    "photo": "72170-4",
}
_BY_CODE: dict[str, DocumentKind] = {code: kind for kind, codes in _KINDS.items() for code in codes.split()}


def kind_of(codes: Iterable[str]) -> DocumentKind:
    """The kind said by the document's code or one of its translations."""
    return next((_BY_CODE[code] for code in codes if code in _BY_CODE), "other")
