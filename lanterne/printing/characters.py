"""Text from the record, made fit for paper: only characters the font draws, no control, no word wider than the sheet.

PDF/A forbids a missing glyph, and the typesetter answers one by failing, sometimes by crashing. So what the font
cannot draw becomes "□" and is told to whoever prints; a name in another script is better asked for than guessed. Marks
that turn the direction of reading are taken out: they could show a dose other than the one written.
"""

from __future__ import annotations

import re
import unicodedata

# Code points Libertinus Serif draws upright, bold and in italics alike (typst 0.15); a test sets every one of them.
_DRAWN = (
    "20-7e a0-ac ae-241 243 247 249 24d 250-2e4 2ea-36f 374-375 37a-37e 384-38a 38c 38e-3a1 3a3-3ce 3d0-3e1 "
    "3f0-3f6 3f8-3f9 3fb 3fd-45f 462-463 470-477 490-4c4 4c7-4cc 4d0-4f9 1e00-1e9b 1e9e 1ea0-1ef9 1f00-1f15 "
    "1f18-1f1d 1f20-1f45 1f48-1f4d 1f50-1f57 1f59 1f5b 1f5d 1f5f-1f7d 1f80-1fb4 1fb6-1fc4 1fc6-1fd3 1fd6-1fdb "
    "1fdd-1fef 1ff2-1ff4 1ff6-1ffe 2010-2029 202f-2037 2039-203e 2042 2044 2047-204b 204f 205f 2070-2071 "
    "2074-208e 2090-209c 20a2-20a4 20a7-20a8 20ab-20ac 20af 20b1 20bf 2100-2103 2105-2106 2109 210c-210f 2111 "
    "2113 2115-2116 2119-211a 211c-211d 2120 2122 2124 2126-2127 212a-212b 212e 2135-2139 2153-2184 2190-219b "
    "21a8 21ae 21bc-21bd 21c0-21c1 21cb-21d9 2200-220d 220f-221c 221e-221f 2223-222b 2236 223c 2241 2245 "
    "2247-2249 2259 2260-2262 2264-2265 226a-226b 226e-2271 2282-2285 2295-2298 22c5 22ef 2302-2303 2310 "
    "2320-2321 23d3 25a0-25a1 25b2-25b3 25b6-25b7 25bc-25bd 25c0-25c1 25c6-25c7 25c9-25cc 25cf-25d7 2605 2619 "
    "261b 261e 2627 262f 2639-2653 2660 2663 2665-2666 2669-266c 2695 2698 26a2-26a4 2767 fffd "
)
INSTEAD = "□"

# Without a glyph anywhere: zero width, directions, soft hyphen, variation selectors.
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
# What text copied from a PDF is full of.
_LIGATURES = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}
_ENDS_OF_LINE = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_MOST_MARKS = 2
# A word wider than its column would run off the sheet. Shorter ones stay whole, so that an address can be copied.
LONG_WORD = 40
_STEP = 12
BREAK_HERE = "\u200b"


def _drawn() -> set[str]:
    found: set[str] = set()
    for part in "".join(_DRAWN).split():
        first, _, last = part.partition("-")
        found.update(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return {
        one
        for one in found
        if unicodedata.normalize("NFC", one) == one and not _UNSEEN.match(one) and one not in "\u2028\u2029"
    }


DRAWN = frozenset(_drawn())


def printable(text: str, lost: set[str], *, longest: int = LONG_WORD) -> str:
    """The text as it can be set: composed, lines ended by "\\n", long words breakable.

    Args:
        text: anything.
        lost: receives each character that could not be drawn, and stands on the paper as "□".
        longest: words of more characters may be broken, without a hyphen.
    """
    composed = (
        unicodedata.normalize("NFC", _ENDS_OF_LINE.sub("\n", text)).translate(_LIGATURES).replace("\t", " ")
    )
    out: list[str] = []
    marks = 0
    for character in _UNSEEN.sub("", composed):
        marks = marks + 1 if unicodedata.combining(character) else 0
        if character == "\n" or (character in DRAWN and marks <= _MOST_MARKS):
            out.append(character)
            continue
        lost.add(character)
        if marks <= _MOST_MARKS:
            out.append(INSTEAD)
    return re.sub(rf"\S{{{longest + 1},}}", _breakable, "".join(out))


def one_line(text: str, lost: set[str], *, longest: int = LONG_WORD) -> str:
    """The same on one line, for a field that has only one."""
    return " ".join(printable(text, lost, longest=longest).split("\n")).strip()


def _breakable(word: re.Match[str]) -> str:
    whole = word[0]
    return BREAK_HERE.join(whole[at : at + _STEP] for at in range(0, len(whole), _STEP))
