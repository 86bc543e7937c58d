"""No file takes the session down: each ends as a document or a sentence, and the next one is read."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from lanterne.intake import sandbox as module
from lanterne.intake.reading import Document, Limits, Unreadable
from lanterne.intake.sandbox import SENTENCES, Sandbox, read_safely

BAD = (sys.executable, "-P", str(Path(__file__).with_name("bad_reader.py")))
QUICK = Limits(seconds=1.0)
MEMORY = 700 * 1024 * 1024


@pytest.fixture
def bad() -> Iterator[Sandbox]:
    with Sandbox(command=BAD, memory_bytes=MEMORY) as sandbox:
        yield sandbox


def code_of(sandbox: Sandbox, order: str, limits: Limits = QUICK) -> str:
    with pytest.raises(Unreadable) as caught:
        sandbox.read(order.encode(), limits=limits)
    return caught.value.code


def is_well(sandbox: Sandbox) -> bool:
    return sandbox.read(b"echo still here").text == "still here"


@pytest.mark.parametrize("order", ["exit", "raise name of a patient", "recurse"])
def test_a_crash_is_a_sentence_and_the_next_file_is_read(bad: Sandbox, order: str) -> None:
    assert code_of(bad, order, Limits()) == "reader_crashed"
    assert is_well(bad)
    assert bad.started == 2


@pytest.mark.parametrize("order", ["loop", "sleep"])
def test_a_hang_is_ended(bad: Sandbox, order: str) -> None:
    assert is_well(bad)
    with pytest.raises(Unreadable) as caught:
        bad.read(order.encode(), limits=QUICK)
    assert (caught.value.code, caught.value.params) == ("too_slow", {"limit": "1"})
    assert is_well(bad)


@pytest.mark.skipif(
    sys.platform in ("win32", "darwin"), reason="this system bounds no address space for a process"
)
def test_eating_memory_ends(bad: Sandbox) -> None:
    assert code_of(bad, "eat", Limits()) == "too_much_memory"
    assert is_well(bad)


@pytest.mark.parametrize("order", ["lie", "wrong"])
def test_what_is_no_document_of_ours_is_not_believed(bad: Sandbox, order: str) -> None:
    assert code_of(bad, order, Limits()) == "reader_crashed"
    assert is_well(bad)


def test_what_a_library_prints_goes_nowhere(bad: Sandbox) -> None:
    assert bad.read(b"print x").text == "x"
    assert is_well(bad)
    assert bad.started == 1


def test_a_refusal_keeps_its_code_and_parameters(bad: Sandbox) -> None:
    with pytest.raises(Unreadable) as caught:
        bad.read(b"refuse")
    assert (caught.value.code, caught.value.params) == ("file_empty", {"limit": "3"})
    assert is_well(bad)
    assert bad.started == 1


@pytest.mark.parametrize("attempt", ["write", "append", "connect", "spawn", "system", "fork", "library"])
def test_the_reader_is_fenced(bad: Sandbox, attempt: str, tmp_path: Path) -> None:
    path = tmp_path / "written"
    assert bad.read(f"{attempt} {path}".encode()).text == "held: Refused"
    assert not path.exists()


def test_the_reader_removes_nothing(bad: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.write_bytes(b"")
    assert bad.read(f"remove {path}".encode()).text == "held: Refused"
    assert path.exists()


def test_the_environment_is_not_passed_on(bad: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTERNE_PASSPHRASE", "secret")
    assert "LANTERNE" not in bad.read(b"environment").text


def test_one_process_serves_many_files_and_ends_with_the_sandbox(bad: Sandbox) -> None:
    pids = {bad.read(b"pid").text for _ in range(20)}
    assert len(pids) == 1
    process = psutil.Process(int(pids.pop()))
    bad.close()
    process.wait(10)


def test_a_process_that_has_grown_is_replaced(bad: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    before = bad.read(b"pid").text
    monkeypatch.setattr(module, "GROWN_BYTES", 1)
    assert bad.read(b"pid").text == before
    assert bad.read(b"pid").text != before


def test_a_process_killed_from_outside_is_replaced(bad: Sandbox) -> None:
    process = psutil.Process(int(bad.read(b"pid").text))
    process.kill()
    process.wait(10)
    assert is_well(bad)


def test_a_file_larger_than_the_limit_is_not_even_sent(bad: Sandbox) -> None:
    assert code_of(bad, "echo x", Limits(file_bytes=2)) == "file_too_large"
    assert bad.started == 0


def test_many_files_in_order_by_several_processes() -> None:
    files = [
        (str(number), f"{'exit' if number % 7 == 3 else 'echo'} {number}".encode()) for number in range(30)
    ]
    with Sandbox(2, command=BAD) as sandbox:
        found = list(sandbox.read_many(files))
    assert [name for name, _ in found] == [name for name, _ in files]
    for (name, came), (_, order) in zip(found, files, strict=True):
        assert isinstance(came, Unreadable if order.startswith(b"exit") else Document), name
        assert isinstance(came, Unreadable) or came.text == name


def test_every_code_has_its_sentence() -> None:
    assert all(
        SENTENCES[code].endswith(".")
        for code in ("reader_crashed", "too_slow", "too_much_memory", "file_too_large")
    )


def test_with_the_real_readers() -> None:
    """What comes through the process is what the reader gives directly."""
    from lanterne.intake.fhir import read
    from tests.intake.fhir.made import bundle, concept

    content = bundle(
        {"resourceType": "Condition", "id": "1", "code": concept("J45", "Asthme", "http://hl7.org/fhir/sid/icd-10")},
        {"resourceType": "Observation", "id": "2", "status": "final", "code": concept("29463-7", "Poids", "http://loinc.org"),
         "valueQuantity": {"value": 80, "unit": "kg"}},
        {"resourceType": "Claim", "id": "3", "status": "active"},
    )  # fmt: skip
    assert read_safely(content, "export.json") == read(content, Limits())
    refused = read_safely(b"{", "broken.json")
    assert isinstance(refused, Unreadable) or refused.format == "text"
