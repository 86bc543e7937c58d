"""What the documents promise exists: symbols, paths, commands, dependencies. Nothing of one machine stays."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.house.tree import ROOT, check, files, named, parsed, under

FLOORS = "wire|proof|seal|journal|reference|practice|desk|front|site|cli|demo"
CODE_SPAN = re.compile(r"`([^`\n]+)`")
DOTTED = re.compile(rf"^(?:lanterne|{FLOORS})(?:\.\w+)+(?:\(\))?$")
IN_REPOSITORY = re.compile(rf"^(?:lanterne|tests|tools|docs|bench|{FLOORS})/[\w./-]+$")
IN_PACKAGE = re.compile(rf"^(?:{FLOORS})/[\w./-]+\.py$")
CONTEXT = re.compile(r"/\d+$")  # `lanterne/seat/sign/1` is a domain separation string, not a path
FILES = {".py", ".md", ".css", ".js", ".html", ".db"}
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)|<img[^>]*\bsrc=\"(?!https?:)([^\"]+)\"")


def documents() -> list[Path]:
    return [path for path in files() if path.suffix == ".md" and path.name != "CHANGELOG.md"]


def spans(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        yield from ((number, found) for found in CODE_SPAN.findall(line))


@cache
def names_in(path: Path) -> dict[str, ast.AST]:
    """Names a module or class body binds."""
    return bound(parsed(path).body)


def bound(body: list[ast.stmt]) -> dict[str, ast.AST]:
    found: dict[str, ast.AST] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found.update({(alias.asname or alias.name).split(".")[0]: node for alias in node.names})
        elif isinstance(node, ast.Assign):
            found.update(
                {t.id: node for target in node.targets for t in ast.walk(target) if isinstance(t, ast.Name)}
            )
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = node
        elif isinstance(node, ast.If | ast.Try):
            found.update(bound(node.body))
    return found


def exists(dotted: str) -> bool:
    """Whether a dotted name leads to a module, or to a name bound in one (two levels: class, then member)."""
    parts = dotted.removesuffix("()").split(".")
    if parts[0] != "lanterne":
        parts.insert(0, "lanterne")
    place, rest = ROOT / parts[0], parts[1:]
    while rest and (place / rest[0]).is_dir():
        place, rest = place / rest[0], rest[1:]
    module = place / "__init__.py"
    if rest and (place / f"{rest[0]}.py").is_file():
        module, rest = place / f"{rest[0]}.py", rest[1:]
    if not rest:
        return place.is_dir()
    if not module.is_file():
        return False
    names = names_in(module)
    for part in rest:
        node = names.get(part)
        if node is None:
            return False
        names = bound(node.body) if isinstance(node, ast.ClassDef) else {}
    return True


def test_every_symbol_cited_exists() -> None:
    missing = [
        f"{named(path)}:{line}: {span}"
        for path in documents()
        for line, span in spans(path)
        if DOTTED.match(span) and Path(span).suffix not in FILES and span not in kinds() and not exists(span)
    ]
    check(
        missing,
        "correct the document, or give the symbol back its name.",
    )


def test_every_path_cited_exists() -> None:
    missing = []
    for path in documents():
        for line, span in spans(path):
            if IN_REPOSITORY.match(span) and not CONTEXT.search(span):
                inside = IN_PACKAGE.match(span) or span.split("/")[0] in FLOORS.split("|")
                places = [ROOT / "lanterne" / span] if inside else [ROOT / span]
                if inside and not IN_PACKAGE.match(span):
                    continue  # `journal/torn/` and the like are places in a data directory
                if not any(place.exists() for place in places):
                    missing.append(f"{named(path)}:{line}: {span}")
    check(missing, "correct the document, or bring the file back.")


def test_every_link_leads_somewhere() -> None:
    missing = [
        f"{named(path)}: {target}"
        for path in documents()
        for found in LINK.findall(path.read_text(encoding="utf-8"))
        if (target := found[0] or found[1]) and not (path.parent / target).exists()
    ]
    check(missing, "correct the link, or make the file (docs/images/ is made by the browser tests).")


def test_the_rule_about_symbols_sees_what_it_claims() -> None:
    assert exists("lanterne.practice")
    assert not exists("lanterne.practice.nowhere")
    assert not exists("practice.nowhere.at_all()")


# ---------------------------------------------------------------- decisions, versions


def test_every_decision_names_what_it_rejected() -> None:
    silent = [
        named(path)
        for path in under("docs/adr", ".md")
        if not re.search(
            r"^#+ .*options rejected", path.read_text(encoding="utf-8"), re.IGNORECASE | re.MULTILINE
        )
    ]
    check(silent, "add a part “## Options rejected”: without it, it will be taken again.")


def test_decisions_are_numbered_once() -> None:
    numbers = [path.name[:4] for path in under("docs/adr", ".md")]
    check(
        {n for n in numbers if numbers.count(n) > 1 or not n.isdigit()},
        "give the newer one the next number.",
    )


def test_every_version_says_what_it_does_to_formats() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert versions, "CHANGELOG.md names no version. What to do: add “## [x.y.z]”."
    silent = [
        part.splitlines()[0] for part in versions if not re.search(r"^\*\*Formats\*\*", part, re.MULTILINE)
    ]
    check(silent, "add a line “**Formats**: …”: what this version reads and writes.")


# ---------------------------------------------------------------- commands, dependencies


def verbs() -> set[str]:
    """The command line's verbs: every `add_parser("…")` in lanterne/cli."""
    return {
        str(node.args[0].value)
        for path in under("lanterne/cli", ".py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") == "add_parser"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


RELIED_ON = {"demo", "init", "serve", "check", "rebuild", "recover", "import"}


def test_the_commands_others_rely_on_keep_their_names() -> None:
    check(RELIED_ON - verbs(), "bring the verb back: scripts and runbooks call it by this name.")


def test_every_command_is_documented() -> None:
    page = ROOT / "docs/user/commandes.md"
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    check(
        {f"lanterne {verb}" for verb in verbs() if f"lanterne {verb}" not in text},
        "describe it in docs/user/commandes.md, in French: what it does, options, exit codes, an example.",
    )


def project() -> dict[str, list[str]]:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {"runs": table["dependencies"], "tests": table["optional-dependencies"]["dev"]}


def test_every_dependency_says_why() -> None:
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE))
    wanted = {re.split(r"[<>=!~ ;\[]", line)[0] for group in project().values() for line in group}
    check(
        wanted - explained,
        "give it a line in docs/dependencies.md: what for, why it, licence.",
    )
    check(explained - wanted, "take its line out of docs/dependencies.md.")


IMPORTED_AS = {
    "argon2-cffi": "argon2",
    "charset-normalizer": "charset_normalizer",
    "django-htmx": "django_htmx",
    "pillow": "PIL",
    "pynacl": "nacl",
}


def test_every_dependency_that_runs_is_used() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in under("lanterne", ".py"))
    wanted = {re.split(r"[<>=!~ ;\[]", line)[0] for line in project()["runs"]}
    unused = {
        name
        for name in wanted
        if not re.search(rf"(?m)(import|from|\") ?{IMPORTED_AS.get(name, name)}\b", text)
    }
    check(unused, "take it out of pyproject.toml and docs/dependencies.md, then run `make lock`.")


def test_the_locks_hold_every_dependency() -> None:
    files_of = {"requirements.lock": ["runs"], "requirements-dev.lock": ["runs", "tests"]}
    for lock, groups in files_of.items():
        locked = set(re.findall(r"^([\w.-]+)==", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))
        wanted = {re.split(r"[<>=!~ ;\[]", line)[0] for group in groups for line in project()[group]}
        check({f"{lock}: {name}" for name in wanted - locked}, "run `make lock`.")


def kinds() -> set[str]:
    """The kinds of facts: every `KIND: ClassVar[str] = "…"` in a room's facts.py."""
    return {
        str(node.value.value)
        for path in under("lanterne/practice", "facts.py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.AnnAssign)
        and getattr(node.target, "id", "") == "KIND"
        and isinstance(node.value, ast.Constant)
    }


def test_every_kind_of_fact_is_in_the_glossary() -> None:
    words = {span for _, span in spans(ROOT / "docs/glossary.md")}
    assert kinds(), "no kind was found. What to do: make this test look where the rooms declare theirs."
    check(
        kinds() - words,
        "give it a line in docs/glossary.md.",
    )


# ---------------------------------------------------------------- nothing of one machine

# Written in pieces, so that this file does not contain what it looks for.
MACHINE = re.compile("/wo" + "rk/|/ro" + "ot/|/ho" + "me/[a-z]|/Us" + r"ers/[a-z]|/opt/py" + "pi")
REGISTRY = re.compile("py" + r"pi\.org|python" + r"hosted\.org|registry\.np" + r"mjs|deb\.deb" + "ian")
TEXT = {
    "",
    ".css",
    ".csv",
    ".html",
    ".js",
    ".json",
    ".lock",
    ".md",
    ".po",
    ".py",
    ".toml",
    ".tsv",
    ".txt",
    ".typ",
}


def test_nothing_of_one_machine_is_kept() -> None:
    found = [
        f"{named(path)}:{number}: {line.strip()[:80]}"
        for path in files()
        if path.suffix in TEXT
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if MACHINE.search(line) or REGISTRY.search(line)
    ]
    check(found, "write a path relative to the repository, and no registry host: both differ elsewhere.")


# ---------------------------------------------------------------- floors


def test_every_floor_has_its_place_in_the_contracts() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    floors = next(contract for contract in table["contracts"] if contract["id"] == "floors")
    placed = set(re.findall(r"lanterne\.\w+", " ".join(floors["layers"])))
    there = {f"lanterne.{path.parent.name}" for path in (ROOT / "lanterne").glob("*/__init__.py")}
    check(there - placed, "place it in the floors of pyproject.toml, and in ARCHITECTURE.md.")


@pytest.mark.parametrize(
    "name", ["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "docs/glossary.md"]
)
def test_the_front_matter_is_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 500
