"""All long illnesses of the demo, in the order they are drawn, and which medicines exclude each other."""

from __future__ import annotations

from lanterne.demo import heart, longterm
from lanterne.demo.illness import Illness

ALL: tuple[Illness, ...] = (*heart.ALL, *longterm.ALL)
"""In the order they are drawn: what carries an anticoagulant before what would carry an antiplatelet."""

BY_KEY: dict[str, Illness] = {illness.key: illness for illness in ALL}

ANTICOAGULANTS: tuple[tuple[str, str], ...] = (
    ("apixaban", "5 mg : 1 cp matin et soir"),
    ("apixaban", "2,5 mg : 1 cp matin et soir"),
    ("rivaroxaban", "20 mg : 1 cp le soir au dîner"),
    ("warfarine", "5 mg : 1 cp le soir, selon INR"),
    ("fluindione", "20 mg : 3/4 cp le soir, selon INR"),
)

SHARED_CLASS: dict[str, str] = {
    "IEC": "système rénine",
    "ARA II": "système rénine",
    "insuffisance cardiaque": "système rénine",
    "AVK": "anticoagulation",
    "anticoagulant oral direct": "anticoagulation",
    "antiagrégant": "anticoagulation",
    "antidiabétique, insuffisance cardiaque": "SGLT2",
}
"""Families of which a patient of the demo takes only one at a time; the others are compared by themselves."""
