"""What every page shows around its subject: who is unlocked, whose chart this is, who wrote what.

Law: a template is handed these frozen values and nothing else; it computes nothing and asks nothing of a
database. Texts marked with `_` are French msgids that the template translates. Plain Python, no Django.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Tone = Literal["", "danger", "warn", "ok", "info"]
"""Meaning of a colour. `danger` is kept for what may harm the patient (docs/design-system.md)."""

InsStatus = Literal["provisoire", "recuperee", "validee", "qualifiee"]
"""Identity statuses of the référentiel INS, as spelled in facts."""

Sex = Literal["male", "female", "other", "unknown"]
"""FHIR administrative-gender."""


def _(text: str) -> str:
    """Mark a French msgid for gettext; the template translates it."""
    return text


@dataclass(frozen=True, slots=True)
class When:
    """A moment at the precision known.

    `iso` is ISO 8601 cut where knowledge ends ("2019", "2019-04", "2019-04-03", "2019-04-03T10:20+02:00"); `text`
    is the same for a French reader. `doubtful` says the author's clock was more than 10 minutes ahead
    (DESIGN §2, "heure douteuse"), and `received` then gives the time of receipt on this device.
    """

    iso: str
    text: str
    doubtful: bool = False
    received: str = ""


def when(iso: str, *, doubtful: bool = False, received: str = "") -> When:
    """A `When` whose text is "2019", "04/2019", "03/04/2019" or "03/04/2019 10:20", as precise as `iso`.

    The hour is shown as written: the caller has already brought it to the practice's time zone. An `iso` of
    another form is shown as it came, for nothing is hidden because it is odd.
    """
    day, _sep, hour = iso.partition("T")
    parts = day.split("-")
    text = iso
    if all(part.isdigit() for part in parts) and len(parts) <= 3:
        text = "/".join(reversed(parts))
        if hour:
            text += " " + hour[:5]
    return When(iso=iso, text=text, doubtful=doubtful, received=received)


def age_text(born: date, on: date) -> str:
    """Age in words: days below one month, months below two years, then years. Empty when `born` lies after
    `on`.
    """
    if born > on:
        return ""
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    if months < 1:
        days = (on - born).days
        return f"{days}\u00a0jour{'s' if days > 1 else ''}"
    if months < 24:
        return f"{months}\u00a0mois"
    return f"{months // 12}\u00a0ans"


@dataclass(frozen=True, slots=True)
class Earlier:
    """A value that was replaced: it stays one click away."""

    text: str
    author: str
    at: When
    mistake: bool = False


@dataclass(frozen=True, slots=True)
class SourceLink:
    """A document that states something: what it is in a few words, and where it opens."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who wrote this, when, on which device, and what may be done about it.

    `recorded` is when it was written, not when it happened. Empty URLs hide their action (no right, or
    nothing to do). `source` names the paper or message it came from, when it was not typed; `documents` are
    those of the chart that state it, each one click away.
    """

    fact: str
    author: str
    role: str
    device: str
    recorded: When
    source: str = ""
    correct_url: str = ""
    mistake_url: str = ""
    earlier: tuple[Earlier, ...] = ()
    documents: tuple[SourceLink, ...] = ()


@dataclass(frozen=True, slots=True)
class BandAllergies:
    """The allergy line of the band, on every page of a patient.

    `high` are substances of high criticality, first and in capitals of weight; `others` the rest;
    `conflict` that several values wait to be settled, at `settle_url`; `none_known` that somebody looked for and
    found none. All empty: never filled in.
    """

    high: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    conflict: bool = False
    none_known: bool = False
    settle_url: str = ""


@dataclass(frozen=True, slots=True)
class PatientBand:
    """The strip that says whose chart this is; sticky, on every page of a patient, on paper too.

    `id` is the patient's opaque id: forms carry it in the hidden field `patient`, and the page says it in
    `<body data-patient>`, so that two tabs on two patients never mix. `name` is "BAPTISTE Jean": the name
    used, in capitals, then the first name used. `birth_name` is given only when it differs. `allergies` is
    None when the reader may not know them (a secretary): the line is then absent, never empty.
    """

    id: str
    name: str
    sex: Sex
    birth: When
    age: str
    ins: InsStatus
    chart_url: str
    identity_url: str
    birth_name: str = ""
    ald: tuple[str, ...] = ()
    allergies: BandAllergies | None = None
    deceased: When | None = None
    homonym: bool = False
    merged_into: str = ""


@dataclass(frozen=True, slots=True)
class NavLink:
    """An entry of the top bar; `icon` names a symbol of icons.svg; `count`: how many wait there.

    `minor`: a place nobody goes to between two patients: its icon alone where the bar is short.
    """

    label: str
    url: str
    icon: str
    current: bool = False
    count: int = 0
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence that stays on screen until its cause is gone (full disk, damaged frame, clock ahead)."""

    text: str
    tone: Tone = "info"
    action: str = ""
    action_url: str = ""


@dataclass(frozen=True, slots=True)
class ExchangeLine:
    """How the exchanges with other devices stand, in one sentence that leads to their page.

    `notices` are what everybody must be told of them: lies proven, the relay operator's words, a first copy in
    course. `state_url` is asked in the background every `every_s` seconds; it answers 204 while nothing changed.
    """

    text: str
    url: str
    state_url: str
    every_s: int = 20
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """What the page needs besides its subject. `theme` is "" to follow the machine, else "light" or "dark".

    `search_url` and `results_url` are both POSTed (`q`), for a name typed must not lie in a URL: the first
    answers a whole page, the second the list alone. `session_url` is asked in the background
    (X-Lanterne-Background: 1) every `session_every_s` seconds and answers 204, or 401 once locked; empty,
    nothing is asked. `message_url` opens the dialog of a phone message over any page.
    """

    practice: str
    device: str
    person: str
    role: str
    home_url: str
    search_url: str
    results_url: str
    lock_url: str
    session_url: str = ""
    session_every_s: int = 20
    theme: Literal["", "light", "dark"] = ""
    nav: tuple[NavLink, ...] = ()
    notices: tuple[Notice, ...] = ()
    printed: str = ""
    saved: tuple[str, ...] = ()
    exchange: ExchangeLine | None = None
    message_url: str = ""


@dataclass(frozen=True, slots=True)
class FormPage:
    """A form about one thing, shown as a page or inside the dialog (the templates take the same value).

    `patient` fills the hidden field that the server compares with the chart written to; empty for forms
    about nobody. `warnings` are sentences to read before writing (an allergy met by a treatment); `confirm`
    names the field that must be ticked to go on. `draft_url` receives what is typed, `draft_kept` is when
    it last did.
    """

    title: str
    action_url: str
    back_url: str
    submit: str
    patient: str = ""
    intro: str = ""
    warnings: tuple[Notice, ...] = ()
    draft_url: str = ""
    draft_kept: When | None = None
    files: bool = False
    icon: str = "edit"
