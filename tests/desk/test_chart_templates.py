"""The chart of M. Jean Baptiste as HTML: what must be read is there, and nothing the policy would refuse."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from lanterne.desk.chart.curve import Sample, curve
from lanterne.desk.chart.view import KINDS, SHORTCUTS, Section, TimelinePage, TimelineRow
from lanterne.desk.frame.view import BandAllergies, age_text, when
from tests.desk import jean_baptiste as cast
from tests.desk.pages import every_page
from tests.desk.stage import render

VOID = {"meta", "link", "input", "img", "br", "hr"}
PAGES = every_page()


class Outline(HTMLParser):
    """Text, headings, ids, attributes and whether tags close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.wrong: list[str] = []
        self._open: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            self.attributes.append((tag, name, value or ""))
            if name == "id":
                self.ids.append(value or "")
        if re.fullmatch(r"h[1-6]", tag) and "dialog" not in self._open:
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def outline(name: str) -> Outline:
    """A page, read."""
    template, context = PAGES[name]
    seen = Outline()
    seen.feed(render(template, context))
    seen.close()
    return seen


def words(name: str) -> str:
    """What a person reads, spaces evened."""
    return " ".join("".join(outline(name).text).split())


@pytest.mark.parametrize("name", PAGES)
def test_nothing_the_policy_refuses(name: str) -> None:
    for tag, attribute, value in outline(name).attributes:
        assert attribute != "style", (tag, value)
        assert not re.match(r"on[a-z]|hx-on|hx-vars", attribute), (tag, attribute)
        assert "javascript:" not in value
        assert not value.startswith(("http:", "https:", "//")), (
            f"{tag} {attribute} leaves the device: {value}"
        )
        if attribute in {"hx-vals", "hx-headers"}:
            assert not value.startswith("js:")
    html = render(*PAGES[name])
    assert "<style" not in html
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))


@pytest.mark.parametrize("name", PAGES)
def test_every_tag_closes_and_no_id_comes_twice(name: str) -> None:
    seen = outline(name)
    assert seen.wrong == []
    assert len(seen.ids) == len(set(seen.ids)), sorted(seen.ids)


@pytest.mark.parametrize("name", [name for name in PAGES if not name.startswith("~")])
def test_one_first_heading_and_no_level_skipped(name: str) -> None:
    levels = outline(name).headings
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels


@pytest.mark.parametrize("name", [name for name, (_t, context) in PAGES.items() if "band" in context])
def test_the_patient_is_named_wherever_a_chart_is_shown(name: str) -> None:
    assert PAGES[name][1]["band"].name in words(name)


@pytest.mark.parametrize("name", [n for n, (_t, c) in PAGES.items() if "band" in c and not n.startswith("~")])
def test_every_form_about_a_patient_carries_the_patient_of_the_page(name: str) -> None:
    band = PAGES[name][1]["band"]
    html = render(*PAGES[name])
    assert f'<body data-patient="{band.id}"' in html
    for form in re.findall(r"<form\b.*?</form>", html, re.DOTALL):
        if "data-submit" in form:
            assert f'name="patient" value="{band.id}"' in form


def test_who_is_this_and_what_must_i_not_miss() -> None:
    read = words("chart")
    for needed in (
        "BAPTISTE Jean",
        "68 ans",
        "Homme",
        "né le 14/03/1958",
        "INS qualifiée",
        "ALD",
        "Pénicilline",
        "gravité élevée",
        "choc anaphylactique",
        "Warfarine 2 mg",
        "Fibrillation atriale persistante",
        "Hypertension artérielle",
        "jusqu’au 31/05/2029",
        "Dyspnée d’effort, renouvellement",
        "4,8",
        "très haut",
        "152/88",
        "27,6",
    ):
        assert needed in read, needed


def test_what_is_computed_says_so_and_what_was_measured_does_not() -> None:
    html = render(*PAGES["chart"])
    tiles = {
        re.search(r'measure-label">(.*?)<', tile)[1]: tile for tile in html.split('<li class="measure">')[1:]
    }  # type: ignore[index]
    assert {label for label, tile in tiles.items() if "calculé" in tile} == {"IMC", "DFG"}


def test_two_unsettled_versions_are_both_shown() -> None:
    read = words("chart")
    assert "2 versions à départager" in read
    assert "5 mg le matin" in read
    assert "2,5 mg matin et soir" in read


def test_nothing_found_is_not_the_same_as_never_filled_in() -> None:
    template, context = PAGES["chart-empty"]
    assert "Allergies\u00a0: non renseigné" in render(template, context)
    page = dataclasses.replace(
        cast.EMPTY_CHART, allergies=Section(looked_for=cast.wrote("n1", "2026-11-22T10:00"))
    )
    band = dataclasses.replace(cast.NEWCOMER, allergies=BandAllergies(none_known=True))
    looked = render(template, {**context, "band": band, "page": page})
    assert "Allergies\u00a0: non renseigné" not in looked
    assert looked.count("Aucune allergie connue") >= 2


def test_a_secretary_sees_no_allergy_line_not_even_an_empty_one() -> None:
    template, context = PAGES["identity"]
    html = render(template, {**context, "band": dataclasses.replace(cast.BAND, allergies=None)})
    assert "band-allergies" not in html
    assert "Pénicilline" not in html


def test_who_wrote_it_is_beside_every_item_with_correct_and_mistake() -> None:
    html = render(*PAGES["chart"])
    shown = html.count('<li class="item') + html.count('<li class="measure') + html.count("<article")
    assert html.count('<details class="who"') >= shown > 30
    for provenance in (cast.ALLERGIES.items[0].provenance, cast.MEASURES.items[0].provenance):
        assert provenance.correct_url in html
        assert provenance.mistake_url in html
    assert "sur Cabinet 2" in html
    assert "<s>Iode, allergie</s>" in html


def test_entered_in_error_is_struck_and_still_there() -> None:
    html = render(*PAGES["chart"])
    struck = re.search(r'<article class="row struck">.*?</article>', html, re.DOTALL)
    assert struck
    assert "Sulfamides" in struck[0]
    assert "saisi par erreur" in struck[0]


def test_a_doubtful_hour_shows_the_time_of_receipt() -> None:
    assert 'title="reçu ici le 12/10/2026 10:02">heure douteuse' in render(*PAGES["chart"])


def test_what_a_newer_lanterne_wrote_is_kept_and_said() -> None:
    assert "Lanterne plus récente" in words("chart")


def test_a_page_of_the_story_says_how_many_remain_and_announces_a_year_once() -> None:
    first = cast.timeline()
    assert first.remaining == 436
    assert "Voir plus (encore 436)" in words("~timeline-rows")
    assert [year for year, _rows in first.years] == ["2026", "2025", "2024", "2023"]
    second = TimelinePage(rows=first.rows[-1:], filters=(), total=486, shown=100, last_year="2023")
    assert second.years[0][0] == ""


def test_every_kind_can_be_written_with_its_own_letter() -> None:
    assert set(SHORTCUTS) == set(KINDS) - {"proposal", "absence", "unknown"}  # read only
    assert len(set(SHORTCUTS.values())) == len(SHORTCUTS)
    html = render(*PAGES["chart"])
    for letter in SHORTCUTS.values():
        assert f'data-key="{letter}"' in html


def test_what_a_patient_wrote_is_text_not_markup() -> None:
    row = TimelineRow(
        "x", "note", when("2026"), "<script>alert(1)</script>", cast.wrote("x", "2026"), text="<b>gras</b>"
    )
    html = render("desk/chart/timeline_rows.html", {"timeline": TimelinePage((row,), (), 1, 1)})
    assert "<script>" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;" in html


def test_a_refused_field_says_why_and_is_linked_to_its_sentence() -> None:
    html = render(*PAGES["form"])
    assert "Rien n’est enregistré\u00a0: 3 champs sont à revoir." in html
    field = re.search(r'<input type="text" name="since"[^>]*>', html)
    assert field
    assert 'aria-invalid="true"' in field[0]
    assert 'aria-describedby="id_since_helptext id_since_error"' in field[0]
    assert 'id="id_since_error"' in html
    assert 'id="id_since_helptext"' in html


def test_a_name_typed_never_lies_in_an_address() -> None:
    html = render(*PAGES["home"])
    assert re.search(r'<form method="post" action="/patients"[^>]*hx-post="/patients/liste"', html)


@pytest.mark.parametrize(
    ("iso", "text"),
    [
        ("2019", "2019"),
        ("2019-04", "04/2019"),
        ("2019-04-03", "03/04/2019"),
        ("2019-04-03T10:20+02:00", "03/04/2019 10:20"),
        ("vers 1960", "vers 1960"),
    ],
)
def test_a_date_is_shown_at_the_precision_known(iso: str, text: str) -> None:
    assert when(iso).text == text


@pytest.mark.parametrize(
    ("born", "on", "text"),
    [
        (date(2026, 11, 21), date(2026, 11, 22), "1\u00a0jour"),
        (date(2026, 10, 23), date(2026, 11, 22), "30\u00a0jours"),
        (date(2026, 10, 22), date(2026, 11, 22), "1\u00a0mois"),
        (date(2024, 11, 23), date(2026, 11, 22), "23\u00a0mois"),
        (date(2024, 11, 22), date(2026, 11, 22), "2\u00a0ans"),
        (date(1958, 11, 23), date(2026, 11, 22), "67\u00a0ans"),
        (date(2024, 2, 29), date(2026, 2, 28), "23\u00a0mois"),
        (date(2026, 11, 23), date(2026, 11, 22), ""),
    ],
)
def test_age(born: date, on: date, text: str) -> None:
    assert age_text(born, on) == text


def test_a_curve_draws_what_was_measured_in_order_of_time() -> None:
    samples = [
        Sample(date(2026, 3, 1), 3.0, "3,0"),
        Sample(date(2026, 1, 1), 1.0, "1,0"),
        Sample(date(2026, 2, 1), 2.0, "2,0"),
    ]
    drawn = curve(samples, label="INR", unit="", low=2.0, high=3.0)
    xs, ys = [float(dot.x) for dot in drawn.dots], [float(dot.y) for dot in drawn.dots]
    assert [dot.label for dot in drawn.dots] == ["1,0", "2,0", "3,0"]
    assert xs == sorted(xs)
    assert ys == sorted(ys, reverse=True)
    assert float(drawn.range_y) == ys[2]
    assert float(drawn.range_y) + float(drawn.range_height) == pytest.approx(ys[1], abs=0.2)


@pytest.mark.parametrize("values", [[5.0], [5.0, 5.0], [0.0], [-2.0, 7.0], [1e-6, 2e-6], [1e9, 3e9]])
def test_a_curve_stays_inside_its_frame(values: list[float]) -> None:
    samples = [Sample(date(2026, 1, 1 + n), value, str(value)) for n, value in enumerate(values)]
    for plain in (False, True):
        drawn = curve(samples, label="x", unit="", plain=plain)
        for dot in drawn.dots:
            assert 0 <= float(dot.x) <= drawn.width
            assert 0 <= float(dot.y) <= drawn.height
        assert all(0 <= float(tick.at) <= drawn.height for tick in drawn.y_ticks)


def test_a_curve_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        curve([], label="x", unit="")
