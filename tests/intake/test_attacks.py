"""Files made to harm, read where files are read: refused with a sentence, or rendered harmless."""

from __future__ import annotations

import base64
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanterne.intake.reading import Document, Unreadable
from lanterne.intake.sandbox import Sandbox
from lanterne.intake.sentences import SENTENCES, sentence
from tests.intake.cda.writing import ICD10, cd, document, problem, section
from tests.intake.fhir.made import bundle
from tests.intake.hl7v2.test_reader import ORDER, PID, ed, message, msh
from tests.intake.made import SYNTHESIS
from tests.intake.xdm.made import Entry, folder, zipped

MB = 1024 * 1024
# What the session says when the reading process ended or looped: an attack that gets so far is survived, not refused.
# (A process that has grown while it measured a bomb is replaced after its answer, as any other.)
SURVIVED = frozenset({"reader_crashed", "too_slow", "too_much_memory"})


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox
        assert sandbox.read(b"still here").text == "still here"


def refused(sandbox: Sandbox, content: bytes) -> str:
    """The code of the refusal, which has its sentence."""
    with pytest.raises(Unreadable) as caught:
        sandbox.read(content)
    assert caught.value.code in SENTENCES
    assert caught.value.code not in SURVIVED
    assert sentence(caught.value).endswith(".")
    return caught.value.code


def everything(found: Document) -> str:
    """All the text of a document, parts included."""
    said = [found.text, found.narrative, *found.unread, *(repr(one.body) for one in found.statements)]
    return "\n".join([*said, *(everything(part) for part in found.parts)])


def in_every_way(cda: bytes) -> dict[str, bytes]:
    """The same document alone, in an HL7 message, and in an exchange folder."""
    return {
        "alone": cda,
        "in HL7": message(msh(), PID, ORDER, ed(cda)).encode(),
        "in XDM": folder(Entry(content=cda, uri="DOC1.XML")),
    }


# ---------------------------------------------------------------- entities


def doctype(declaration: str, used: str = "&x;") -> bytes:
    """A CDA with a document type declaration, and an entity used in its narrative."""
    text = document(section("11348-0", text="@@")).decode().replace("@@", used)
    return text.replace(
        "<ClinicalDocument", f"<!DOCTYPE ClinicalDocument {declaration}><ClinicalDocument", 1
    ).encode()


BILLION = "[<!ENTITY a0 'ha'>" + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + "]"
QUADRATIC = f"[<!ENTITY x '{'a' * 60_000}'>]"
ENTITIES = {
    "XXE of a file": doctype("[<!ENTITY x SYSTEM 'file:///etc/passwd'>]"),
    "XXE of the network": doctype("[<!ENTITY x SYSTEM 'http://127.0.0.1:9/x'>]"),
    "XXE by a parameter": doctype("[<!ENTITY % p SYSTEM 'http://127.0.0.1:9/x.dtd'> %p;]", "a"),
    "an external subset": doctype("SYSTEM 'file:///etc/passwd'", "a"),
    "a public subset": doctype("PUBLIC '-//W3C//DTD XHTML 1.0//EN' 'http://127.0.0.1:9/xhtml.dtd'", "a"),
    "billion laughs": doctype(BILLION, "&a9;"),
    "quadratic blow-up": doctype(QUADRATIC, "&x;" * 60_000),
    "an attribute by default": doctype("[<!ATTLIST section onload CDATA 'alert(1)'>]", "a"),
    "in UTF-16": doctype("[<!ENTITY x SYSTEM 'file:///etc/passwd'>]").decode().replace("UTF-8", "UTF-16").encode("utf-16"),
}  # fmt: skip


@pytest.mark.parametrize("name", ENTITIES)
def test_entities(sandbox: Sandbox, name: str) -> None:
    assert refused(sandbox, ENTITIES[name]) == "xml_doctype"


@pytest.mark.parametrize("name", ["XXE of a file", "billion laughs", "quadratic blow-up"])
def test_entities_inside_other_files(sandbox: Sandbox, name: str) -> None:
    ways = in_every_way(ENTITIES[name])
    assert refused(sandbox, ways["in HL7"]) == "xml_doctype"
    (part,) = sandbox.read(ways["in XDM"]).parts
    assert (part.statements, part.narrative, part.text) == ((), "", "")
    assert any(SENTENCES["xml_doctype"] in said for said in part.unread)


def test_entities_in_fhir(sandbox: Sandbox) -> None:
    attack = b'<!DOCTYPE Bundle [<!ENTITY x SYSTEM "file:///etc/passwd">]><Bundle xmlns="http://hl7.org/fhir"><id value="&x;"/></Bundle>'
    assert refused(sandbox, attack) == "xml_doctype"


def test_an_include_brings_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mot-de-passe-42", encoding="utf-8")
    included = (
        f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>'
    )
    found = sandbox.read(document(section("11348-0", text=f"avant {included} après")))
    assert "mot-de-passe-42" not in everything(found)
    assert "avant" in found.narrative


# ---------------------------------------------------------------- depth and width


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<ClinicalDocument>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</ClinicalDocument>", "xml_too_deep"),
        (b"<ClinicalDocument>" + b"<a/>" * 500_000 + b"</ClinicalDocument>", "xml_too_many"),
        (b'<ClinicalDocument a="' + b"a" * 100_000 + b'"/>', "xml_attribute"),
        (b'{"resourceType":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too_deep"),
        (b'{"resourceType":"Bundle","entry":[' + b"{}," * 500_000 + b"{}]}", "too_many_elements"),
        (b"<html>" + b"<div>" * 100_000, "too_deep"),
        (document(section("11450-4", *[problem(cd("value", "I10", ICD10, "HTA"))] * 21_000)), None),
        (b"MSH|^~\\&|A||||2024||ORU^R01|1\r" + b"OBX|1|NM|a||1\r" * 200_000, "too_many_results"),
    ],
    ids=["XML depth", "XML width", "XML attribute", "JSON depth", "JSON width", "HTML depth", "CDA entries", "HL7 results"],
)  # fmt: skip
def test_depth_and_width(sandbox: Sandbox, content: bytes, code: str | None) -> None:
    assert refused(sandbox, content) in ((code,) if code else ("cda_too_many", "xml_too_many"))


# ---------------------------------------------------------------- zips


def test_a_zip_bomb(sandbox: Sandbox) -> None:
    assert refused(sandbox, zipped({"IHE_XDM/SUBSET01/DOC1.XML": bytes(200 * MB)})) == "zip_bomb"


def test_a_zip_bomb_of_files_over_one_another(sandbox: Sandbox) -> None:
    """Fifield's: many names of the directory on one compressed kernel."""
    content = bytearray(zipped({f"{n:02}": bytes(100_000) for n in range(20)}))
    place = content.index(b"PK\x01\x02")
    while (place := content.find(b"PK\x01\x02", place + 4)) >= 0:
        content[place + 42 : place + 46] = struct.pack("<I", 0)
    assert refused(sandbox, bytes(content)) in ("zip_overlap", "zip_bomb", "zip_broken")


def test_a_zip_that_declares_less_than_it_holds(sandbox: Sandbox) -> None:
    content = bytearray(zipped({"a.txt": bytes(50 * MB)}))
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = content.index(mark) + place
        content[start : start + 4] = struct.pack("<I", 100)
    assert refused(sandbox, bytes(content)) in ("zip_bomb", "zip_broken")


@pytest.mark.parametrize(
    "name",
    ["../../evil.txt", "/etc/cron.d/evil", "C:\\Windows\\evil", "a/../../evil", "..\\evil", "\\\\host\\evil"],
)
def test_zip_slip(sandbox: Sandbox, name: str) -> None:
    assert refused(sandbox, zipped({name: b"x"})) == "zip_path"


def test_a_link_in_a_zip(sandbox: Sandbox) -> None:
    info = zipfile.ZipInfo("DOC1.XML")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert refused(sandbox, held.getvalue()) == "zip_link"


def test_a_zip_in_a_zip_is_kept_closed(sandbox: Sandbox) -> None:
    bomb = zipped({"a": bytes(40 * MB)})
    found = sandbox.read(zipped({"inner.zip": zipped({"deeper.zip": bomb}), "a.txt": b"Bonjour"}))
    inner = next(part for part in found.parts if part.attached)
    assert (inner.statements, inner.parts, inner.text) == ((), (), "")
    assert any("archive dans l’archive" in said for said in inner.unread)
    assert [part.text for part in found.parts if part.text] == ["Bonjour"]


def test_a_zip_in_hl7_and_in_fhir_obeys_the_same_bounds(sandbox: Sandbox) -> None:
    bomb = zipped({"a.txt": bytes(200 * MB)})
    assert refused(sandbox, message(msh(), PID, ORDER, ed(bomb)).encode()) == "zip_bomb"
    held = {
        "resourceType": "Binary",
        "id": "1",
        "contentType": "application/zip",
        "data": base64.b64encode(bomb).decode(),
    }
    found = sandbox.read(bundle(held))
    assert len(everything(found)) < MB


# ---------------------------------------------------------------- what would run in a page

SCRIPTS = {
    "script": "<script>alert(1)</script>",
    "script of another namespace": '<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>',
    "escaped script": "&lt;script&gt;alert(1)&lt;/script&gt;",
    "script in CDATA": "<![CDATA[<script>alert(1)</script>]]>",
    "split script": "<![CDATA[<scr]]><![CDATA[ipt>alert(1)</script>]]>",
    "javascript link": "<linkHtml href=\"javascript:alert(1)\">ici</linkHtml>",
    "javascript link, disguised": "<linkHtml href=\" jAvA&#9;script:alert(1)\">ici</linkHtml>",
    "data link": "<linkHtml href=\"data:text/html,&lt;script&gt;alert(1)&lt;/script&gt;\">ici</linkHtml>",
    "event handler": "<paragraph onclick=\"alert(1)\" onmouseover='alert(1)'>ici</paragraph>",
    "event handler on a cell": "<table onload=\"alert(1)\"><tr><td onfocus=\"alert(1)\">ici</td></tr></table>",
    "svg": "<svg onload=\"alert(1)\"><script>alert(1)</script><a href=\"javascript:alert(1)\">ici</a></svg>",
    "math": "<math><mtext><table><mglyph><style><img src=\"x\" onerror=\"alert(1)\"/></style></mglyph></table></mtext></math>",
    "style element": "<style>@import 'http://127.0.0.1:9/x.css'; body{background:url(http://127.0.0.1:9/)}</style>",
    "style attribute": "<content style=\"background:url(javascript:alert(1))\">ici</content>",
    "styleCode": "<content styleCode=\"x;position:fixed;background:url(http://127.0.0.1:9/)\">ici</content>",
    "image": "<img src=\"http://127.0.0.1:9/pixel.png\" onerror=\"alert(1)\"/>",
    "iframe": "<iframe src=\"http://127.0.0.1:9/\" srcdoc=\"&lt;script&gt;alert(1)&lt;/script&gt;\"/>",
    "object": "<object data=\"http://127.0.0.1:9/\"/><embed src=\"http://127.0.0.1:9/\"/>",
    "form": "<form action=\"http://127.0.0.1:9/\"><input name=\"a\" formaction=\"javascript:alert(1)\"/><button>ici</button></form>",
    "meta and base": "<meta http-equiv=\"refresh\" content=\"0;url=http://127.0.0.1:9/\"/><base href=\"http://127.0.0.1:9/\"/>",
    "out of an attribute": "<content ID=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\">ici</content>",
    "template": "<template><script>alert(1)</script></template><noscript><p title=\"&lt;/noscript&gt;&lt;img src=x onerror=alert(1)&gt;\"/></noscript>",
}  # fmt: skip
# Signs of markup that runs, loads, or leads elsewhere. As words ("&lt;script&gt;") they are only text.
RUNNING = (
    "<script", "<style", "<svg", "<math", "<img", "<iframe", "<object", "<embed", "<form", "<input", "<button", "<meta", "<base",
    "<link", "<a ", "<template", "onclick=", "onload=", "onerror=", "onfocus=", "onmouseover=", "href=", "src=", "style=", "srcdoc=",
)  # fmt: skip


def harmless(markup: str) -> None:
    tags = [part.split(">")[0].lower() for part in markup.split("<")[1:]]
    for tag in tags:
        assert not any(f"<{tag}".startswith(sign) for sign in RUNNING if sign.startswith("<")), tag
        assert not any(sign in tag for sign in RUNNING if sign.endswith("=")), tag
        assert "url(" not in tag
        assert "javascript:" not in tag


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_in_the_narrative(sandbox: Sandbox, name: str) -> None:
    entry = problem(cd("value", "I10", ICD10, "Hypertension"))
    content = document(section("11450-4", entry, text=f"avant {SCRIPTS[name]} après"))
    for way, file in in_every_way(content).items():
        found = sandbox.read(file)
        read = found if way == "alone" else found.parts[0]
        harmless(read.narrative)
        assert "avant" in read.narrative, way
        assert "après" in read.narrative, way
        assert len(read.statements) == 1, way


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_in_an_html_file_and_in_fhir(sandbox: Sandbox, name: str) -> None:
    page = sandbox.read(f"<html><body>avant {SCRIPTS[name]} après</body></html>".encode())
    harmless(page.narrative)
    div = f'<div xmlns="http://www.w3.org/1999/xhtml">avant {SCRIPTS[name]} après</div>'
    held = {"resourceType": "Composition", "id": "c", "status": "final", "title": "CR", "date": "2024-01-05",
            "type": {"coding": [{"system": "http://loinc.org", "code": "60591-5"}]}, "text": {"status": "generated", "div": div},
            "section": [{"title": "Bilan", "text": {"status": "generated", "div": div}}]}  # fmt: skip
    harmless(sandbox.read(bundle(held, kind="document")).narrative)


def test_script_in_titles_names_and_codes(sandbox: Sandbox) -> None:
    attack = "&lt;script&gt;alert(1)&lt;/script&gt;"
    content = document(section("11450-4", problem(cd("value", "I10", ICD10, attack)), title=attack)).decode()
    found = sandbox.read(content.replace("BAPTISTE", attack).replace("Un document", attack).encode())
    harmless(found.narrative)
    # Names and labels are text: a page escapes them; they are never HTML.
    assert found.title == "<script>alert(1)</script>"


def test_a_page_disguised_as_a_pdf_is_not_called_one(sandbox: Sandbox) -> None:
    """What is attached has the type of its bytes: a page is never served as anything a browser runs."""
    evil = b"<html><script>alert(1)</script></html>"
    body = f'<nonXMLBody><text mediaType="application/pdf" representation="B64">{base64.b64encode(evil).decode()}</text></nonXMLBody>'
    found = sandbox.read(document(body=body))
    harmless(found.narrative)
    assert not any(one.media_type == "application/pdf" for one in found.attached)


# ---------------------------------------------------------------- size


def test_a_file_of_200_megabytes(sandbox: Sandbox) -> None:
    assert refused(sandbox, bytes(200 * MB)) == "file_too_large"


@pytest.mark.parametrize("inside", ["cda", "fhir"])
def test_200_megabytes_inside(sandbox: Sandbox, inside: str) -> None:
    """What inflates past the bounds inside a document: refused, or left out with a sentence."""
    packed = base64.b64encode(zlib.compress(bytes(300 * MB), 9)).decode()
    if inside == "cda":
        body = f'<nonXMLBody><text mediaType="text/plain" representation="B64" compression="ZL">{packed}</text></nonXMLBody>'
        found = sandbox.read(document(body=body))
        assert sum(len(one.content) for one in found.attached) <= 64 * MB
        assert found.unread
    else:
        held = {"resourceType": "Binary", "id": "1", "contentType": "text/plain", "data": packed}
        found = sandbox.read(json.dumps(held).encode())
        assert len(everything(found)) < MB


def test_a_picture_of_a_billion_points(sandbox: Sandbox) -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    data = b"IDAT" + zlib.compress(bytes(10_000))
    chunk += struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    assert (
        refused(sandbox, b"\x89PNG\r\n\x1a\n" + chunk + b"\x00\x00\x00\x00IEND\xaeB`\x82")
        == "image_too_large"
    )


def test_the_document_used_here_is_read(sandbox: Sandbox) -> None:
    """Were it refused, the tests above would prove nothing."""
    for way, content in in_every_way(SYNTHESIS).items():
        found = sandbox.read(content)
        assert len((found if way == "alone" else found.parts[0]).statements) == 3, way
