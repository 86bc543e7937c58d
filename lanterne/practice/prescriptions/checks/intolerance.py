"""A substance stopped earlier because it was not tolerated."""

from __future__ import annotations

import re

from lanterne.practice.patients.names import fold
from lanterne.practice.prescriptions.checks.answers import Answer
from lanterne.practice.prescriptions.checks.context import Context, Given, source_of

PREFIX = "Intolérance"
"""What a reason begins with when whoever stopped it said so (renewing.StopTreatment)."""

# Reasons that say nothing against giving it again. Everything else may.
_HARMLESS = re.compile(
    r"\b(fin|termine\w*|gueri\w*|inutile|inefficac\w*|echec|insuffisan\w*|remplac\w*|relais|relaye\w*|switch"
    r"|objectif|desir de grossesse|grossesse|ordonnance|rupture|rembours\w*|prix|doublon|decision|choix|souhait"
    r"|refus|chirurgie|intervention|stable|deprescription|simplification|non pris|oubli\w*)\b"
)
_HARMFUL = re.compile(
    r"\b(intoleran\w*|allergi\w*|effets? indesirable\w*|effets? secondaire\w*|mal tolere\w*|iatrogen\w*|toux|rash"
    r"|eruption|urticaire|prurit|oedeme\w*|angio\w*|quincke|anaphyla\w*|choc|dress|lyell|toxidermie|myalgie\w*|crampe\w*"
    r"|rhabdo\w*|cpk|bradycardie|hypotension|malaise\w*|syncope|chute\w*|hemorragi\w*|saignement\w*|hematome\w*"
    r"|diarrhee\w*|nausee\w*|vomissement\w*|douleurs?|digestif\w*|cytolyse|hepatite|kaliemie|hyperkaliemie|hypokaliemie"
    r"|hyponatremie|natremie|hypoglycemie\w*|creatinine|insuffisance renale|confusion|somnolence|vertige\w*"
    r"|cephalee\w*|insomnie|qt|neutropenie|thrombopenie|agranulocytose|acidose|pancreatite|gynecomastie|fracture"
    r"|thrombose|phlebite|embolie|migraine\w*|surdosage|inr)\b"
)


def check(context: Context) -> Answer:
    """Every line against what was stopped, unless it is taken again since."""
    answer = Answer("intolerance")
    places = [line.place for line in context.lines]
    if context.treatments_filled == "never" and not (context.taken or context.stopped):
        answer.skip("treatments_never_filled", places)
    for label in context.unreadable:
        answer.skip("written_by_newer", places, label=label)
    again = {name for one in context.taken for name in _names(one.given)}
    for line in context.lines:
        for stopped in context.stopped:
            reason = fold(stopped.reason)
            harmful = _HARMFUL.search(reason) is not None
            if not harmful and (not reason or _HARMLESS.search(reason)):
                continue
            shared = _names(line.given) & _names(stopped.given)
            if shared:
                if not shared & again:
                    answer.fire(
                        "discouraged" if harmful else "precaution", "stopped", [line.place], line.given.label,
                        substance=line.given.label, reason=stopped.reason, day=stopped.day,
                        source=source_of(context.base.edition, "medicines"),
                    )  # fmt: skip
            elif harmful and not (line.given.known and stopped.given.known):
                unknown = line.given if not line.given.known else stopped.given
                answer.skip("substance_unknown", [line.place], substance=unknown.label)
    return answer


def _names(given: Given) -> set[str]:
    return {fold(part) for part in given.parts} or {fold(given.label)}
