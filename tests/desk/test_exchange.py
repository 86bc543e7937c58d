"""The words of an exchange, each for its state; a look that is slow, or fails, and keeps no page waiting."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import lanterne
from tests.desk.stage import engine, render

engine()

from django.utils import translation  # noqa: E402  Django is set up first

from lanterne.cli import exchange_words  # noqa: E402
from lanterne.desk.exchange import alarms, bar, words  # noqa: E402
from lanterne.desk.exchange.counting import Documents  # noqa: E402
from lanterne.desk.exchange.page import page  # noqa: E402
from lanterne.desk.exchange.told import Looking, Told  # noqa: E402
from lanterne.desk.frame import build  # noqa: E402
from lanterne.desk.presence import Presence  # noqa: E402
from lanterne.desk.sentences import SENTENCES  # noqa: E402
from lanterne.journal.errors import DiskFailed  # noqa: E402
from lanterne.journal.first_copy import Progress  # noqa: E402
from lanterne.journal.journal import Journal  # noqa: E402
from lanterne.sync.alarms import Alarm, Lie  # noqa: E402
from lanterne.sync.going import LOOK_FIRST, Going, WayGoing, read_nudge, write_going  # noqa: E402
from lanterne.sync.known import Known  # noqa: E402
from lanterne.sync.peers.port import Way  # noqa: E402
from lanterne.sync.raised import Raised  # noqa: E402
from lanterne.sync.relay_file import RelayFile  # noqa: E402
from lanterne.sync.state import DeviceState, RelayState, SyncState  # noqa: E402
from lanterne.sync.ways import Ways  # noqa: E402
from lanterne.wire.exchange import MOMENT_LIMIT, SAYABLE_MS, HolderId  # noqa: E402
from lanterne.wire.names import DeviceId, PersonId, SeatId, Stream  # noqa: E402
from lanterne.wire.statements import OperatorNotice, Scope, State  # noqa: E402
from tests.practice import stage  # noqa: E402
from tests.practice.conftest import machine, practice  # noqa: E402
from tests.sync.test_healing import hurt  # noqa: E402

__all__ = ["machine", "practice"]

# 22 November 2026, 14:05 in Paris.
NOON = 1_795_352_700_000
HOUR, DAY = 3_600_000, 86_400_000
RELAY = RelayState("https://relais.exemple.fr", NOON - HOUR, 0, "", 0, ())
WAYS = Ways(relay=RelayFile("https://relais.exemple.fr", HolderId("aa" * 16), b"k" * 32))
WHOLE = DeviceState(DeviceId("11" * 16), NOON - HOUR, 0, 0)
BEHIND = DeviceState(DeviceId("22" * 16), NOON - HOUR, 12, 0)
NEVER = DeviceState(DeviceId("33" * 16), 0, 400, 0)
ALONE = SyncState(400, None, (), 0, (), ())


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    with translation.override("fr"):
        yield


def told(state: SyncState | None = None, **given: object) -> Told:
    return Told(NOON, state if state is not None else ALONE, **given)  # type: ignore[arg-type]


def spaced(text: str) -> str:
    """With ordinary spaces."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def relayed(**given: object) -> SyncState:
    return replace(ALONE, relay=replace(RELAY, **given))  # type: ignore[arg-type]


SEVERAL = replace(ALONE, devices=(WHOLE, WHOLE, BEHIND))
RUNNING = WayGoing(
    Way.RELAY, "https://relais.exemple.fr", running=True, received=40, to_receive=300, to_give=100
)


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (Told(), "Enregistré ici"),
        (Told(NOON, fault=DiskFailed("x", doing="y")), "État des échanges illisible"),
        (told(), "Enregistré ici · seul poste du cabinet"),
        (told(relayed(), ways=WAYS), "Rien n’attend : tout est envoyé au relais"),
        (told(relayed(to_send=1), ways=WAYS), "Enregistré ici · 1 écriture à envoyer"),
        (
            told(relayed(to_send=1234, silent_since=NOON), ways=WAYS),
            "Relais silencieux depuis 14 h 05 : 1 234 écritures à envoyer",
        ),
        (
            told(relayed(silent_since=NOON - DAY), ways=WAYS),
            "Relais silencieux depuis hier à 14 h 05 : rien à envoyer",
        ),
        (told(SEVERAL), "Enregistré ici · reçu par 2 postes sur 3"),
        (told(replace(SEVERAL, relay=RELAY), ways=WAYS), "Envoyé au relais · reçu par 2 postes sur 3"),
        (told(replace(ALONE, devices=(WHOLE,))), "Rien n’attend : tout est reçu par l’autre poste"),
        (
            told(replace(ALONE, devices=(WHOLE, WHOLE))),
            "Rien n’attend : tout est reçu par les 2 autres postes",
        ),
        (
            told(replace(ALONE, devices=(BEHIND,))),
            "Enregistré ici · 12 écritures à recevoir par un autre poste",
        ),
        (
            told(replace(ALONE, devices=(NEVER, NEVER))),
            "Enregistré ici · aucun des 2 autres postes n’a été entendu",
        ),
        (
            told(relayed(), ways=WAYS, going=Going(NOON - 5_000, NOON - DAY, ways=(RUNNING,))),
            "Échange en cours : 40 écritures sur 400",
        ),
        (
            replace(told(SEVERAL), at_ms=NOON - HOUR),
            "Vu à 13 h 05 : Enregistré ici · reçu par 2 postes sur 3",
        ),
        (
            told(relayed(), ways=WAYS, going=Going(NOON - HOUR, NOON - DAY)),
            "Échanges arrêtés depuis 13 h 05",
        ),
        (
            told(SEVERAL, unreadable=3, unreadable_since=NOON - DAY),
            "Enregistré ici · reçu par 2 postes sur 3 · 3 écritures à réparer ici",
        ),
        (told(SEVERAL, first=Progress(12_000, 75_000, 9, 9)), "Copie en cours : 12 000 écritures sur 75 000"),
    ],
)
def test_the_line_of_each_state(look: Told, said: str) -> None:
    assert spaced(words.line(look, NOON + 20_000)) == said


def test_moments_as_they_are_said() -> None:
    assert spaced(words.moment(NOON - 19 * DAY, NOON)) == "le 3 novembre à 14 h 05"
    assert spaced(words.moment(NOON - 400 * DAY, NOON)) == "le 18 octobre 2025 à 15 h 05"
    assert spaced(words.at_moment(NOON, NOON)) == "à 14 h 05"
    assert spaced(words.moment(NOON - 10 * HOUR, NOON)) == "4 h 05"


def test_a_moment_no_calendar_holds_is_said_all_the_same() -> None:
    """Another device signs what it wants: the page that shows it is the one from which it is declared lost."""
    for ms in (MOMENT_LIMIT - 1, MOMENT_LIMIT - 2, SAYABLE_MS + 1):
        assert "9999" in words.moment(ms, NOON)
        assert "9999" in build.moment(ms, NOON).text
        assert "9999" in exchange_words.moment(ms)
    far = replace(WHOLE, said=MOMENT_LIMIT - 1)
    assert "9999" in words.heard(far, NOON)


def test_somebody_elses_text_is_one_bounded_line() -> None:
    assert words.plain("a\u202eb\n\n\tc\x00d\u200be\u2028f") == "a b c d e f"
    assert len(words.plain("x" * 9_000)) == words.MOST_SIGNS


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("scope", list(Scope))
def test_each_notice_of_an_operator(state: State, scope: Scope) -> None:
    named = None if scope is Scope.ALL else "ab" * 16
    for text in ("", "Facture 114", "Appelez-nous."):
        said = spaced(bar.operator_said(OperatorNotice(HolderId("aa" * 16), scope, named, state, text, NOON)))
        assert bool(said) == (state is State.SUSPENDED or (state is State.NOTICE and text != ""))
        assert ".. " not in said
        assert "». »" not in said
        if said:
            assert said.endswith(" ici.")
            assert f"« {text} »" in said or not text


def test_every_code_a_way_can_show_has_its_sentence() -> None:
    found = set()
    for path in (Path(lanterne.__file__).parent / "sync").rglob("*.py"):
        found |= set(re.findall(r'"((?:peer|carrier|ways)\.[a-z_]+)"', path.read_text("utf-8")))
    assert {"peer.away", "carrier.unplugged", "ways.address"} <= found
    assert sorted(found - SENTENCES.keys() - {"peer.error", "ways.error"}) == []
    assert words.why("not.known") == "Refusé (not.known)."


def test_every_lie_is_told_its_meaning_and_what_to_do(machine: stage.Machine) -> None:
    record = machine.open("Garance")
    device = record.journal.membership.seats[0].device
    for lie in Lie:
        about = record.seat.id if lie is Lie.FORK else device
        alarm = Alarm(lie, about, "1", "E5", NOON, (b"x",))
        said = alarms.said(record, alarm)
        assert said[0].isupper()
        assert alarms.means(alarm)
        assert alarms.to_do(alarm)
        assert "%" not in said
        if lie in (Lie.FORK, Lie.STATEMENT, Lie.NO_ENTRY):
            assert f"poste {device[:6]}" in spaced(said)
            assert "Garance" in said
        foreign = replace(alarm, about="<b>" + "f" * 120)
        record.journal.layout.known.mkdir(exist_ok=True)
        (record.journal.layout.known / f"relay-{'5a' * 16}").touch()
        if lie is Lie.NO_ENTRY:
            assert alarms.said(record, replace(alarm, about="5a" * 16)).startswith("Le relais a remis")
        assert alarms.said(record, foreign)


def test_a_look_that_hangs_keeps_no_page_waiting(
    machine: stage.Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = machine.open("Garance")
    looking = Looking(record)
    first = looking.now(30)
    assert first.state is not None
    gate = threading.Event()
    monkeypatch.setattr(looking, "_take", lambda: gate.wait(60) and first)
    monkeypatch.setattr(looking, "_mark_now", lambda: "changed")
    try:
        assert looking.now(0.01) is first, "the older look, and not a page that hangs"
    finally:
        gate.set()


def test_a_look_that_fails_is_said_and_taken_again(
    machine: stage.Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = machine.open("Garance")
    clock = [0.0]
    looking = Looking(record, monotonic=lambda: clock[0])
    real = looking._take

    def broken() -> Told:
        raise DiskFailed("the disk", doing="looking")

    monkeypatch.setattr(looking, "_take", broken)
    assert isinstance(looking.now(30).fault, DiskFailed)
    assert words.line(looking.now(30), NOON) == "État des échanges illisible"
    clock[0] += 6

    def unreadable() -> Told:
        raise PermissionError(13, "not yours")

    monkeypatch.setattr(looking, "_take", unreadable)
    assert isinstance(looking.now(30).fault, DiskFailed)
    presence = Presence(record, "x")
    presence.exchanges = looking
    shown = page(presence)
    assert not shown.readable
    assert "« lanterne check »" in spaced(shown.notices[0].text)
    html = render("desk/exchange/state.html", {"page": shown})
    assert "Ce poste est le seul" not in html
    assert "Aucun relais" not in html
    monkeypatch.setattr(looking, "_take", real)
    clock[0] += 6
    assert looking.now(30).fault is None


def test_an_alarm_seen_is_seen_for_everybody_of_this_device_and_stays(machine: stage.Machine) -> None:
    garance, theo = Presence(machine.open("Garance"), "x"), Presence(machine.open("Théo"), "x")
    assert bar.line(garance, wait_s=30).notices == ()
    journal = garance.record.journal
    device = journal.membership.seats[0].device
    for number, about in enumerate((device, device, "44" * 16, "55" * 16, "66" * 16, "77" * 16)):
        assert Known(journal).alarm(
            Alarm(Lie.STATEMENT, about, str(number), "shrank", NOON - number, (b"1", b"2"))
        )
    shown = bar.line(theo, wait_s=30).notices
    assert [one.tone for one in shown] == ["danger"] * 4, "three, and how many more"
    assert "2 autres alertes" in spaced(shown[-1].text)
    assert spaced(shown[0].text).endswith("(2 fois)"), "one banner for one liar"
    raised = garance.exchanges.raised
    for alarm in raised.read().alarms:
        mark = raised.mark(alarm.name, SeatId("aa" * 16), PersonId("bb" * 16), NOON)
        assert mark is not None
        again = theo.exchanges.raised.mark(alarm.name, SeatId("cc" * 16), None, NOON + 1)
        assert again == mark, "the first who saw it stays the first"
    assert bar.line(theo, wait_s=30).notices == bar.line(garance, wait_s=30).notices == ()
    fresh = Raised(Journal.open(garance.record.root)).read()
    assert len(fresh.alarms) == 6
    assert fresh.unseen == ()


def test_a_mark_that_is_damaged_is_none(machine: stage.Machine) -> None:
    record = machine.open("Garance")
    raised, folder = Raised(record.journal), record.journal.layout.known
    alarm = Alarm(Lie.SHRANK, "aa" * 16, "7", "last", NOON, (b"1",))
    Known(record.journal).alarm(alarm)
    raised.mark(alarm.name, record.seat.id, None, NOON)
    assert raised.mark("alarm-L9-" + "0" * 32, record.seat.id, None, NOON) is None
    assert raised.mark("../alarm-L1-" + "0" * 32, record.seat.id, None, NOON) is None
    for path in folder.glob("seen-*"):
        path.write_bytes(path.read_bytes()[:-1] + b"\0")
    read = Raised(record.journal).read()
    assert [one.matter for one in read.unseen] == ["7"], "the banner is back"
    for path in folder.glob("alarm-*"):
        path.write_bytes(b"garbage" * 9)
    assert Raised(record.journal).read().damaged == (alarm.name,)


def test_damage_of_this_disk_is_said_on_every_page_without_red(machine: stage.Machine) -> None:
    record = machine.open("Garance")
    clock = [1_000.0]
    presence = Presence(record, "x")
    presence.exchanges = Looking(record, monotonic=lambda: clock[0])
    assert bar.line(presence, wait_s=30).notices == ()
    count = hurt(record.root, random.Random(7), [Stream.CARE], every=2)
    assert count
    record.journal.mender.inspect()
    clock[0] += 3_600
    (notice,) = bar.line(presence, wait_s=30).notices
    assert notice.tone == "warn"
    assert f"{count} écriture" in spaced(notice.text)
    assert "Tout le reste se lit et s’écrit" in notice.text
    assert "Aucun autre poste ne peut les rendre" in notice.text, "the only device of its practice"
    assert "à réparer ici" in bar.line(presence, wait_s=30).text
    assert "Abîmé sur ce disque" in dict(page(presence).facts)
    # Who exchanges knows of none yet: it is told, once.
    write_going(record.journal, Going(record.clock_ms()))
    clock[0] += 3_600
    presence.exchanges.now(30)
    nudge = read_nudge(record.journal)
    assert nudge.endswith(LOOK_FIRST)
    clock[0] += 70
    presence.exchanges.now(30)
    assert read_nudge(record.journal) == nudge
    # And what it met itself counts here too, since when it says.
    since = record.clock_ms() - DAY
    told_more = Going(record.clock_ms(), unreadable=count + 5, unreadable_since=since)
    write_going(record.journal, told_more)
    clock[0] += 70
    look = presence.exchanges.now(30)
    assert (look.unreadable, look.unreadable_since) == (count + 5, since)


def test_documents_stored_here_are_counted_without_listing_them_each_time(machine: stage.Machine) -> None:
    record = machine.open("Garance")
    blobs, layout = record.journal.blobs, record.journal.layout
    clock = [0]
    counting = Documents(layout, lambda: clock[0])
    assert counting.count() == 0
    names = [blobs.put(f"letter {number}".encode()).name for number in range(12)]
    assert counting.count() == 12
    layout.coming_blob("ab" * 32).write_bytes(b"the beginning of one")
    layout.damaged_blob("cd" * 32).write_bytes(b"of one that is not here")
    listed = counting.listed
    assert counting.count() == 12
    assert counting.listed == listed, "nothing changed"
    layout.damaged_blob(names[0]).write_bytes(b"damaged")
    assert counting.count() == 11 == len(list(blobs.names()))
    blobs.drop(names[1])
    assert counting.count() == 10
    # A change just now: another may bear the same moment.
    clock[0] = layout.blob(names[2]).parent.stat().st_mtime_ns
    fresh = Documents(layout, lambda: clock[0])
    for _ in range(2):
        assert fresh.count() == 10
    folders = {name[:2] for name in names} - {names[1][:2]}
    assert fresh.listed >= 2 * len(folders)
    assert "10 documents" in spaced(dict(page(Presence(record, "x")).facts)["Enregistré sur ce poste"])


def test_damage_others_can_heal_is_said_to_be_asked_of_them() -> None:
    said = spaced(words.damaged(told(SEVERAL, unreadable=1, unreadable_since=NOON - DAY), NOON))
    assert said == (
        "1 écriture est abîmée sur le disque de ce poste (vu hier à 14 h 05) : un dossier peut être incomplet ici. "
        "Tout le reste se lit et s’écrit ; le prochain échange les redemande aux autres."
    )
    assert words.damaged(told(SEVERAL), NOON) == ""


def test_a_first_copy_is_said_to_everybody(machine: stage.Machine) -> None:
    presence = Presence(machine.open("Garance"), "x")
    presence.exchanges.now(30)
    presence.exchanges._told = told(SEVERAL, first=Progress(12_000, 75_000, 40, 40))
    presence.exchanges._due = float("inf")
    (notice,) = bar.line(presence).notices
    assert spaced(notice.text).startswith(
        "Copie en cours : 12 000 écritures sur 75 000 ; les patients du jour sont là. Des dossiers peuvent manquer"
    )
    presence.exchanges._told = told(SEVERAL, first=Progress(120, 75_000, 4, 40))
    assert "les patients du jour arrivent" in bar.line(presence).notices[0].text
    presence.exchanges._told = told(SEVERAL, first=Progress(75_000, 75_000, 40, 40))
    assert bar.line(presence).notices == ()
