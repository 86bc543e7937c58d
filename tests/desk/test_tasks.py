"""Days and delays as people type them, for whom, and what a line says; what others wrote is shown as words."""

from __future__ import annotations

from datetime import date

import pytest

from tests.desk.stage import engine, render

engine()

from lanterne.desk.forms.tasks import (  # noqa: E402  Django is set up first
    NOBODY,
    Due,
    PostponeForm,
    TaskForm,
    choices,
    delay_of,
    due_of,
    parted,
    spoken,
)
from lanterne.desk.frame.view import when  # noqa: E402
from lanterne.desk.tasks import view  # noqa: E402
from lanterne.desk.tasks.page import whose_of  # noqa: E402
from lanterne.practice.tasks.facts import TaskCreated  # noqa: E402

FRIDAY = date(2026, 11, 27)
TO = [("p:" + "ab" * 16, "Dr Morel"), ("r:secretary", "Secrétariat")]
HOSTILE = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("27/11/2026", "2026-11-27"), ("27112026", "2026-11-27"), ("28/11", "2026-11-28"), ("26/11", "2027-11-26"),
        ("29/2", ""), ("aujourd’hui", "2026-11-27"), ("auj", "2026-11-27"), ("Demain", "2026-11-28"),
        ("lundi", "2026-11-30"), ("vendredi", "2026-12-04"), ("2 semaines", "2026-12-11"), ("2s", "2026-12-11"),
        ("dans 10 jours", "2026-12-07"), ("3 mois", "2027-02-27"), ("une semaine", "2026-12-04"), ("1 an", "2027-11-27"),
        ("0 jours", ""), ("9999 ans", ""), ("hier", ""), ("11/2026", ""), ("2026", ""), ("", ""), ("30/02/2027", ""),
    ],
)  # fmt: skip
def test_a_day_as_people_type_it(typed: str, day: str) -> None:
    found = due_of(typed, FRIDAY)
    assert (found.day if found else "") == day


def test_a_delay_is_kept_with_what_it_was_counted_from() -> None:
    assert due_of("2 semaines", FRIDAY) == Due("2026-12-11", "2026-11-27", "P2W")
    assert due_of("demain", FRIDAY) == Due("2026-11-28")
    assert [delay_of(one) for one in ("3 mois", "tous les 3 mois", "1 an", "mois", "-1 j")] == [
        "P3M",
        "P3M",
        "P1Y",
        "",
        "",
    ]
    assert [spoken(one) for one in ("P1W", "P3M", "P2Y", "P1D", "n’importe quoi")] == [
        "1 semaine",
        "3 mois",
        "2 ans",
        "1 jour",
        "n’importe quoi",
    ]
    assert parted("p:ab") == ("ab", "")
    assert parted("r:secretary") == ("", "secretary")


def test_a_name_typed_that_is_no_patients_is_who_called() -> None:
    data = {"code": "message", "who": "Mme Toute Nouvelle", "caller": "sa fille", "description": "rappeler",
            "to": "r:secretary", "due": "demain", "patient": NOBODY, "phone": "06 39 98 00 00"}  # fmt: skip
    form = TaskForm(data, to=TO, today=FRIDAY)
    assert form.is_valid(), form.errors
    assert form.chosen == NOBODY
    body = form.stated(TaskCreated, "")
    assert (body.caller, body.role, body.owner, body.due, body.patient) == (
        "Mme Toute Nouvelle · sa fille",
        "secretary",
        "",
        "2026-11-28",
        "",
    )
    assert form.stated(TaskCreated, "cd" * 16).caller == "sa fille"


def test_what_no_form_of_ours_sends_is_refused_in_words() -> None:
    wrong = {"code": "sieste", "description": "", "to": "p:quelqu’un", "due": "bientôt", "every": "parfois"}
    form = TaskForm({**wrong, "code": "recall"}, to=TO, today=FRIDAY)
    assert not form.is_valid()
    assert set(form.errors) == {"to", "due", "every"}
    assert "bientôt" in str(form.errors["due"])
    assert not PostponeForm({"due": ""}, today=FRIDAY).is_valid()
    assert [whose_of(one) for one in ("", "tous", "sans", "r:secretary", "r:x", "p:x", "../etc")] == [
        "moi",
        "tous",
        "sans",
        "r:secretary",
        "moi",
        "moi",
        "moi",
    ]


def test_patients_to_choose_from_are_never_chosen_beforehand() -> None:
    assert choices([]) == ""
    offered = choices([("ab" * 16, HOSTILE)])
    assert "checked" not in offered
    assert "<script" not in offered
    assert offered.count("<label>") == 2
    assert choices([("ab" * 16, "x")], "ab" * 16).count("checked") == 1


def test_what_others_wrote_is_words_on_the_page() -> None:
    told = view.Told(HOSTILE, when("2026-11-27"), HOSTILE, HOSTILE)
    line = view.Line(
        id="a" * 32, code="call", kind=HOSTILE, description=HOSTILE, due=when("2026-11-27"), late="late",
        owners=(HOSTILE,), author=HOSTILE, written=when("2026-11-27"), who=HOSTILE, phone=HOSTILE, caller=HOSTILE,
        others=(HOSTILE,), details=(told,), attempts=(told,), done=(told,), every=HOSTILE, orphan=True,
        done_url="/x", reopen_url="/y",
    )  # fmt: skip
    section = view.Section("late", HOSTILE, (line,), 3)
    page = view.TasksPage((view.Tab(HOSTILE, "/x", 1),), (section, section), "/l", 1, "/m", "/c", "/t", "/r")
    html = render("desk/tasks/lists.html", {"page": page})
    html += render("desk/tasks/of_chart.html", {"tasks": view.ChartTasks((line,), "/x")})
    assert "<script" not in html
    assert html.count("&lt;script&gt;") > 20
