"""A structured dosage put into the words of a prescription.

Law: the prescriber's own words (originalText of the dose, of the frequency) prevail; where there are none, the
structure is read aloud, and nothing is computed from it. Source: IHE PCC Medications Entry (4.7 and its dosing
templates 4.7.1 normal, 4.8 tapered, 4.9 split, 4.10 conditional); IHE PHARM Dosage Instructions; HL7 V3 GTS;
CI-SIS FR-Traitement, FR-Traitement-prescrit, FR-Mode-d-administration.
"""

from __future__ import annotations

from decimal import Decimal

from lanterne.intake.cda.nodes import TYPE, child, children, code, get, is_null, related
from lanterne.intake.cda.quantities import decimal, unit
from lanterne.intake.cda.times import french, iso
from lanterne.intake.cda.words import Anchors, referred
from lanterne.intake.xml import Node

_UNITS = {
    "{tablet}": ("comprimé", "comprimés"), "{tbl}": ("comprimé", "comprimés"), "{cp}": ("comprimé", "comprimés"),
    "{capsule}": ("gélule", "gélules"), "{puff}": ("bouffée", "bouffées"), "{drop}": ("goutte", "gouttes"),
    "[drp]": ("goutte", "gouttes"), "{sachet}": ("sachet", "sachets"), "{patch}": ("dispositif", "dispositifs"),
    "{suppository}": ("suppositoire", "suppositoires"), "{ampule}": ("ampoule", "ampoules"),
    "{application}": ("application", "applications"), "{spoon}": ("cuillère", "cuillères"),
    "{dose}": ("dose", "doses"), "{unit}": ("unité", "unités"), "[iU]": ("UI", "UI"), "[IU]": ("UI", "UI"),
    "{injection}": ("injection", "injections"), "ug": ("µg", "µg"), "mcg": ("µg", "µg"),
    "h": ("heure", "heures"), "d": ("jour", "jours"), "wk": ("semaine", "semaines"), "mo": ("mois", "mois"),
    "a": ("an", "ans"), "min": ("minute", "minutes"),
    "15054000": ("comprimé", "comprimés"), "15012000": ("gélule", "gélules"), "30009000": ("boîte", "boîtes"),
}  # fmt: skip
_FEMININE = frozenset({"h", "wk", "min"})
# HL7 TimingEvent.
_EVENTS = {
    "AC": "avant les repas", "ACM": "avant le petit déjeuner", "ACD": "avant le déjeuner", "ACV": "avant le dîner",
    "C": "au cours des repas", "CM": "au petit déjeuner", "CD": "au déjeuner", "CV": "au dîner",
    "PC": "après les repas", "PCM": "après le petit déjeuner", "PCD": "après le déjeuner", "PCV": "après le dîner",
    "IC": "entre les repas", "HS": "au coucher", "WAKE": "au réveil",
    "MORN": "le matin", "NOON": "à midi", "AFT": "l’après-midi", "EVE": "le soir", "NIGHT": "la nuit",
}  # fmt: skip


def posology(statement: Node, anchors: Anchors) -> str:
    """The dosage of a substanceAdministration, its successive steps joined by "puis"; empty when it has none."""
    steps = [_step(statement, anchors)]
    for kind, step in related(statement):
        if kind == "COMP" and step.tag == "substanceAdministration":
            steps.append(_step(step, anchors))
    text = " puis ".join(filter(None, steps))
    return ", ".join(part for part in (text, _maximum(statement)) if part)[:2_000]


def condition(statement: Node, anchors: Anchors) -> str:
    """What must be so for it to be taken ("si douleur"); empty when nothing is."""
    found = [
        referred(child(criterion, "text"), anchors)
        for criterion in children(statement, "precondition/criterion")
        if not is_null(criterion)
    ]
    return " ; ".join(filter(None, found))[:500]


def instructions(statement: Node, anchors: Anchors) -> list[str]:
    """What the prescriber tells the patient (PINSTRUCT)."""
    found = [
        referred(child(act, "text"), anchors)
        for _, act in related(statement)
        if act.tag == "act" and code(act) == "PINSTRUCT"
    ]
    return [text for text in found if text]


def _step(statement: Node, anchors: Anchors) -> str:
    dose = _range(child(statement, "doseQuantity"), anchors)
    rate = _range(child(statement, "rateQuantity"), anchors)
    timing = [_timing(found, anchors) for found in children(statement, "effectiveTime")]
    words = " ".join(part for part in (dose, *timing) if part)
    return ", ".join(part for part in (words, rate) if part)


def _timing(time: Node, anchors: Anchors) -> str:
    """One part of a GTS; the interval of the whole treatment is told elsewhere, except its width."""
    parts = []
    original = _original(child(time, "period"), anchors) or referred(child(time, "originalText"), anchors)
    if original:
        return original
    event = get(child(time, "event"), "code") or (code(time, "event") if time.tag == "event" else "")
    period = child(time, "period")
    if event:
        parts.append(_event(event, time))
    elif decimal(get(period, "value")):
        parts.append(_period(decimal(get(period, "value")), unit(period)))
    width = child(time, "width") if get(time, TYPE) != "PIVL_TS" else None
    if decimal(get(width, "value")):
        start = iso(get(child(time, "low"), "value"))
        parts.append(f"pendant {_count(decimal(get(width, 'value')), unit(width))}")
        if start and time.tag == "comp":
            parts.insert(0, f"à partir du {french(start)}")
    # The frequency of a step names its beginning when the prescriber wrote it: told once.
    steps = [_timing(found, anchors) for found in children(time, "comp")]
    if any(_original(child(found, "period"), anchors) for found in children(time, "comp")):
        steps = [_original(child(found, "period"), anchors) for found in children(time, "comp")]
    return " ".join(part for part in (*parts, *reversed(steps)) if part)


def _event(event: str, time: Node) -> str:
    said = _EVENTS.get(event, event)
    offset = child(time, "offset")
    value = decimal(get(offset, "value")) or decimal(get(child(offset, "low"), "value"))
    if not value or Decimal(value) == 0:
        return said
    measure = unit(offset) or unit(child(offset, "low"))
    return f"{_count(value.removeprefix('-'), measure)} {said}"


def _period(value: str, measure: str) -> str:
    number = Decimal(value)
    if number <= 0:
        return ""
    if number == 1 and measure in ("d", "wk", "mo"):
        return f"1 fois par {_UNITS[measure][0]}"
    if measure == "d" and number < 1 and (1 / number) == int(1 / number):
        return f"{int(1 / number)} fois par jour"
    every = "toutes les" if measure in _FEMININE else "tous les"
    return f"{every} {_count(value, measure)}"


def _range(quantity: Node | None, anchors: Anchors) -> str:
    """ "1 à 2 comprimés" of a dose or a rate."""
    if quantity is None:
        return ""
    whole = _original(quantity, anchors)
    if whole:
        return whole
    low, high = child(quantity, "low"), child(quantity, "high")
    first, last = _original(low, anchors), _original(high, anchors)
    if first or last:
        return first if first == last or not last else f"{first} à {last}" if first else last
    if low is None and high is None:
        low = quantity
    values = [decimal(get(bound, "value")) for bound in (low, high)]
    measure = unit(low) or unit(high)
    if values[0] and values[1] and Decimal(values[0]) != Decimal(values[1]):
        return f"{_plain(values[0])} à {_count(values[1], measure)}"
    value = values[0] or values[1]
    return _count(value, measure) if value else ""


def _maximum(statement: Node) -> str:
    above = child(statement, "maxDoseQuantity/numerator")
    below = child(statement, "maxDoseQuantity/denominator")
    value = decimal(get(above, "value"))
    if not value:
        return ""
    per = decimal(get(below, "value"))
    measure = unit(below)
    said = f"maximum {_count(value, unit(above))}"
    if not per or not measure:
        return said
    return (
        f"{said} par {_UNITS.get(measure, (measure, measure))[0]}"
        if per == "1"
        else f"{said} en {_count(per, measure)}"
    )


def _original(quantity: Node | None, anchors: Anchors) -> str:
    for path in ("translation/originalText", "originalText"):
        found = referred(child(quantity, path), anchors)
        if found:
            return found
    return ""


def _count(value: str, measure: str) -> str:
    number = Decimal(value)
    if "/" in measure:
        above, _, below = measure.partition("/")
        return f"{_count(value, above)} par {_UNITS.get(below, (below, below))[0]}"
    one, many = _UNITS.get(measure, (measure.strip("{}"),) * 2)
    return f"{_plain(value)} {one if abs(number) < 2 else many}".strip()


def _plain(value: str) -> str:
    return f"{Decimal(value).normalize():f}".replace(".", ",")
