"""XML from outside, read without trust: bytes become a tree, or a refusal with its reason.

Law: nothing is fetched and nothing is expanded. A document type declaration is refused before any parser sees
it (entities, external subsets and "billion laughs" all need one); depth, elements, attributes and time are
bounded. The charset is decided here, from the mark, the declaration or the bytes, never by the parser: a file
that lies about its charset is read and said to lie. Source: XML 1.0 (Fifth Edition), W3C; RFC 7303.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from lxml import etree

from lanterne.intake import charset as charsets
from lanterne.intake.reading import Limits, Unreadable

Node = etree._Element  # noqa: SLF001 - the only name lxml gives the type of its nodes

# A schemaLocation of every namespace of the CI-SIS has 400 characters; content belongs in elements.
LONGEST_ATTRIBUTE = 65_536
_CHUNK = 32_768


def _(text: str) -> str:
    """Mark a French msgid for gettext; the sentence is translated at the boundary."""
    return text


SENTENCES: dict[str, str] = {
    "file_too_large": _("Le fichier pèse plus de %(limit)s Mo : il n’est pas ouvert."),
    "too_slow": _("La lecture a dépassé %(limit)s secondes : elle est abandonnée."),
    "xml_empty": _("Le fichier est vide."),
    "xml_doctype": _("Le fichier contient une déclaration DOCTYPE, dangereuse et inutile : il est refusé."),
    "xml_broken": _("Le fichier n’est pas un XML lisible : il est abîmé ou incomplet (ligne %(line)s)."),
    "xml_charset": _("Le jeu de caractères du fichier n’est pas reconnu."),
    "xml_too_deep": _("Le fichier emboîte plus de %(limit)s niveaux : il est refusé."),
    "xml_too_many": _("Le fichier contient plus de %(limit)s éléments : il est refusé."),
    "xml_attribute": _("Le fichier contient un attribut démesuré : il est refusé."),
}

# Python knows codecs that are no charset ("unicode_escape", "zip"): only these are ever named by a file.
_CHARSETS = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8",
    "utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "ucs-2": "utf-16",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252",
    "iso-8859-15": "iso8859-15", "iso8859-15": "iso8859-15",
    "windows-1252": "cp1252", "cp1252": "cp1252", "macintosh": "mac-roman", "macroman": "mac-roman",
}  # fmt: skip
_ONE_BYTE = frozenset({"cp1252", "iso8859-15", "mac-roman"})
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

_DECLARATION = re.compile(r"<\?xml\s[^>]{0,400}\?>")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A tree. `charset` is how it was read; `notes` say in French what had to be tolerated."""

    root: Node
    charset: str
    notes: tuple[str, ...] = ()


class Deadline:
    """The time a reader may take; `check` is called in every loop a file can lengthen."""

    __slots__ = ("_end", "_seconds")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def check(self) -> None:
        """Raises Unreadable "too_slow" once the time is over."""
        if time.monotonic() > self._end:
            raise Unreadable("too_slow", limit=f"{self._seconds:g}")


def parse(
    content: bytes,
    limits: Limits,
    deadline: Deadline | None = None,
    *,
    longest_attribute: int = LONGEST_ATTRIBUTE,
) -> Parsed:
    """The tree of an XML file; comments and processing instructions are left out.

    Args:
        longest_attribute: in characters; FHIR keeps whole files in an attribute, and its reader says so.

    Raises:
        Unreadable: a code of `SENTENCES`.
    """
    deadline = deadline or Deadline(limits.seconds)
    if len(content) > limits.file_bytes:
        raise Unreadable("file_too_large", limit=str(limits.file_bytes // (1024 * 1024)))
    text, charset, notes = decode(content)
    text = text.rstrip("\x00 \t\r\n\x1a")
    if _FORBIDDEN.search(text) is not None:
        text = _FORBIDDEN.sub("", text)
        notes = (*notes, "Des caractères de commande interdits ont été ôtés.")
    _refuse_doctype(text)
    declaration = _DECLARATION.match(text)
    body = text[declaration.end() :] if declaration is not None else text
    if not body.strip():
        raise Unreadable("xml_empty")
    data = body.encode("utf-8", "replace")
    try:
        return Parsed(_grow(data, limits, deadline, longest_attribute, recover=False), charset, notes)
    except etree.XMLSyntaxError as error:
        if not _only_namespaces(error):
            raise _broken(error, limits) from error
    # A prefix nobody declared ("xsi:type" pasted without its declaration) hurts nothing: the names are there.
    try:
        root = _grow(data, limits, deadline, longest_attribute, recover=True)
    except etree.XMLSyntaxError as error:
        raise _broken(error, limits) from error
    return Parsed(root, charset, (*notes, "Un préfixe d’espace de noms n’est pas déclaré : il est ignoré."))


def decode(content: bytes) -> tuple[str, str, tuple[str, ...]]:
    """The text of an XML file, its charset, and what must be said about it.

    The mark prevails, then UTF-8 over an announced charset of one byte, then the declaration when the bytes agree
    with it, then UTF-8, then what French software writes (`lanterne.intake.charset`).

    Raises:
        Unreadable: "xml_empty", "xml_charset".
    """
    if not content.strip(b"\x00 \t\r\n"):
        raise Unreadable("xml_empty")
    for mark, charset in _MARKS:
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(charset), charset, ()
            except UnicodeDecodeError:
                content = content[len(mark) :] if charset == "utf-8" else content
                break
    declared = _declared(content)
    # Any bytes are letters of cp1252; what is UTF-8 by its bytes is UTF-8, whatever is announced.
    first = "utf-8" if declared in _ONE_BYTE and not content.isascii() else declared
    for charset in dict.fromkeys(filter(None, (first, declared, "utf-8"))):
        try:
            text = content.decode(charset)
        except UnicodeDecodeError:
            continue
        if "<" in text[:4096]:
            return text.lstrip("\ufeff"), charset, () if charset == declared else (_lie(declared, charset),)
    guessed = charsets.decode(content)
    if "<" in guessed.text[:4096]:
        return guessed.text.lstrip("\ufeff"), guessed.encoding, (_lie(declared, guessed.encoding),)
    raise Unreadable("xml_charset")


def _lie(declared: str, charset: str) -> str:
    if not declared:
        return f"Le jeu de caractères annoncé n’est pas celui du fichier : il est lu en {charset}."
    return f"Le fichier se dit en {declared} et n’en est pas : il est lu en {charset}."


def _declared(content: bytes) -> str:
    """The charset the first bytes announce, as a codec; "utf-8" when they say nothing."""
    head = content[:400]
    if head[:4] in (b"<\x00?\x00", b"<\x00C\x00"):
        return "utf-16-le"
    if head[:4] in (b"\x00<\x00?", b"\x00<\x00C"):
        return "utf-16-be"
    found = _ENCODING.search(head)
    if found is None:
        return "utf-8"
    named = _CHARSETS.get(found[1].decode("ascii").lower().replace("_", "-"), "")
    # Announced as UTF-16 in letters of one byte: the announcement is wrong.
    return "" if named.startswith("utf-16") else named


def _refuse_doctype(text: str) -> None:
    """Walks over what may stand before the root; raises Unreadable "xml_doctype"."""
    place = 0
    while True:
        while place < len(text) and text[place] in " \t\r\n":
            place += 1
        for opening, closing in _PROLOG_PARTS:
            if text.startswith(opening, place):
                end = text.find(closing, place + len(opening))
                if end < 0:
                    return  # the parser will say it is broken
                place = end + len(closing)
                break
        else:
            break
    if text[place : place + 9].upper() == "<!DOCTYPE":
        raise Unreadable("xml_doctype")


_PROLOG_PARTS = (("<?", "?>"), ("<!--", "-->"))


def _grow(data: bytes, limits: Limits, deadline: Deadline, longest_attribute: int, *, recover: bool) -> Node:
    # The log lxml hands out with an error is the thread's: what an earlier file did wrong would be in it.
    etree.clear_error_log()
    parser = etree.XMLPullParser(
        ("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,  # a scanned letter in base64 is one text of many megabytes; our own limits hold instead
        recover=recover,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    depth = elements = 0
    for start in range(0, len(data), _CHUNK):
        deadline.check()
        parser.feed(data[start : start + _CHUNK])
        for event, element in parser.read_events():
            if event == "end":
                depth -= 1
                continue
            depth, elements = depth + 1, elements + 1
            if depth > limits.depth:
                raise Unreadable("xml_too_deep", limit=str(limits.depth))
            if elements > limits.elements:
                raise Unreadable("xml_too_many", limit=str(limits.elements))
            if any(len(value) > longest_attribute for value in element.attrib.values()):
                raise Unreadable("xml_attribute")
    root = parser.close()
    if root is None:
        raise Unreadable("xml_empty")
    return root


def _only_namespaces(error: etree.XMLSyntaxError) -> bool:
    entries = list(error.error_log)
    return bool(entries) and all(entry.domain_name == "NAMESPACE" for entry in entries)


def _broken(error: etree.XMLSyntaxError, limits: Limits) -> Unreadable:
    if "depth" in str(error.msg or ""):
        return Unreadable("xml_too_deep", limit=str(limits.depth))
    return Unreadable("xml_broken", line=str(error.lineno or 0))
