r"""RTF to text: the words of a letter, in order, without fonts, pictures or layout.

Law: one pass, no recursion, nothing run, nothing followed: groups that hold no words of the letter (fonts,
colours, styles, pictures, fields' instructions, anything marked \*) are left out. Source: Rich Text Format
1.9.1. Written here because the one published package for it has no bounds and reads with regular expressions
that a hostile file makes quadratic.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\"
)
_SILENT = frozenset({
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "headerl", "headerr",
    "footerl", "footerr", "fldinst", "themedata", "datastore", "listtable", "listoverridetable", "rsidtbl",
    "generator", "xmlnstbl", "latentstyles", "filetbl", "revtbl", "bkmkstart", "bkmkend", "nonshppict",
    "shppict", "mmathPr", "pgptbl",
})  # fmt: skip
_BREAKS = {"par": "\n", "line": "\n", "row": "\n", "sect": "\n", "page": "\n", "tab": "\t", "cell": "\t"}
_SIGNS = {
    "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
    "emspace": " ", "enspace": " ",
}  # fmt: skip
_PAGES = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
_ESCAPED = {"~": "\u00a0", "_": "-", "\n": "\n", "\r": "\n", "\\": "\\", "{": "{", "}": "}"}
_DEEPEST = 10_000


@dataclass(slots=True)
class _Reading:
    """Where the reading stands: silent groups, the code page, and letters to skip after a \\u."""

    silent: bool = False
    after_unicode: int = 1
    skip: int = 0
    page: str = "cp1252"
    stack: list[tuple[bool, int]] = field(default_factory=list)

    def brace(self, brace: str) -> None:
        if brace == "{" and len(self.stack) < _DEEPEST:
            self.stack.append((self.silent, self.after_unicode))
        elif brace == "}":
            self.silent, self.after_unicode = self.stack.pop() if self.stack else (False, 1)

    def word(self, word: str, number: str | None) -> str:
        if word == "u" and number:
            self.skip = self.after_unicode
            return _letter(int(number))
        if word == "uc" and number:
            self.after_unicode = min(abs(int(number)), 8)
        elif word == "ansicpg" and number:
            self.page = _page(number, self.page)
        elif word in _PAGES:
            self.page = _PAGES[word]
        elif word in _SILENT:
            self.silent = True
        return _BREAKS.get(word, _SIGNS.get(word, ""))

    def byte(self, byte: str) -> str:
        if self.skip:
            self.skip -= 1
            return ""
        return bytes.fromhex(byte).decode(self.page, errors="replace")

    def sign(self, sign: str) -> str:
        self.silent = self.silent or sign == "*"
        return _ESCAPED.get(sign, "")

    def plain(self, plain: str) -> str:
        skipped, self.skip = self.skip, max(0, self.skip - len(plain))
        return plain[skipped:]


def text_of_rtf(source: str, most: int) -> str:
    """The words of a RTF file decoded as latin-1, `most` characters at most."""
    out: list[str] = []
    size = 0
    reading = _Reading()
    for token in _TOKEN.finditer(source):
        word, number, byte, sign, brace, plain = token.groups()
        said = ""
        if brace:
            reading.brace(brace)
        elif word:
            said = reading.word(word, number)
        elif byte:
            said = reading.byte(byte)
        elif sign:
            said = reading.sign(sign)
        elif plain:
            said = reading.plain(plain)
        if said and not reading.silent:
            out.append(said)
            size += len(said)
            if size > most:
                break
    return "".join(out)[:most].strip()


def _letter(number: int) -> str:
    code = number % 65_536
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)


def _page(number: str, usual: str) -> str:
    try:
        return codecs.lookup(f"cp{number}").name
    except LookupError:
        return usual
