"""Adding a machine with a stick, as two persons do it; listing; a machine lost; somebody who leaves."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.conftest import GARANCE, INES, Ended
from tests.sync.places import relay_at

Run = Callable[..., Ended]
THEO = "un vélo sous la pluie"


class Stick(NamedTuple):
    """What lies on the stick that goes from one machine to the other."""

    offer: Path
    request: Path
    answer: Path
    entries: Path


@pytest.fixture
def stick(tmp_path: Path) -> Stick:
    folder = tmp_path / "cle-usb"
    return Stick(folder / "offre", folder / "demande", folder / "reponse", folder / "journal")


def offer(lanterne: Run, practice: Path, stick: Stick, *words: str) -> Ended:
    whom = words or ("--name", "Dr Théo Lambert", "--role", "locum", "--until", "2099-08-31")
    return lanterne(
        "device", "offer", "--as", "garance", "--out", str(stick.offer), *whom, "--json", data=practice, secret=GARANCE
    )  # fmt: skip


def join(lanterne: Run, there: Path, stick: Stick, name: str = "Dr Théo Lambert") -> Ended:
    words = ("--offer", str(stick.offer), "--request", str(stick.request), "--name", name)
    return lanterne("device", "join", *words, "--json", data=there, secret=THEO)


def admit(lanterne: Run, practice: Path, stick: Stick, *words: str) -> Ended:
    given = ("--as", "garance", "--request", str(stick.request), "--out", str(stick.answer), *words)
    return lanterne("device", "admit", *given, "--json", data=practice, secret=GARANCE)


def finish(lanterne: Run, there: Path, stick: Stick, *words: str) -> Ended:
    return lanterne("device", "finish", "--admission", str(stick.answer), *words, "--json", data=there)


def added(lanterne: Run, practice: Path, there: Path, stick: Stick, *words: str) -> Ended:
    """All four steps, the journal carried too."""
    for ended in (
        offer(lanterne, practice, stick, *words),
        join(lanterne, there, stick),
        admit(lanterne, practice, stick),
    ):
        assert ended.code == 0, ended
    shown = finish(lanterne, there, stick)
    assert shown.json["admitted"] is False
    done = admit(lanterne, practice, stick, "--code", shown.json["code"], "--entries", str(stick.entries))
    assert (done.code, done.json["admitted"]) == (0, True), done
    return finish(lanterne, there, stick, "--entries", str(stick.entries))


def content(lanterne: Run, root: Path, secret: str, who: str) -> str:
    ended = lanterne("check", "--json", "--as", who, data=root, secret=secret)
    assert (ended.code, ended.json["faults"]) == (0, []), ended
    return str(ended.json["content"])


def test_theo_and_his_laptop(lanterne: Run, practice: Path, stick: Stick, tmp_path: Path) -> None:
    there = tmp_path / "portable"
    done = added(lanterne, practice, there, stick)
    assert (done.code, done.json["lacking"], done.json["refused"]) == (0, 0, 0)
    assert done.json["received"] > 3
    assert content(lanterne, there, THEO, "theo") == content(lanterne, practice, GARANCE, "garance")
    assert [one["name"] for one in lanterne("person", "list", "--json", data=there).json] == [
        "Dr Théo Lambert"
    ]

    listed = lanterne("device", "list", "--json", "--as", "garance", data=practice, secret=GARANCE).json
    assert [device["here"] for device in listed] == [True, False]
    (his,) = listed[1]["accesses"]
    assert (his["name"], his["state"], his["reads"]) == ("Dr Théo Lambert", "active", ["office", "medical"])
    assert his["not_after"] is not None
    shown = lanterne("device", "list", "--as", "theo", data=there, secret=THEO)
    assert "(ce poste)" in shown.out
    assert "Inès Caron" in shown.out


def test_ines_has_the_same_name_on_both_machines(
    lanterne: Run, practice: Path, stick: Stick, tmp_path: Path
) -> None:
    """Somebody who is here: the same person, with what her role reads."""
    there = tmp_path / "accueil"
    assert added(lanterne, practice, there, stick, "--person", "ines").code == 0
    listed = lanterne("device", "list", "--json", "--as", "garance", data=practice, secret=GARANCE).json
    ines = [one for device in listed for one in device["accesses"] if one["name"] == "Inès Caron"]
    assert len({one["person"] for one in ines}) == 1
    assert len({one["seat"] for one in ines}) == 2
    assert all(one["reads"] == ["office"] for one in ines)


def test_the_code_is_asked_at_the_terminal_and_never_shown_there(
    lanterne: Run, practice: Path, stick: Stick, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "portable"
    offer(lanterne, practice, stick)
    join(lanterne, there, stick)
    first = admit(lanterne, practice, stick)
    code = finish(lanterne, there, stick).json["code"]
    assert code not in first.out + first.err

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(code.lower().replace("-", "") + "\n"))
    done = admit(lanterne, practice, stick)
    assert json.loads(done.out)["admitted"] is True
    assert code not in done.out + done.err
    assert finish(lanterne, there, stick).json["admitted"] is True


def test_without_the_journal_the_new_machine_says_what_it_lacks(
    lanterne: Run, practice: Path, stick: Stick, tmp_path: Path
) -> None:
    there = tmp_path / "portable"
    offer(lanterne, practice, stick)
    join(lanterne, there, stick)
    admit(lanterne, practice, stick)
    code = finish(lanterne, there, stick).json["code"]
    refused = lanterne("rebuild", "--as", "theo", "--json", data=there, secret=THEO)
    assert (refused.code, refused.json["code"]) == (3, "access_pending")
    admit(lanterne, practice, stick, "--code", code)
    done = finish(lanterne, there, stick)
    assert (done.code, done.json["admitted"]) == (0, True)
    assert done.json["lacking"] > 0
    assert "pas encore tout reçu" in done.err


def test_a_wrong_code_admits_nobody(lanterne: Run, practice: Path, stick: Stick, tmp_path: Path) -> None:
    offer(lanterne, practice, stick)
    join(lanterne, tmp_path / "portable", stick)
    admit(lanterne, practice, stick)
    ended = admit(lanterne, practice, stick, "--code", "222 222 222")
    assert (ended.code, ended.json["code"]) == (1, "codes_differ")
    assert "2" in ended.json["why"]
    assert (
        len(lanterne("device", "list", "--json", "--as", "garance", data=practice, secret=GARANCE).json) == 1
    )


def test_only_an_administrator_offers(lanterne: Run, practice: Path, stick: Stick) -> None:
    words = ("--as", "ines", "--out", str(stick.offer), "--person", "ines", "--json")
    ended = lanterne("device", "offer", *words, data=practice, secret=INES)
    assert (ended.code, ended.json["code"]) == (3, "right.missing")
    assert not stick.offer.exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--person", "ines", "--name", "Dr T L", "--role", "locum"), "offer_to_whom"),
        (("--name", "Dr T L"), "offer_to_whom"),
        (("--person", "nobody"), "as_unknown"),
    ],
)
def test_an_offer_is_to_somebody(
    lanterne: Run, practice: Path, stick: Stick, words: tuple[str, ...], code: str
) -> None:
    ended = offer(lanterne, practice, stick, *words)
    assert (ended.code, ended.json["code"]) == (2, code)
    assert not stick.offer.exists()


def test_a_refused_join_leaves_nothing(lanterne: Run, practice: Path, stick: Stick, tmp_path: Path) -> None:
    there = tmp_path / "portable"
    offer(lanterne, practice, stick)
    whole = stick.offer.read_bytes()
    stick.offer.write_bytes(whole[:-1])
    assert join(lanterne, there, stick).json["code"] == "pairing_unreadable"
    assert not there.exists()
    stick.offer.write_bytes(whole)
    weak = lanterne(
        "device", "join", "--offer", str(stick.offer), "--request", str(stick.request), "--name", "T L",
        data=there, secret="court",
    )  # fmt: skip
    assert weak.code == 1
    assert not there.exists()
    assert join(lanterne, there, stick).code == 0
    assert join(lanterne, there, stick).json["code"] == "data_not_empty"


def test_nothing_but_a_message_is_written_over(lanterne: Run, practice: Path, stick: Stick) -> None:
    stick.offer.parent.mkdir()
    stick.offer.write_text("a letter")
    ended = offer(lanterne, practice, stick)
    assert (ended.code, ended.json["code"]) == (2, "out_exists")
    assert stick.offer.read_text() == "a letter"
    stick.offer.unlink()
    assert offer(lanterne, practice, stick).code == 0
    assert offer(lanterne, practice, stick).code == 0


def test_a_journal_damaged_on_the_stick_is_not_taken(
    lanterne: Run, practice: Path, stick: Stick, tmp_path: Path
) -> None:
    there = tmp_path / "portable"
    assert added(lanterne, practice, there, stick).code == 0
    again = stick._replace(entries=stick.entries.with_name("autre"))
    data = bytearray(stick.entries.read_bytes())
    data[len(data) // 2] ^= 1
    again.entries.write_bytes(data)
    other = tmp_path / "autre"
    offer(lanterne, practice, again, "--person", "theo")
    join(lanterne, other, again)
    admit(lanterne, practice, again)
    code = finish(lanterne, other, again).json["code"]
    admit(lanterne, practice, again, "--code", code)
    ended = finish(lanterne, other, again, "--entries", str(again.entries))
    assert (ended.code, ended.json["code"]) == (2, "entries_damaged")


def test_a_lost_machine_opens_nothing_new(
    lanterne: Run, practice: Path, stick: Stick, tmp_path: Path
) -> None:
    there = tmp_path / "portable"
    added(lanterne, practice, there, stick)
    listed = lanterne("device", "list", "--json", "--as", "garance", data=practice, secret=GARANCE).json
    number = listed[1]["device"][:8]
    lost = ("device", "lost", "--as", "garance", "--json")
    here = lanterne(*lost, "--device", listed[0]["device"], data=practice, secret=GARANCE)
    assert (here.code, here.json["code"]) == (1, "device_here")
    unknown = lanterne(*lost, "--device", "zzzz", data=practice, secret=GARANCE)
    assert (unknown.code, unknown.json["code"]) == (2, "device_which")
    ended = lanterne(*lost, "--device", number, data=practice, secret=GARANCE)
    assert ended.code == 0, ended
    assert (len(ended.json["ended"]), ended.json["rotation_due"]) == (1, [])
    again = lanterne(*lost, "--device", number, data=practice, secret=GARANCE)
    assert (again.code, again.json["code"]) == (1, "device_unknown")


def test_who_leaves_opens_no_more(lanterne: Run, practice: Path, stick: Stick, tmp_path: Path) -> None:
    there = tmp_path / "portable"
    added(lanterne, practice, there, stick, "--person", "ines")
    words = ("person", "leave", "--as", "garance", "--json", "--name")
    own = lanterne(*words, "garance", data=practice, secret=GARANCE)
    assert own.json["code"] == "leave_own"
    ended = lanterne(*words, "ines", data=practice, secret=GARANCE)
    assert (ended.code, len(ended.json["ended"])) == (0, 2), ended
    gone = lanterne("check", "--as", "ines", "--json", data=practice, secret=INES)
    assert gone.code != 0
    assert content(lanterne, practice, GARANCE, "garance")


def test_the_relay_of_the_practice_goes_with_the_offer(
    lanterne: Run, practice: Path, stick: Stick, tmp_path: Path
) -> None:
    """Kept on the new device once it is admitted, and not before: until then anybody may have written the offer."""
    there = tmp_path / "portable"
    with relay_at(tmp_path / "relay") as relay:
        assert lanterne("sync", "--relay", relay.url, data=practice).code == 0
        assert offer(lanterne, practice, stick).code == 0
        assert join(lanterne, there, stick).code == 0
        assert admit(lanterne, practice, stick).code == 0
        code = finish(lanterne, there, stick).json["code"]
        assert lanterne("sync", "--state", "--json", data=there).json["ways"]["relay"] is None
        assert admit(lanterne, practice, stick, "--code", code).json["admitted"]
        assert finish(lanterne, there, stick).json["relay"] == relay.url
        assert lanterne("sync", "--json", data=practice).code == 0
        fetched = lanterne("sync", "--json", data=there).json
        assert fetched["exchange"]["whole"]
        assert fetched["exchange"]["received"] > 0
