"""Files cut, flipped and glued on the way: each is read, or refused with a code; nothing else ever comes out.

More by LANTERNE_FLIPS (mutations of each seed).
"""

from __future__ import annotations

import base64
import os
import random
from pathlib import Path

import pytest

from lanterne.intake import detect
from lanterne.intake.reading import Document, Limits, Unreadable
from tests.intake.hl7v2.test_reader import OBX, ORDER, PDF, PID, ed, mdm, message, msh
from tests.intake.hprim.test_medecin import END, HEADER, ROWS
from tests.intake.hprim.test_sante import MESSAGE
from tests.intake.plain.test_plain import LETTER, TABLE, pdf_of, picture

FLIPS = int(os.environ.get("LANTERNE_FLIPS", "60"))
SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"
SEEDS: dict[str, bytes] = {
    "médecin": (HEADER + "texte\n" + ROWS + END + HEADER + ROWS + END).encode("cp1252"),
    "santé": MESSAGE.encode("cp1252"),
    "oru": message(msh(), PID, ORDER, OBX).encode(),
    "mdm": mdm("T10", parent="D1").encode(),
    "rtf": message(msh("MDM^T02"), PID, ed(rb"{\rtf1 a\'e9\u233 ?{\b b}}")).encode(),
    "pdf": pdf_of("Bonjour", "Le 12/03/2024"),
    "jpeg": picture(camera=True),
    "png": picture("PNG"),
    "letter": LETTER.encode("mac_roman"),
    "table": TABLE.encode(),
}
# Pieces that mean something to some reader.
PIECES = [
    b"|", b"^", b"~", b"\\", b"&", b"\r", b"\n", b"\x00", b"\xff", b"\xc3", b"****LAB****\n", b"****FIN****\n", b"RES|", b"TEX|",
    b"MSH|^~\\&|", b"OBX|1|ED|", b"PID|", b"H|~^\\&|", b"9" * 400, b"-", b"<", b"31/02/0000", b"\\X", b"\\.sp9999999\\",
    b"20249999", b"%PDF-1.4", base64.b64encode(PDF), b";", b'"', b"<ClinicalDocument/>",
]  # fmt: skip


def mutated(seed: bytes, chance: random.Random) -> bytes:
    out = bytearray(seed)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(out) + 1)
        what = chance.randrange(5)
        if what == 0:
            out[place : place + chance.randint(1, 40)] = b""
        elif what == 1:
            out[place:place] = chance.choice(PIECES) * chance.choice((1, 1, 1, 30))
        elif what == 2 and out:
            out[chance.randrange(len(out))] = chance.randrange(256)
        elif what == 3:
            out = out[:place]
        else:
            out[place:place] = out[: chance.randint(0, len(out))]
    return bytes(out)


def whole(document: Document) -> None:
    """What every document must be, whatever it was read from."""
    assert document.format
    assert "\x00" not in document.text
    assert len({statement.key for statement in document.statements}) == len(document.statements)
    for part in document.parts:
        whole(part)


def survives(content: bytes) -> None:
    try:
        document = detect.read(content, Limits(seconds=2.0))
    except Unreadable as refused:
        assert refused.code
        return
    whole(document)


@pytest.mark.torture
@pytest.mark.parametrize("name", SEEDS)
def test_a_damaged_file_is_read_or_refused(name: str) -> None:
    chance = random.Random(f"lanterne {name}")
    for _ in range(FLIPS):
        survives(mutated(SEEDS[name], chance))


@pytest.mark.torture
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the public sample files are not at ../shared/samples")
@pytest.mark.parametrize("folder", ["hprim", "hl7v2"])
def test_a_damaged_sample_is_read_or_refused(folder: str) -> None:
    chance = random.Random(f"lanterne {folder}")
    for path in sorted((SAMPLES / folder).iterdir()):
        seed = path.read_bytes()
        for _ in range(max(4, FLIPS // 10)):
            survives(mutated(seed, chance))


@pytest.mark.parametrize("name", SEEDS)
def test_a_file_cut_anywhere_is_read_or_refused(name: str) -> None:
    seed = SEEDS[name]
    for end in range(1, len(seed), max(1, len(seed) // 50)):
        survives(seed[:end])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"|" * 200_000, id="bars"),
        pytest.param(
            b"MSH|^~\\&|A||||2024||ORU^R01|1\r" + b"OBX|1|NM|a||" + b"1~" * 100_000, id="repetitions"
        ),
        pytest.param(b"MSH|^~\\&|A||||2024||ORU^R01|1\rOBX|1|ST|a||" + b"\\" * 100_000, id="escapes"),
        pytest.param((HEADER + "a b c\n" * 30_000).encode(), id="free lines"),
        pytest.param(
            (HEADER + "RES|a|b|N|1\n" + "BAPTISTE\n" * 30_000).encode(), id="lines that look like names"
        ),
        pytest.param(
            (HEADER + "BAPTISTE\n12/03/2024\n" * 30_000).encode(), id="lines that look like headers"
        ),
        pytest.param(b"a" * 300_000 + b"\xe9", id="one long line"),
        pytest.param((HEADER + "****LAB****\n" + "TEX|A B C D E F\n" * 30_000).encode(), id="chapters"),
        pytest.param((HEADER + "RES|" + "a " * 50_000 + "|b|N|" + "1" * 50_000).encode(), id="long cells"),
        pytest.param(b"{\\rtf1 " + b"\\'e9" * 50_000, id="rtf letters"),
        pytest.param(b"<!--" * 20_000, id="comments"),
        pytest.param(b"<?a" * 20_000, id="instructions"),
        pytest.param(("é" * 100_000).encode("cp1252"), id="accents"),
    ],
)
def test_long_files_end(content: bytes) -> None:
    survives(content)
