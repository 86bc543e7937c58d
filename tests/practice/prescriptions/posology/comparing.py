"""Whether a structure read is the one expected: "Comparing fairly" of the samples' README, no more and no less."""

from __future__ import annotations

import re
from typing import Any

from lanterne.practice.prescriptions.posology.typed import fold

_DEFAULTS: dict[str, Any] = {"as_needed": False, "non_substitutable": False, "ald": False}
KEYS = (
    "drug", "strength", "form", "dose", "dose_unit", "times_per_day", "every_h", "moments", "days", "every_weeks",
    "as_needed", "as_needed_for", "max_per_day", "max_unit", "duration_d", "duration", "renewals", "steps", "site", "route",
    "with_food", "non_substitutable", "nsr", "ald",
)  # fmt: skip
_MASS = {"g": 1000.0, "mg": 1.0, "µg": 0.001}
_ROUTE_OF_FORM = {
    "collyre": "ophtalmique", "bouffée": "inhalée", "inhalation": "inhalée", "suppositoire": "rectale", "ovule": "vaginale",
    "comprimé": "orale", "gélule": "orale", "sachet": "orale", "sirop": "orale", "patch": "cutanée", "crème": "cutanée",
    "pommade": "cutanée", "gel": "cutanée",
}  # fmt: skip


def differences(got: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """Each key that differs unfairly, with both values; empty when the two mean the same."""
    found = []
    form = expected.get("form")
    one, other = _plain(got, form), _plain(expected, form)
    for key in KEYS:
        a, b = one.get(key), other.get(key)
        if key == "route" and a != b and a is not None and a == _ROUTE_OF_FORM.get(str(form)):
            continue
        if key == "strength" and a and b and _strengths_equal(a, b):
            continue
        if a != b:
            found.append(f"{key}: {a!r}, expected {b!r}")
    return found


def _strengths_equal(a: str, b: str) -> bool:
    if a == b:
        return True
    first, second = _mass(a), _mass(b)
    if first is not None and second is not None:
        return abs(first - second) < 1e-9
    bare, full = sorted((a, b), key=len)
    return bool(re.fullmatch(r"[\d,/]+", bare)) and re.sub(r"[^\d,/]", "", full) == bare


def _mass(text: str) -> float | None:
    found = re.fullmatch(r"(\d+(?:,\d+)?) (g|mg|µg)", text)
    return float(found[1].replace(",", ".")) * _MASS[found[2]] if found else None


def _number(value: Any) -> Any:
    if isinstance(value, list | tuple) and not any(isinstance(one, str | dict) for one in value):
        return [float(one) for one in value]
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _plain(structure: dict[str, Any], form: str | None) -> dict[str, Any]:
    plain = {key: value for key, value in structure.items() if key in KEYS and _DEFAULTS.get(key) != value}
    plain["drug"] = (
        fold(plain["drug"]).replace(" ", "").replace("acide", "ac").replace("hydrochlorothiazide", "hctz")
    )
    for key in ("with_food", "as_needed_for", "site"):
        if key in plain:
            plain[key] = _wording(plain[key])
    if "steps" in plain:
        plain["steps"] = [_step(one) for one in plain["steps"]]
    return _step(plain)


def _wording(text: str) -> str:
    return re.sub(
        r"\b(?:la|le|les|l|de|du|des|en|cas|au)\b", " ", fold(text).replace("température", "t")
    ).replace(" ", "")


def _step(step: dict[str, Any]) -> dict[str, Any]:
    plain = {key: _number(value) for key, value in step.items()}
    moments = {name: _number(value) for name, value in (step.get("moments") or {}).items() if value}
    if plain.get("dose_unit") == "application" and plain.get("dose") in (1.0, None):
        plain.pop("dose_unit"), plain.pop("dose", None)
    if plain.get("dose_unit") == "mg/j" and "times_per_day" not in plain:
        plain["dose_unit"], plain["times_per_day"] = "mg", 1.0
    strength = step.get("strength")
    if (
        strength
        and isinstance(step.get("dose"), int | float)
        and strength == f"{step['dose']:g} {step.get('dose_unit')}".replace(".", ",")
    ):
        plain.pop("dose"), plain.pop("dose_unit")
    if moments:
        plain["moments"] = moments
        if all(quantity == plain.get("dose") for quantity in moments.values()):
            plain.pop("dose", None)
        plain.setdefault("times_per_day", float(len(moments)))
    else:
        plain.pop("moments", None)
    if plain.get("dose") == 1.0 and "dose_unit" not in plain:
        plain.pop("dose")
    if "duration" in plain:
        value, unit = plain["duration"]["value"], plain["duration"]["unit"]
        plain["duration"] = (float(value), unit)
        if unit == "semaine":
            plain.pop("duration")
            plain["duration_d"] = float(value) * 7
    return plain
