"""A small base of medicines for the tests of checks: what it holds is written here, and nothing else is known to it.

It answers as `lanterne.reference.medicines` does; what doctors read comes from there, never from this file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from lanterne.reference.medicines.model import (
    Cautions,
    Class,
    Classes,
    Crossing,
    Edition,
    Hit,
    Interaction,
    Interactions,
    Level,
    Limit,
    Medicine,
    Name,
    Part,
    Substance,
    Who,
)

DATED = date(2026, 11, 1)
THESAURUS = Part("interactions", "published", date(2023, 9, 1), 5)


def limit(
    substance: str,
    who: Who,
    *,
    usual_low: str | None = None,
    usual_high: str | None = None,
    max_intake: str | None = None,
    max_day: str | None = None,
    interval_h: str | None = None,
    per_kg: bool = False,
    unit: str = "mg",
    route: str = "",
    note: str = "",
) -> Limit:
    """A line of the table of doses."""
    return Limit(
        substance, who, route, unit, per_kg, usual_low=_number(usual_low), usual_high=_number(usual_high),
        max_intake=_number(max_intake), max_day=_number(max_day), interval_h=_number(interval_h), note=note,
    )  # fmt: skip


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None


def substance(
    name: str, atc: str = "", *components: str, max_days: int | None = None, **cautions: object
) -> Substance:
    """A substance with what is known of it."""
    return Substance(
        name=name,
        atc=atc,
        components=components,
        max_days=max_days,
        cautions=Cautions(**cautions),  # type: ignore[arg-type]
    )


SUBSTANCES = (
    substance("amoxicilline", "J01CA04", pregnancy="possible", kidney_known=True, kidney_adapt=Decimal(30), age_min_years=Decimal(0)),
    substance("acide clavulanique", pregnancy="possible", kidney_known=True, age_min_years=Decimal(0)),
    substance("amoxicilline et acide clavulanique", "J01CR02", "amoxicilline", "acide clavulanique"),
    substance("céfuroxime", "J01DC02", pregnancy="possible", kidney_known=True, age_min_years=Decimal(0)),
    substance("clarithromycine", "J01FA09", pregnancy="caution", kidney_known=True, age_min_years=Decimal(0)),
    substance("simvastatine", "C10AA01", pregnancy="contraindicated", kidney_known=True, long_term=True),
    substance("warfarine", "B01AA03", pregnancy="avoid", kidney_known=True, elderly_note="dose plus faible"),
    substance("bisoprolol", "C07AB07", pregnancy="caution", kidney_known=True),
    substance("aténolol", "C07AB03", pregnancy="caution", kidney_known=True),
    substance("ramipril", "C09AA05", pregnancy="contraindicated", kidney_known=True, kidney_adapt=Decimal(60)),
    substance("paracétamol", "N02BE01", pregnancy="possible", kidney_known=True, age_min_years=Decimal(0)),
    substance("ibuprofène", "M01AE01", pregnancy="contraindicated", pregnancy_from_week=24, kidney_known=True, kidney_stop=Decimal(30)),
    substance("metformine", "A10BA02", pregnancy="possible", kidney_known=True, kidney_adapt=Decimal(60), kidney_stop=Decimal(30)),
    substance("méthotrexate", "L04AX03", pregnancy="contraindicated", kidney_known=True, kidney_stop=Decimal(30)),
    substance("alendronate", "M05BA04"),
    substance("sémaglutide", "A10BJ06"),
    substance("codéine", "R05DA04", pregnancy="caution", kidney_known=True, age_min_years=Decimal(12)),
    substance("zolpidem", "N05CF02", max_days=28, pregnancy="caution", kidney_known=True),
    substance("pilule", "G03AA07", "lévonorgestrel", "éthinylestradiol", pregnancy="contraindicated", kidney_known=True),
    Substance(name="valériane"),
    substance("tisane", "V"),
)  # fmt: skip

LIMITS = (
    limit("paracétamol", "adult", usual_low="500", usual_high="1000", max_intake="1000", max_day="4000"),
    limit("paracétamol", "elderly", usual_low="500", usual_high="1000", max_intake="1000", max_day="3000"),
    limit(
        "paracétamol", "child", usual_low="10", usual_high="15", max_intake="15", max_day="60", per_kg=True
    ),
    limit("méthotrexate", "adult", max_intake="25", interval_h="168"),
    limit(
        "alendronate",
        "adult",
        usual_low="10",
        usual_high="70",
        max_day="70",
        note="70 mg une fois par SEMAINE, à jeun.",
    ),
    limit("sémaglutide", "adult", usual_low="0.25", max_day="2.4", note="Une injection par SEMAINE."),
    limit("amoxicilline", "adult", usual_low="500", max_intake="3000", max_day="6000"),
    limit("acide clavulanique", "adult", max_day="375"),
    limit("ibuprofène", "adult", max_day="1200", route="orale"),
    limit("bisoprolol", "adult", max_intake="10", max_day="10"),
)

CLASSES: dict[str, tuple[str, ...]] = {
    "pénicillines": ("amoxicilline",),
    "bêtabloquants": ("bisoprolol", "aténolol"),
    "statines": ("simvastatine",),
}
INTERACTIONS: dict[frozenset[str], tuple[Level, str]] = {
    frozenset({"clarithromycine", "simvastatine"}): ("contraindicated", "Risque de rhabdomyolyse."),
    frozenset({"warfarine", "ibuprofène"}): ("discouraged", "Risque hémorragique."),
    frozenset({"ramipril", "ibuprofène"}): ("precaution", "Insuffisance rénale aiguë."),
}
INDEXED = {one.name for one in SUBSTANCES} - {"tisane", "valériane"}


@dataclass
class Pharmacy:
    """The base. `without_interactions`: as a machine that was never given any."""

    without_interactions: bool = False
    edition: Edition = field(default_factory=lambda: Edition(DATED, False, "ab" * 32, (THESAURUS,)))

    def search(self, text: str, *, limit: int = 20) -> Sequence[Hit]:
        return ()

    def medicine(self, code: str) -> Medicine | None:
        return None

    def substance(self, name: str) -> Substance | None:
        return next((one for one in SUBSTANCES if one.name == name.lower()), None)

    def names(self) -> Sequence[Name]:
        return [Name(one.name, "substance", (one.name,)) for one in SUBSTANCES]

    def forms(self, name: str) -> tuple[str, ...]:
        return ()

    def strengths(self, name: str, form: str = "") -> tuple[str, ...]:
        return ()

    def routes(self, name: str, form: str = "") -> tuple[str, ...]:
        return ()

    def interactions(self, a: str, b: str) -> Interactions:
        if self.without_interactions:
            return Interactions(False, (), (), None)
        missing = tuple(one for one in (a, b) if one not in INDEXED)
        if "zolpidem" in (a, b):
            return Interactions(True, (), (), THESAURUS, ("autres médicaments sédatifs",))
        held = INTERACTIONS.get(frozenset({a, b}))
        found = (Interaction(a, b, held[0], held[1], ""),) if held is not None else ()
        return Interactions(not missing, missing, found, THESAURUS)

    def classes(self, substance: str) -> Classes:
        found = tuple(
            Class(name, frozenset({"allergy", "duplicate"}))
            for name, of in CLASSES.items()
            if substance in of
        )
        return Classes(substance, substance in INDEXED, found)

    def members(self, name: str) -> tuple[str, ...]:
        return CLASSES.get(name.lower(), ())

    def crossings(self, allergen: str, substance: str) -> tuple[Crossing, ...]:
        if allergen.lower() == "pénicillines" and substance == "céfuroxime":
            return (Crossing(allergen, substance, "Réaction croisée rare."),)
        return ()

    def limits(self, substance: str) -> tuple[Limit, ...]:
        return tuple(one for one in LIMITS if one.substance == substance)
