"""Put the French no-break spaces where an ordinary space was typed, in msgids only. `make format` runs it.

U+202F before ; ! ? and U+00A0 before : € % » and after «. Only texts given to gettext are touched: translate
and blocktranslate in templates, calls of gettext's functions in Python.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCKS = re.compile(
    r"(\{%\s*blocktrans(?:late)?\b[^%]*%\})(.*?)(\{%\s*endblocktrans(?:late)?\s*%\})", re.DOTALL
)
QUOTED = re.compile(r"""(\{%\s*trans(?:late)?\s+|\b_\(\s*)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
GETTEXT = {
    "_",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
}
RULES = (
    (re.compile(r"(?<=\S) (?=[;!?](?!\w))"), "\u202f"),
    (re.compile(r"(?<=\S) (?=[:»](?!\w))"), "\u00a0"),
    (re.compile(r"(?<=«) "), "\u00a0"),
    (re.compile(r"(?<=\d) (?=€|%(?![(\w{]))"), "\u00a0"),
)


def french(text: str) -> str:
    """The text with its no-break spaces."""
    for pattern, space in RULES:
        text = pattern.sub(space, text)
    return text


def template(text: str) -> str:
    """A template with its msgids mended."""
    text = BLOCKS.sub(lambda match: match[1] + french(match[2]) + match[3], text)
    return QUOTED.sub(lambda match: match[1] + french(match[2]), text)


def spoken(tree: ast.Module) -> Iterator[ast.Constant]:
    """String constants given to gettext's functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in GETTEXT:
                yield from (a for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str))


def module(text: str) -> str:
    """A Python module with its msgids mended; positions come from the syntax tree, in UTF-8 bytes."""
    raw = text.encode("utf-8")
    starts = [0, *accumulate(len(line) for line in raw.splitlines(keepends=True))]
    for node in sorted(
        spoken(ast.parse(text)), key=lambda node: (node.lineno, node.col_offset), reverse=True
    ):
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or node.col_offset)
        raw = raw[:begin] + french(raw[begin:end].decode("utf-8")).encode("utf-8") + raw[end:]
    return raw.decode("utf-8")


def main() -> None:
    """Rewrite what needs it and name each file changed. Arguments: folders or files; default: the package."""
    places = [Path(argument) for argument in sys.argv[1:]] or [ROOT / "lanterne"]
    for place in places:
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            mend = {".html": template, ".py": module}.get(path.suffix)
            if mend is None:
                continue
            before = path.read_text(encoding="utf-8")
            after = mend(before)
            if after != before:
                path.write_text(after, encoding="utf-8")
                print(f"no-break spaces: {path}")


if __name__ == "__main__":
    main()
