"""Modules stay small, well named, finished, and open with their law."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

from tests.house import waivers
from tests.house.tree import PACKAGE, check, check_waivers, named, parsed, under

MEDIAN_LINES = 200
MOST_LINES = 500
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "misc"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
BROAD = {"Exception", "BaseException"}


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def modules() -> list[Path]:
    return under("lanterne", ".py")


def code() -> list[Path]:
    return [*modules(), *under("tools", ".py"), *under("bench", ".py")]


def test_modules_are_short() -> None:
    too_long = [named(path) for path in modules() if lines(path) > MOST_LINES]
    check_waivers(
        too_long,
        waivers.LONG_MODULES,
        f"more than {MOST_LINES} lines: split the module where its docstring needs an « and ».",
    )


def test_the_median_module_is_read_in_one_sitting() -> None:
    sizes = [lines(path) for path in modules() if path.name != "__init__.py"]
    assert statistics.median(sizes) < MEDIAN_LINES, (
        f"the median module has {statistics.median(sizes)} lines, {MEDIAN_LINES} at most. "
        "What to do: split the longest ones; wc -l shows which."
    )


def test_no_module_is_a_drawer() -> None:
    places = [*under("lanterne"), *under("tests"), *under("tools"), *under("bench")]
    drawers = [
        name for name in map(named, places) if BANNED_NAMES & {part.split(".")[0] for part in name.split("/")}
    ]
    check(drawers, "name the module for what it decides; a drawer for what did not fit elsewhere fills up.")


def test_a_module_opens_with_its_law() -> None:
    silent = [
        named(path)
        for path in code()
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(parsed(path))
    ]
    check(silent, "begin the module with a docstring that says what holds there, and why.")


def test_nothing_is_left_unfinished() -> None:
    left = [
        f"{named(path)}:{number}: {line.strip()}"
        for path in [*code(), *under("lanterne", ".html", ".js", ".css")]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    check(left, "finish it, or file an issue and take the mark out: nobody greps for marks.")


def broad_excepts(path: Path) -> Iterator[str]:
    """`path::function` for each handler that catches everything and does not end by raising."""

    def visit(node: ast.AST, where: str) -> Iterator[str]:
        for child in ast.iter_child_nodes(node):
            inner = where
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = f"{where}.{child.name}".lstrip(".")
            if isinstance(child, ast.ExceptHandler) and is_broad(child):
                yield f"{named(path)}::{where}"
            yield from visit(child, inner)

    yield from visit(parsed(path), "")


def is_broad(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    catches_all = any(kind is None or (isinstance(kind, ast.Name) and kind.id in BROAD) for kind in kinds)
    return catches_all and not isinstance(handler.body[-1], ast.Raise)


def test_no_error_is_swallowed() -> None:
    check_waivers(
        [where for path in code() for where in broad_excepts(path)],
        waivers.BROAD_EXCEPTS,
        "catch the errors you can answer, by name; let the others arrive. A chart that swallowed one lies.",
    )


FEW_LINES = 6
FLOORS = ("wire", "proof", "seal", "journal", "practice")


def undocumented(path: Path) -> Iterator[str]:
    """Public functions and classes without a docstring, and methods of more than a few lines."""
    scopes: list[tuple[str, ast.Module | ast.ClassDef]] = [("", parsed(path))]
    for prefix, scope in scopes:
        for node in scope.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            if node.name.startswith("_") or node.name == "Meta":
                continue
            if isinstance(node, ast.ClassDef):
                scopes.append((f"{prefix}{node.name}.", node))
            if not ast.get_docstring(node) and not speaks_by_its_name(node, scope):
                yield f"{named(path)}::{prefix}{node.name}"


def speaks_by_its_name(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, scope: ast.AST) -> bool:
    """A method of a few lines explains itself, given its class's docstring."""
    length = (node.end_lineno or node.lineno) - node.lineno
    return isinstance(scope, ast.ClassDef) and not isinstance(node, ast.ClassDef) and length <= FEW_LINES


def test_what_is_public_is_explained() -> None:
    check_waivers(
        [
            where
            for floor in FLOORS
            for path in under(f"lanterne/{floor}", ".py")
            for where in undocumented(path)
        ],
        waivers.UNDOCUMENTED,
        "add a docstring: units, shapes, errors raised, and the article, RFC or check number it follows. "
        "Or make it private.",
    )


def test_there_is_a_package_to_look_at() -> None:
    assert (PACKAGE / "__init__.py").exists()
    assert len(modules()) > 1
