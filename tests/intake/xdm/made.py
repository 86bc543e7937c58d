"""Exchange folders written by hand: METADATA.XML of one or more documents, and the zip around them."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass, field

TEXT = b"Compte rendu de consultation de Jean Baptiste."
BASE = "IHE_XDM/SUBSET01"


@dataclass
class Entry:
    """One DocumentEntry; empty `sha1` and `size` are computed from the content."""

    content: bytes = TEXT
    uri: str = "DOC0001.TXT"
    unique_id: str = "1.2.3^1"
    uuid: str = "urn:uuid:1"
    title: str = "CR de consultation"
    sha1: str = ""
    size: str = ""
    type_code: str = "11488-4"
    type_name: str = ""
    replaces: str = ""
    patient: tuple[str, ...] = (
        "PID-3|279035121518989^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH",
        "PID-5|PAT-TROIS^DOMINIQUE^MARIE-LOUISE^^^^L",
        "PID-5|MARTIN^DOMINIQUE^^^^^D",
        "PID-7|19790328",
        "PID-8|F",
    )
    files: dict[str, bytes] = field(default_factory=dict)

    def xml(self) -> str:
        sha1 = self.sha1 or hashlib.sha1(self.content, usedforsecurity=False).hexdigest()
        named = (
            f'<rim:Name><rim:LocalizedString value="{self.type_name}"/></rim:Name>' if self.type_name else ""
        )
        return f"""<rim:ExtrinsicObject id="{self.uuid}" mimeType="text/plain">
{slot("URI", self.uri)}{slot("hash", sha1)}{slot("size", self.size or str(len(self.content)))}
{slot("creationTime", "20240105093000")}{slot("sourcePatientInfo", *self.patient)}
<rim:Name><rim:LocalizedString value="{self.title}"/></rim:Name>
<rim:Classification classificationScheme="urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
  nodeRepresentation="{self.type_code}">{named}</rim:Classification>
<rim:Classification classificationScheme="urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d">
{slot("authorPerson", "810100000123^MOREL^Garance^^^Dr^^^&amp;1.2.250.1.71.4.2.1&amp;ISO^D^^^IDNPS")}
{slot("authorInstitution", "Cabinet des Halles^^^^^")}</rim:Classification>
<rim:ExternalIdentifier identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab" value="{self.unique_id}"/>
</rim:ExtrinsicObject>""" + (
            f'<rim:Association associationType="urn:ihe:iti:2007:AssociationType:RPLC" sourceObject="{self.uuid}" '
            f'targetObject="{self.replaces}"/>'
            if self.replaces
            else ""
        )


def slot(name: str, *values: str) -> str:
    held = "".join(f"<rim:Value>{value}</rim:Value>" for value in values)
    return f'<rim:Slot name="{name}"><rim:ValueList>{held}</rim:ValueList></rim:Slot>'


def metadata(*entries: Entry) -> bytes:
    body = "".join(entry.xml() for entry in entries)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
 xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><rim:RegistryObjectList>
<rim:RegistryPackage id="s"><rim:Name><rim:LocalizedString value="Envoi du 5 janvier"/></rim:Name>
<rim:ExternalIdentifier identificationScheme="urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8" value="1.2.3.9"/>
</rim:RegistryPackage>{body}</rim:RegistryObjectList></lcm:SubmitObjectsRequest>""".encode()


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of these files."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def folder(*entries: Entry, **more: bytes) -> bytes:
    """An exchange folder: its papers, its metadata, its documents, and other files by path."""
    files = {
        "README.TXT": b"Lisez-moi",
        "INDEX.HTM": b"<html></html>",
        f"{BASE}/METADATA.XML": metadata(*entries),
    }
    files |= {f"{BASE}/{entry.uri}": entry.content for entry in entries}
    return zipped({**files, **more})
