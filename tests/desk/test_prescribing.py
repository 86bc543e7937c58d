"""What the fields of the prescription form ask: one command, or what is to be answered first."""

from __future__ import annotations

import pytest

from tests.desk.stage import engine, render

engine()

from lanterne.desk.prescribing import view  # noqa: E402  Django is set up first
from lanterne.desk.prescribing.asking import Asked, asked, fields_to_show  # noqa: E402
from lanterne.desk.prescribing.page import to_see  # noqa: E402
from lanterne.practice.prescriptions.commands import Prescribe  # noqa: E402
from lanterne.practice.prescriptions.facts import Line  # noqa: E402
from lanterne.practice.prescriptions.gathering import Held  # noqa: E402
from lanterne.practice.prescriptions.renewing import Renew  # noqa: E402
from lanterne.practice.treatments.facts import TreatmentRecorded  # noqa: E402
from lanterne.reference.medicines import opened  # noqa: E402
from lanterne.wire.names import FactId  # noqa: E402
from tests.cast import JEAN_BAPTISTE  # noqa: E402

ONE, TWO = FactId("a1" * 16), FactId("b2" * 16)
HOSTILE = "<script>alert(1)</script>"


def renewable(identifier: FactId, name: str) -> tuple[Held, Line]:
    body = TreatmentRecorded(substance=name, posology="1 le matin")
    held = Held(identifier, JEAN_BAPTISTE, "2026-01-01", name, False, body)
    return held, Line(typed=name, substance=name, treatment=identifier)


LISTED = [renewable(ONE, "bisoprolol"), renewable(TWO, "ramipril")]


def ask(**fields: str) -> Asked:
    named = {name.replace("_", "-"): text for name, text in fields.items()}
    return asked(JEAN_BAPTISTE, named, LISTED, opened(None), None)


def test_nothing_typed_asks_nothing() -> None:
    found = ask()
    assert (found.reads, found.command, found.stops, found.fault) == ((), None, {}, "")


def test_lines_are_read_and_length_is_in_days() -> None:
    found = ask(line_0="amoxicilline 1 g 3/j 6 j", length="3", unit="mois", renewals="1", comment=" à jeun ")
    assert isinstance(found.command, Prescribe)
    assert (found.command.duration_d, found.command.renewals, found.command.comment) == (90, 1, "à jeun")
    assert [line.substance for line in found.command.lines] == ["amoxicilline"]


def test_one_line_that_is_not_understood_holds_everything() -> None:
    found = ask(line_0="amoxicilline 1 g 3/j 6 j", line_1="zorglub")
    assert found.command is None
    assert [bool(read.asked) for read in found.reads] == [False, True]
    assert isinstance(found.so_far, Prescribe)
    assert [line.substance for line in found.so_far.lines] == ["amoxicilline"]


def test_a_change_that_is_not_understood_leaves_its_treatment_out_of_what_is_checked_so_far() -> None:
    found = ask(**{f"keep_{ONE}": "1", f"text_{ONE}": "zorglub", f"keep_{TWO}": "1"})
    assert found.command is None
    assert isinstance(found.so_far, Renew)
    assert found.so_far.left_out == frozenset({ONE})
    assert ask(**{f"keep_{ONE}": "1", f"text_{ONE}": "zorglub"}).so_far is None


def test_another_order_is_text_as_typed() -> None:
    found = ask(order="laboratory", line_0="NFS, ferritine")
    assert isinstance(found.command, Prescribe)
    assert (found.command.order, found.command.lines) == ("laboratory", (Line(typed="NFS, ferritine"),))


def test_what_is_ticked_is_renewed_and_the_rest_goes_on() -> None:
    found = ask(**{f"keep_{ONE}": "1"})
    assert isinstance(found.command, Renew)
    assert (found.command.left_out, found.command.changes, found.command.stops) == (frozenset({TWO}), {}, {})


def test_what_is_changed_and_what_is_stopped() -> None:
    found = ask(**{f"keep_{ONE}": "1", f"text_{ONE}": "bisoprolol 5 mg 1 cp le matin", f"stop_{TWO}": "toux"})
    assert isinstance(found.command, Renew)
    assert found.command.changes[ONE].strength == "5 mg"
    assert found.command.changes[ONE].treatment == ONE
    assert found.command.stops == {TWO: "toux"}
    assert found.command.left_out == frozenset()


def test_a_stop_alone_and_a_stop_beside_a_new_line() -> None:
    assert ask(**{f"stop_{TWO}": "toux"}).stops == {TWO: "toux"}
    found = ask(**{f"stop_{TWO}": "toux", "line_0": "amlodipine 5 mg 1 cp le matin 3 mois"})
    assert isinstance(found.command, Renew)
    assert (found.command.stops, found.command.left_out) == ({TWO: "toux"}, frozenset({ONE}))


@pytest.mark.parametrize("typed", ["trois", "-1", "1e3", "٣", "9999"])
def test_a_length_that_is_no_number_is_said(typed: str) -> None:
    found = ask(line_0="amoxicilline 1 g 3/j 6 j", length=typed)
    assert found.command is None
    assert typed in found.fault


def test_there_is_always_an_empty_field() -> None:
    assert len(fields_to_show({})) == 4
    assert len(fields_to_show({"line-7": "x"})) == 10
    assert len(fields_to_show({"line-29": "x"})) == 30


def test_what_must_be_seen_has_a_name_that_changes_with_it() -> None:
    alert = view.Alert("Déconseillé", "Doses", "trop", "table")
    assert to_see(view.Outcome()) == ""
    assert to_see(view.Outcome(folded=(alert,))) == ""
    one, other = to_see(view.Outcome(seen=(alert,))), to_see(view.Outcome(stopping=(alert, alert)))
    assert one
    assert one != other


def test_what_is_hostile_is_shown_as_words() -> None:
    alert = view.Alert(HOSTILE, HOSTILE, HOSTILE, HOSTILE, "k" * 16, HOSTILE)
    shown = view.Shown(HOSTILE, HOSTILE, HOSTILE, (HOSTILE,), (HOSTILE,), (HOSTILE,))
    outcome = view.Outcome((shown,), (alert,), (alert,), (alert,), (HOSTILE,), HOSTILE, HOSTILE, "w")
    page = render("desk/prescribing/outcome.html", {"outcome": outcome})
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 15
