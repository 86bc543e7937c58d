"""Sets a template with data: PDF/A-1a bytes, made in memory.

The data goes in as JSON text and is never markup; the template reads nothing but its own folder, fetches nothing, and
the fonts are those inside typst's wheel. No file is written: the compiler answers with bytes. The date in the file is
noon of the paper's own day, so that the same paper is the same bytes on every device and day.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec
import typst

from lanterne.printing.errors import NotPrinted

_TEMPLATES = Path(__file__).parent / "templates"
MOST_CHARACTERS = 200_000

Template = Literal["prescription", "letter", "day_list"]


def typeset(template: Template, data: Mapping[str, object], *, day: dt.date) -> bytes:
    """The PDF of a template and its data, texts already made printable (`characters.printable`).

    Raises:
        NotPrinted: "printing_too_long", or "printing_failed" when the typesetter gave up.
    """
    text = msgspec.json.encode(data).decode("utf-8")
    if len(text) > MOST_CHARACTERS:
        raise NotPrinted("printing_too_long", characters=len(text), most=MOST_CHARACTERS)
    noon = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
    try:
        # A compiler of its own each time: one that is kept is no faster, and would keep the last patient's data.
        compiler = typst.Compiler(
            _TEMPLATES / f"{template}.typ",
            root=_TEMPLATES,
            ignore_system_fonts=True,
            font_paths=_fonts(),
            sys_inputs={"data": text},
            package_path=_TEMPLATES,
            package_cache_path=_TEMPLATES,
        )
        made = compiler.compile(format="pdf", timestamp=int(noon.timestamp()), pdf_standards=["a-1a"])
    except typst.TypstError:
        # Its message may quote the text it failed on: it goes no further.
        raise NotPrinted("printing_failed") from None
    except BaseException as error:
        # A panic of the typesetter arrives as an exception outside the usual tree, which would end a thread unheard.
        if type(error).__name__ == "PanicException":
            raise NotPrinted("printing_failed") from None
        raise
    if not isinstance(made, bytes):
        raise NotPrinted("printing_failed")
    return made


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
