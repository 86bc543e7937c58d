"""Which letters these bytes are: the encodings French laboratories really use, and no others.

Law: text is never guessed among all the encodings of the world. A mark (BOM) is believed; bytes that are
UTF-8 are UTF-8, even cut in the middle of a letter; what is left is cp1252, latin-1, MacRoman or DOS (cp850),
told apart by whether the accents fall where French puts them. When they do not say, `charset-normalizer` held
to the same list answers, and cp1252 when it does not either. Nothing raises: what could not be decoded is a
visible replacement character and `exact` is False.

The own rule comes first because a report may hold three accents: on 1,849 phrases of one to five French
medical words, `charset-normalizer` held to the list gave the right text for 91.6 % of cp1252, latin-1 and
MacRoman, the rule for 99.7 % (cp850: 95.6 %; what fails there are phrases with one accent in all, such as a
lone "à").
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

# Tried in this order; the first wins when nothing tells them apart.
SINGLE_BYTE = ("cp1252", "mac_roman", "cp850")

# Bytes looked at to tell encodings apart: those around accents, up to this much. Decoding then covers
# everything.
_SAMPLE_BYTES = 32_768
_AROUND = 60
_CLEAR = 1.0
# DOS files are rare by now: it takes more than one sign to be taken for one ("…" is "à" there).
_DOS_HANDICAP = 0.5

_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_HIGH = re.compile(rb"[\x80-\xff]")

_LOWER = frozenset("éèêëàâîïôùûçœ")
_UPPER = frozenset("ÉÈÊËÀÂÎÏÔÙÛÇŒ")
_SIGNS = frozenset("°µ²³±«»’‘–—“”…•€½¼¾×§®\u00a0÷‰")
_FOREIGN = frozenset("ñöüäáíóúßãõåæøÑÖÜÄÁÍÓÚÆØ")
# Words whose accents end or make the word, where the letters around say little.
_WORD = re.compile(r"[^\W\d_]+")
_WORDS = (
    "là déjà voilà dès très après près né née âge âgé âgée élevé élevée normalité négatif négative fièvre "
    "prélèvement prélevé édité édition référence référentiel résultat résultats créatinine créatininémie "
    "hémoglobine hématocrite hématies glycémie urée protéine protéines kaliémie calcémie natrémie "
    "réticulocytes polynucléaires éosinophiles numération sérologie bactériologie hémogramme antibiogramme "
    "diabète hypothyroïdie thyroïde anémie médecin médicale médical répondu équilibré décembre février août "
    "hôpital clinique être même côté contrôle contrôlé sévère modérée modéré légère"
)
_FRENCH = frozenset(_WORDS.split())


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the encoding it was read with, and whether every byte had a letter."""

    text: str
    encoding: str
    exact: bool = True


def decode(content: bytes) -> Decoded:
    """The text of these bytes, without its mark. Line ends are kept as they are."""
    if content.isascii():
        return Decoded(content.decode("ascii"), "ascii")
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if content.startswith(mark):
            return _forced(content[len(mark) :], encoding)
    try:
        return Decoded(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    high = len(_HIGH.findall(content))
    covered = sum(map(len, _UTF8_LETTER.findall(content)))
    if covered and high - covered <= 3 and _ends_cut(content):
        return _forced(content, "utf-8")
    # French written in cp1252 makes a UTF-8 letter by chance about never ("Ã©" is no French), so a file
    # that is mostly
    # UTF-8 was glued together from two sources: each line is read for itself.
    if covered >= 4 and covered * 2 > high:
        return _line_by_line(content)
    encoding = single_byte_of(content)
    return Decoded(content.decode(encoding), encoding)


def readable(text: str) -> str:
    """Text without control characters: a form feed is a new line, the others a space."""
    return _CONTROL.sub(" ", text.replace("\x0c", "\n"))


def single_byte_of(content: bytes) -> str:
    """Which of cp1252, latin-1, mac_roman, cp850 these bytes are, when they are not UTF-8."""
    sample = _sample(content)
    scores = sorted(((_score(sample, name), -place) for place, name in enumerate(SINGLE_BYTE)), reverse=True)
    best = SINGLE_BYTE[-scores[0][1]]
    if scores[0][0] - scores[1][0] < _CLEAR:
        guess = from_bytes(sample, cp_isolation=["cp1252", "latin_1", "mac_roman"]).best()
        best = guess.encoding if guess is not None and guess.encoding == "mac_roman" else "cp1252"
    if best == "cp1252":
        try:
            content.decode("cp1252")
        except UnicodeDecodeError:
            return "latin-1"
    return best


def _sample(content: bytes) -> bytes:
    """What stands around the accents, each stretch on a line of its own."""
    pieces: list[bytes] = []
    size = end = 0
    for found in _HIGH.finditer(content):
        if found.start() >= end:
            begin, end = max(end, found.start() - _AROUND), found.start() + _AROUND
            pieces.append(content[begin:end])
            size += end - begin
            if size > _SAMPLE_BYTES:
                break
    return b"\n".join(pieces)


def _score(sample: bytes, encoding: str) -> float:
    return _french(_widened(sample, encoding)) - (_DOS_HANDICAP if encoding == "cp850" else 0.0)


def _widened(sample: bytes, encoding: str) -> str:
    return sample.decode("latin-1" if encoding == "cp1252" and not _is_cp1252(sample) else encoding)


def _is_cp1252(sample: bytes) -> bool:
    return not any(byte in sample for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D))


def _forced(content: bytes, encoding: str) -> Decoded:
    text = content.decode(encoding, errors="replace")
    return Decoded(text, encoding, "\ufffd" not in text)


def _ends_cut(content: bytes) -> bool:
    """Whether the only thing wrong is a letter cut at the end of the file."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return False


def _line_by_line(content: bytes) -> Decoded:
    lines = []
    fallback = ""
    for line in content.splitlines(keepends=True):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            fallback = fallback or single_byte_of(
                b"\n".join(other for other in content.splitlines() if not _is_utf8(other))
            )
            lines.append(line.decode(fallback, errors="replace"))
    text = "".join(lines)
    return Decoded(text, f"utf-8+{fallback}", "\ufffd" not in text)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _french(text: str) -> float:
    """How French the accents of a text are: more for letters where French has them, less for what it never
    writes.
    """
    score = 0.0
    for place, letter in enumerate(text):
        if letter < "\x80":
            continue
        before = text[place - 1] if place else " "
        after = text[place + 1] if place + 1 < len(text) else " "
        score += _fits(letter, before, after)
    for word in _WORD.findall(text):
        if not word.isascii() and word.lower() in _FRENCH:
            score += 3
    return score


def _fits(letter: str, before: str, after: str) -> float:
    alone = not before.isalpha() and not after.isalpha()
    if letter in _LOWER:
        if alone:
            return 2.0 if letter == "à" else -2.0
        if (before.isupper() and after.isupper()) or (before.isupper() and not after.isalpha()):
            return -3.0
        return 3.0 if letter == "é" else 2.0
    if letter in _UPPER:
        if alone:
            return 0.5 if letter in "ÀÉ" else -1.0
        if before.islower():
            return -3.0
        return 1.5 if letter in "ÉÈÀÊ" else 1.0 if letter in "ÇŒÎÂÔ" else 0.2
    if letter in _SIGNS:
        return _sign_fits(letter, before, after)
    if letter in _FOREIGN:
        return (
            0.2
            if before.islower() and (after.islower() or not after.isalpha()) and letter.islower()
            else -1.5
        )
    return -3.0 if "\x80" <= letter < "\xa0" else -2.0


def _sign_fits(letter: str, before: str, after: str) -> float:
    if letter == "’":
        return 1.0 if before.isalpha() and after.isalpha() else -1.0
    if before.isalpha() and after.isalpha() and letter not in "–—\u00a0":
        return -2.0
    if letter == "µ":
        return 2.0 if after.isalpha() else 0.0
    if letter == "°":
        return 2.0 if before.isdigit() or before in "nN" else 0.5
    if letter == "…":
        return 1.0
    if letter in "²³":
        return 1.0 if before.isalpha() else 0.0
    return 0.3
