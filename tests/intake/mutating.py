"""Files damaged by chance: flips, cuts, repetitions, swaps, splices, wrong lengths, depths and numbers. All seeded."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

_NUMBER = re.compile(rb"\d+(?:[.,]\d+)?")
_EMPTY = re.compile(rb"<[A-Za-z][^<>]{0,500}/>")
_VALUES = (
    b"9" * 400, b"-1", b"0", b"1e999999", b"-0.0", b"NaN", b"2147483648", b"18446744073709551616", b"99999999999999999999",
    b"20249999", b"00000000", b"0." + b"0" * 300 + b"1", b"1" * 5_000,
)  # fmt: skip
# What means something to some parser.
_SPICE = (
    b"<", b">", b"&", b'"', b"'", b"|", b"^", b"~", b"\\", b"\r", b"\n", b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"]]>", b"<!--",
    b"<![CDATA[", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"&#0;", b"&#xffff;", b'nullFlavor="NI"', b'negationInd="true"',
    b'xmlns=""', b"<script>alert(1)</script>", b"{", b"}", b"[", b"]", b'"resourceType":"Bundle",', b"\\u0000", b"\\ud800", b"null",
    b"MSH|^~\\&|", b"OBX|1|ED|a||^^^Base64^", b"H|~^\\&|", b"****FIN****\n", b"RES|a|b|N|", b"PK\x03\x04", b"PK\x05\x06", b"%PDF-1.7",
    b"/Length 99999999", b"{\\rtf1 ", b"\\bin999999999 ", b"%n%s%(x)s", b"\xef\xbb\xbf", b"\xff\xfe", b"../../etc/passwd", b"A" * 70_000,
)  # fmt: skip
_NESTS = ((b"<a>", b"</a>"), (b"[", b"]"), (b'{"a":', b"}"), (b"{", b"}"), (b"<component><section>", b"</section></component>"),
          (b"<entryRelationship><observation>", b"</observation></entryRelationship>"), (b"(", b")"), (b"<<", b">>"))  # fmt: skip


def _span(data: bytes, dice: random.Random, most: int) -> tuple[int, int]:
    start = dice.randrange(len(data) + 1)
    return start, min(len(data), start + dice.randint(0, most))


def flip(data: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
    """One to forty bits."""
    out = bytearray(data)
    for _ in range(dice.randint(1, 40)):
        out[dice.randrange(len(out))] ^= 1 << dice.randrange(8)
    return bytes(out)


def truncate(data: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
    """The end, the beginning, or a span in the middle is gone."""
    turn = dice.randrange(3)
    if turn == 0:
        return data[: dice.randrange(len(data))]
    start, end = _span(data, dice, len(data) // 2)
    return data[end:] if turn == 1 else data[:start] + data[end:]


def repeat(data: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
    """A span is there twice, or many times."""
    start, end = _span(data, dice, 2_000)
    return data[:end] + data[start:end] * dice.choice((1, 1, 2, 50, 500)) + data[end:]


def swap(data: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
    """Two spans in each other's place."""
    cuts = sorted(dice.randrange(len(data) + 1) for _ in range(4))
    first, second, third, fourth = cuts
    return data[:first] + data[third:fourth] + data[second:third] + data[first:second] + data[fourth:]


def splice(data: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
    """A span of another file, put in or in place of one of this."""
    other = dice.choice(others)
    start, end = _span(other, dice, dice.choice((50, 2_000, len(other))))
    here, there = _span(data, dice, dice.choice((0, 50, 2_000)))
    return data[:here] + other[start:end] + data[there:]


def lengths(data: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
    """Two, four or eight bytes that may be a length or an offset become another, small, huge or off by one."""
    size = dice.choice((2, 4, 8))
    if len(data) <= size:
        return data + bytes(size)
    marks = [found.start() for found in re.finditer(rb"PK\x01\x02|PK\x03\x04|PK\x05\x06", data)]
    place = (
        dice.choice(marks) + dice.randrange(4, 46)
        if marks and dice.random() < 0.8
        else dice.randrange(len(data) - size)
    )
    place = min(place, len(data) - size)
    old = int.from_bytes(data[place : place + size], "little")
    top = 256**size
    new = dice.choice((0, 1, top - 1, top // 2, (old + 1) % top, (old - 1) % top, old * 2 % top))
    return data[:place] + new.to_bytes(size, "little") + data[place + size :]


def nest(data: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
    """Something inside itself, a few times or very many; closed or not."""
    opened, closed = dice.choice(_NESTS)
    times = dice.choice((3, 60, 70, 1_000, 50_000))
    place = (
        data.find(b">", dice.randrange(len(data))) + 1
        if dice.random() < 0.5
        else dice.randrange(len(data) + 1)
    )
    return data[:place] + opened * times + (closed * times if dice.random() < 0.7 else b"") + data[place:]


def numbers(data: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
    """Numbers that no machine, no calendar and no patient holds."""
    out = data
    for _ in range(dice.randint(1, 5)):
        found = _NUMBER.search(out, dice.randrange(len(out)))
        if found is not None:
            out = out[: found.start()] + dice.choice(_VALUES) + out[found.end() :]
    return out


def spice(data: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
    """Marks of one format or another where they do not belong."""
    out = data
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(len(out) + 1)
        out = out[:place] + dice.choice(_SPICE) * dice.choice((1, 1, 1, 40)) + out[place:]
    return out


def values(data: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
    """Texts between quotes or separators in each other's place: the form stays sound, the meaning does not."""
    mark = dice.choice((b'"', b'"', b"|", b"^"))
    cells = data.split(mark)
    for _ in range(dice.randint(1, 12)):
        one, other = dice.randrange(len(cells)), dice.randrange(len(cells))
        if mark == b'"' and (one - other) % 2:
            continue  # what stands between two quoted texts stays there
        if dice.random() < 0.5:
            cells[one], cells[other] = cells[other], cells[one]
        else:
            cells[one] = cells[other] if dice.random() < 0.7 else dice.choice(_VALUES)
    return mark.join(cells)


def elements(data: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
    """Whole elements without content, or lines, where others stand; still sound XML, still lines."""
    found = list(_EMPTY.finditer(data))
    if not found:
        lines = data.splitlines(keepends=True)
        if len(lines) < 3:
            return values(data, dice, others)
        dice.shuffle(lines)
        return b"".join(lines)
    out = data
    chosen = dice.sample(found, min(len(found), dice.randint(1, 20)))
    for piece in sorted(chosen, key=lambda one: -one.start()):
        put = dice.choice((b"", dice.choice(found)[0], piece[0] * 2))
        out = out[: piece.start()] + put + out[piece.end() :]
    return out


Mutation = Callable[[bytes, random.Random, Sequence[bytes]], bytes]
MUTATIONS: tuple[Mutation, ...] = (
    flip, truncate, repeat, swap, splice, lengths, nest, numbers, spice, values, elements, values, elements,
)  # fmt: skip


def mutated(
    data: bytes, dice: random.Random, others: Sequence[bytes], most_bytes: int = 8 * 1024 * 1024
) -> bytes:
    """One to three mutations, one after the other; never more than `most_bytes`."""
    out = data
    for mutation in dice.choices(MUTATIONS, k=dice.choice((1, 1, 2, 3))):
        out = mutation(out or b"\x00", dice, others)[:most_bytes]
    return out
