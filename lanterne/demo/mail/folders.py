"""An IHE XDM zip as secure messaging carries it: README, INDEX, METADATA.XML and its documents."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from lanterne.demo.identity import TEST_OID
from lanterne.demo.mail.addressees import Addressee
from lanterne.demo.mail.cda import ROOT, Author

_BASE = "IHE_XDM/SUBSET01"


@dataclass(frozen=True, slots=True)
class Held:
    """One document of the folder."""

    content: bytes
    uri: str
    number: str
    title: str
    media_type: str
    type_code: str


def xdm(addressee: Addressee, held: Sequence[Held], author: Author, at: datetime) -> bytes:
    """The zip; the same bytes for the same documents."""
    files = {
        "README.TXT": "Dossier d'échange IHE XDM. Ouvrez INDEX.HTM.\r\n".encode(),
        "INDEX.HTM": b"<html><body><h1>IHE XDM</h1></body></html>",
        f"{_BASE}/METADATA.XML": _metadata(addressee, held, author, at),
        **{f"{_BASE}/{one.uri}": one.content for one in held},
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, 0))
            info.create_system = 3  # said the same on every system
            # Stored: what zlib makes of the same bytes differs from one version to the next.
            archive.writestr(info, content, zipfile.ZIP_STORED)
    return made.getvalue()


def _metadata(addressee: Addressee, held: Sequence[Held], author: Author, at: datetime) -> bytes:
    entries = "".join(_entry(addressee, one, author, at, rank) for rank, one in enumerate(held, 1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<lcm:SubmitObjectsRequest'
        ' xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"'
        ' xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><rim:RegistryObjectList>'
        f'<rim:RegistryPackage id="envoi">{_named("Envoi par messagerie sécurisée")}<rim:ExternalIdentifier'
        ' identificationScheme="urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"'
        f' value="{ROOT}.{at:%Y%m%d%H%M}"/></rim:RegistryPackage>{entries}'
        "</rim:RegistryObjectList></lcm:SubmitObjectsRequest>\n"
    ).encode()


def _entry(addressee: Addressee, one: Held, author: Author, at: datetime, rank: int) -> str:
    who = addressee.identity
    patient = [f"PID-5|{who.birth_name}^{who.first_given}^{' '.join(who.given_names)}^^^^L"]
    if who.used_name:
        patient.append(f"PID-5|{who.used_name}^{who.first_given}^^^^^D")
    patient += [f"PID-7|{addressee.born:%Y%m%d}", f"PID-8|{'F' if addressee.female else 'M'}"]
    if who.ins is not None:
        patient.insert(0, f"PID-3|{who.ins.matricule}^^^&{TEST_OID}&ISO^NH")
    digest = hashlib.sha1(one.content, usedforsecurity=False).hexdigest()
    person = f"8{author.rpps}^{author.family}^{author.given}^^^Dr^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS"
    return (
        f'<rim:ExtrinsicObject id="urn:uuid:doc-{rank}" mimeType="{one.media_type}">{_slot("URI", one.uri)}'
        f"{_slot('hash', digest)}{_slot('size', str(len(one.content)))}{_slot('creationTime', f'{at:%Y%m%d%H%M%S}')}"
        f"{_slot('sourcePatientInfo', *patient)}{_named(one.title)}"
        '<rim:Classification classificationScheme="urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"'
        f' nodeRepresentation="{one.type_code}"/>'
        '<rim:Classification classificationScheme="urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d">'
        f"{_slot('authorPerson', person)}{_slot('authorInstitution', author.organisation)}</rim:Classification>"
        '<rim:ExternalIdentifier identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"'
        f" value={quoteattr(one.number)}/></rim:ExtrinsicObject>"
    )


def _named(text: str) -> str:
    return f"<rim:Name><rim:LocalizedString value={quoteattr(text)}/></rim:Name>"


def _slot(name: str, *values: str) -> str:
    held = "".join(f"<rim:Value>{escape(value)}</rim:Value>" for value in values)
    return f'<rim:Slot name="{name}"><rim:ValueList>{held}</rim:ValueList></rim:Slot>'
