"""A device is added from two screens: the trusted one's acts and the new one's, carried by the network, a folder, files.

P1–P8 themselves are tested with the messages (tests/journal/test_pairing.py); here, that no carrier gets round them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from waitress.server import create_server

from lanterne.journal import pairing
from lanterne.journal.boxes import Boxes, BoxTaken, box_of
from lanterne.journal.check import check_store
from lanterne.journal.errors import JournalBusy, PracticeExists
from lanterne.journal.files import OsFiles
from lanterne.journal.founding import read_device
from lanterne.journal.journal import Journal
from lanterne.journal.layout import Layout
from lanterne.journal.pairing import LAPSES_MS, CodesDiffer, PairingForeign, PairingStale
from lanterne.journal.pairing_messages import PairingUnreadable
from lanterne.practice.errors import NotAllowed
from lanterne.practice.record import Record, now_ms
from lanterne.practice.team import adding, joining, queries
from lanterne.practice.team.adding import Adding, Stage
from lanterne.practice.team.mirrors import Carriage
from lanterne.seal import unlock
from lanterne.seal.errors import WeakPassphrase
from lanterne.sync.errors import PeerAway, PeerUnknown, PeerUnreadable
from lanterne.sync.invitation import invite
from lanterne.sync.joining import Joining, NotEmpty, Step
from lanterne.sync.known import Known
from lanterne.sync.server import DeviceServer
from lanterne.sync.ways import NotAFolder, keep_relay, read_ways
from lanterne.wire.asking import StatementVerdict
from lanterne.wire.errors import LanterneError
from lanterne.wire.names import Stream
from lanterne.wire.pairing_box import BoxName
from tests.cast import FOUNDED
from tests.practice import stage
from tests.sync.places import relay_at

LEA, HERS = "Dr Léa Petit", "un phare dans la brume 9"
NOON = FOUNDED + 86_400_000
PORT = 40_123


@pytest.fixture(autouse=True)
def light_passphrases() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unlock, "ARGON2_MEMORY_KIB", 64)
        yield


class Now(stage.Clock):
    """The machine's own time."""

    def __call__(self) -> int:
        return now_ms()


def to_lea(record: Record) -> Callable[[bytes | None], bytes]:
    return lambda relay: joining.offer_to_newcomer(record, name=LEA, role="locum", relay=relay)


def newcomer(root: Path, now: int = NOON + 60_000) -> Joining:
    return Joining(root, now_ms=lambda: now)


@contextmanager
def listening(record: Record) -> Iterator[str]:
    """The trusted device on loopback, by a journal of its own: another process."""
    journal = Journal.open(record.root)
    app = DeviceServer(journal, read_device(journal), now_ms=lambda: NOON + 60_000)
    server = create_server(app, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.effective_port}"
    finally:
        server.trigger.pull_trigger(lambda: server.asyncore.close_all(server._map))
        thread.join()
        server.task_dispatcher.shutdown()


def seen(record: Record) -> Adding:
    found = adding.look(record)
    assert found is not None
    return found


def code_of(new: Joining) -> str:
    standing = new.standing()
    assert standing is not None
    assert standing.step is Step.CODE, standing
    return standing.code


def test_by_the_network_from_the_offer_to_the_admission(garance: Record, tmp_path: Path) -> None:
    box = adding.begin(garance, to_lea(garance), Carriage.NETWORK, port=PORT)
    assert read_ways(garance.journal).listen == PORT
    root = tmp_path / "portable"
    with listening(garance) as address:
        new = newcomer(root)
        new.begin_by_network(invite(address, box).lower(), name=LEA, passphrase=HERS)
        first = new.standing()
        assert first is not None
        assert (first.step, first.trouble) == (Step.ANSWER, None)
        assert seen(garance).stage is Stage.CODE
        code = code_of(new)
        assert code_of(newcomer(root)) == code  # another process, or a reload
        assert adding.admit(garance, code.lower().replace("-", " ")).person
        done = newcomer(root).standing()
        assert done is not None
        assert done.step is Step.ADMITTED
    assert newcomer(root).standing() is None
    his = Journal.open(root)
    assert read_ways(his).devices == (address,)
    found = seen(garance)
    assert (found.stage, found.lacks) == (Stage.COPY, found.stored)
    assert [one.display_name for one in queries.persons(garance.tables.read()) if one.display_name == LEA]
    assert check_store(root).faults == []
    assert check_store(garance.root).faults == []


def test_a_folder_carries_and_a_lock_in_the_middle_changes_nothing(
    machine: stage.Machine, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    root = tmp_path / "portable"
    first = machine.open("Garance")
    adding.begin(first, to_lea(first), Carriage.FOLDER, where=str(stick))
    machine.close()
    newcomer(root).begin_by_folder(str(stick), name=LEA, passphrase=HERS)
    newcomer(root).standing()
    again = machine.open("Garance")
    assert seen(again).stage is Stage.CODE
    machine.close()
    code = code_of(newcomer(root))
    last = machine.open("Garance")
    adding.admit(last, code)
    seen(last)  # the answer goes to the stick
    done = newcomer(root).standing()
    assert done is not None
    assert done.step is Step.ADMITTED
    assert read_ways(Journal.open(root)).folders == (stick,)
    adding.cancel(last)
    assert adding.look(last) is None


def test_files_carried_by_hand(garance: Record, tmp_path: Path) -> None:
    adding.begin(garance, to_lea(garance), Carriage.FILES)
    offer = adding.message_to_carry(garance)
    assert offer is not None
    new = newcomer(tmp_path / "portable")
    new.begin_by_file(offer, name=LEA, passphrase=HERS)
    request = new.request()
    assert request is not None
    adding.bring_request(garance, request)
    assert seen(garance).stage is Stage.CODE
    reveal = adding.message_to_carry(garance)
    assert reveal is not None
    shown = new.bring(reveal)
    assert shown is not None
    adding.admit(garance, shown.code)
    admission = adding.message_to_carry(garance)
    assert admission is not None
    done = new.bring(admission)
    assert done is not None
    assert done.step is Step.ADMITTED


def test_by_the_relay_which_learns_nothing_it_could_use(
    machine: stage.Machine, garance: Record, tmp_path: Path
) -> None:
    """Two machines that never meet. Here clocks are the relay's: it bounds what lapses by its own."""
    garance = machine.open("Garance", clock=Now())
    with relay_at(tmp_path / "relay") as relay:
        keep_relay(garance.journal, relay)
        box = adding.begin(garance, to_lea(garance), Carriage.RELAY)
        new = Joining(tmp_path / "portable", now_ms=now_ms)
        new.begin_by_network(invite(relay.url, box), name=LEA, passphrase=HERS)
        first = new.standing()
        assert first is not None
        assert first.trouble is None
        assert seen(garance).stage is Stage.CODE
        assert seen(garance).trouble is None
        adding.admit(garance, code_of(new))
        assert seen(garance).stage is Stage.COPY
        done = new.standing()
        assert done is not None
        assert done.step is Step.ADMITTED
        ways = read_ways(Journal.open(tmp_path / "portable"))
        assert ways.relay == relay
        assert ways.devices == ()
        adding.cancel(garance)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "relay").rglob("*") if path.is_file())
    assert LEA.encode() not in kept
    assert HERS.encode() not in kept


def test_a_relay_that_is_away_is_tried_again(machine: stage.Machine, tmp_path: Path) -> None:
    garance = machine.open("Garance", clock=Now())
    with relay_at(tmp_path / "relay") as relay:
        keep_relay(garance.journal, relay)
        box = adding.begin(garance, to_lea(garance), Carriage.RELAY)
        new = Joining(tmp_path / "portable", now_ms=now_ms)
        new.begin_by_network(invite(relay.url, box), name=LEA, passphrase=HERS)
    found = seen(garance)
    assert found.stage is Stage.REQUEST
    assert isinstance(found.trouble, PeerAway)
    told = new.standing()
    assert told is not None
    assert (told.step, told.over) == (Step.ANSWER, False)
    adding.cancel(garance)
    with pytest.raises(PeerAway):
        adding.begin(garance, to_lea(garance), Carriage.RELAY)
    assert adding.look(garance) is None  # what could not be laid down is no offer


def test_only_who_manages_the_team_adds(machine: stage.Machine) -> None:
    for who in ("Théo", "Inès", "Paul"):
        record = machine.open(who)
        for act in (
            lambda one=record: adding.begin(one, to_lea(one), Carriage.FILES),
            lambda one=record: adding.look(one),
            lambda one=record: adding.admit(one, "222-222-222"),
            lambda one=record: adding.bring_request(one, b""),
            lambda one=record: adding.message_to_carry(one),
            lambda one=record: adding.cancel(one),
        ):
            with pytest.raises(NotAllowed):
                act()
    assert Boxes.of(Layout(machine.root), OsFiles()).standing(NOON) == []


def test_a_carrier_that_gives_another_offer_is_refused(
    machine: stage.Machine, garance: Record, tmp_path: Path
) -> None:
    """Another offer of the very practice, in the box of the first: its name gives it away."""
    box = adding.begin(garance, to_lea(garance), Carriage.NETWORK, port=PORT)
    other = joining.offer_to_newcomer(garance, name="Dr Autre", role="doctor", administrator=True)
    with listening(garance) as address:
        boxes = Boxes.of(Layout(machine.root), OsFiles())
        boxes._put(box + ".offer", (NOON + LAPSES_MS).to_bytes(8) + other)
        with pytest.raises(PeerUnreadable):
            newcomer(tmp_path / "portable").begin_by_network(invite(address, box), name=LEA, passphrase=HERS)
    assert not (tmp_path / "portable" / "genesis").exists()


def test_a_stranger_who_asks_first_shows_another_code(garance: Record, tmp_path: Path) -> None:
    """P4, P7: somebody on the network laid his request first. The person at the new machine is told, and its code
    never comes; the stranger's is not on the screen that is read."""
    box = adding.begin(garance, to_lea(garance), Carriage.NETWORK, port=PORT)
    with listening(garance) as address:
        stranger = newcomer(tmp_path / "stranger")
        stranger.begin_by_network(invite(address, box), name="X Y", passphrase=HERS)
        stranger.standing()
        hers = newcomer(tmp_path / "hers")
        hers.begin_by_network(invite(address, box), name=LEA, passphrase=HERS)
        seen(garance)
        told = hers.standing()
        assert told is not None
        assert (told.step, told.over) == (Step.ANSWER, True)
        assert isinstance(told.trouble, (BoxTaken, PairingForeign))
        code_of(stranger)
        with pytest.raises(CodesDiffer):
            adding.admit(garance, "222-222-222")
    assert len(garance.journal.membership.devices) == 1


@pytest.mark.parametrize("junk", [b"junk", b"\x80", b"x" * 65_000])
def test_what_is_no_request_takes_nobodys_place(garance: Record, tmp_path: Path, junk: bytes) -> None:
    box = adding.begin(garance, to_lea(garance), Carriage.NETWORK, port=PORT)
    with listening(garance) as address:
        Boxes.of(garance.journal.layout, OsFiles()).ask(box, junk)
        found = seen(garance)
        assert found.stage is Stage.REQUEST
        assert isinstance(found.trouble, PairingUnreadable)
        new = newcomer(tmp_path / "portable")
        new.begin_by_network(invite(address, box), name=LEA, passphrase=HERS)
        new.standing()
        assert seen(garance).stage is Stage.CODE
        assert code_of(new)


def test_a_request_to_another_offer_takes_nobodys_place(garance: Record, tmp_path: Path) -> None:
    adding.begin(garance, to_lea(garance), Carriage.FILES)
    before = adding.message_to_carry(garance)
    assert before is not None
    old = newcomer(tmp_path / "old")
    old.begin_by_file(before, name=LEA, passphrase=HERS)
    late = old.request()
    assert late is not None
    box = adding.begin(garance, to_lea(garance), Carriage.FILES)
    with pytest.raises(PairingStale):
        adding.bring_request(garance, late)
    Boxes.of(garance.journal.layout, OsFiles()).ask(box, late)
    with pytest.raises(PairingStale):
        joining.take_request(garance, late)
    found = seen(garance)
    assert found.stage is Stage.REQUEST
    assert isinstance(found.trouble, PairingStale)


def test_three_wrong_codes_and_the_offer_is_void(garance: Record, tmp_path: Path) -> None:
    box = adding.begin(garance, to_lea(garance), Carriage.NETWORK, port=PORT)
    with listening(garance) as address:
        new = newcomer(tmp_path / "portable")
        new.begin_by_network(invite(address, box), name=LEA, passphrase=HERS)
        new.standing()
        seen(garance)
        code = code_of(new)
        for left in (2, 1, 0):
            with pytest.raises(CodesDiffer) as wrong:
                adding.admit(garance, "222 222 222")
            assert wrong.value.params["left"] == left
        assert adding.look(garance) is None
        with pytest.raises(PairingStale):
            adding.admit(garance, code)
        told = new.standing()
        assert told is not None
        assert told.over
        assert isinstance(told.trouble, PeerUnknown)
        assert told.code == code  # what was shown does not vanish from under somebody's eyes
        new.give_up()
    assert not (tmp_path / "portable" / "genesis").exists()
    assert len(garance.journal.membership.devices) == 1


def test_cancelled_and_lapsed_boxes_answer_nobody(garance: Record, tmp_path: Path) -> None:
    box = adding.begin(garance, to_lea(garance), Carriage.NETWORK, port=PORT)
    with listening(garance) as address:
        adding.cancel(garance)
        with pytest.raises(PeerUnknown):
            newcomer(tmp_path / "portable").begin_by_network(invite(address, box), name=LEA, passphrase=HERS)
    again = adding.begin(garance, to_lea(garance), Carriage.NETWORK, port=PORT)
    boxes = Boxes.of(garance.journal.layout, OsFiles())
    held = pairing.offered(garance.journal, garance.seat)
    assert held is not None
    assert boxes.stands(again, held.ends)
    assert not boxes.stands(again, held.ends + 1)
    boxes.sweep(held.ends + 1)
    assert boxes.standing(0) == []


def test_a_crash_between_admission_and_answer_is_mended(garance: Record, tmp_path: Path) -> None:
    """The admission is in the journal, the box still holds the reveal: the next look puts the right answer there."""
    adding.begin(garance, to_lea(garance), Carriage.FILES)
    offer = adding.message_to_carry(garance)
    assert offer is not None
    new = newcomer(tmp_path / "portable")
    new.begin_by_file(offer, name=LEA, passphrase=HERS)
    request = new.request()
    assert request is not None
    adding.bring_request(garance, request)
    seen(garance)
    reveal = adding.message_to_carry(garance)
    assert reveal is not None
    shown = new.bring(reveal)
    assert shown is not None
    joining.admit(garance, request, shown.code)
    assert adding.message_to_carry(garance) == reveal
    assert seen(garance).stage is Stage.COPY
    admission = adding.message_to_carry(garance)
    assert admission is not None
    done = new.bring(admission)
    assert done is not None
    assert done.step is Step.ADMITTED


def test_who_ends_it_after_the_admission_does_not_leave_the_new_machine_outside(
    garance: Record, tmp_path: Path
) -> None:
    box = adding.begin(garance, to_lea(garance), Carriage.NETWORK, port=PORT)
    with listening(garance) as address:
        new = newcomer(tmp_path / "portable")
        new.begin_by_network(invite(address, box), name=LEA, passphrase=HERS)
        new.standing()
        seen(garance)
        adding.admit(garance, code_of(new))
        adding.cancel(garance)
        assert adding.look(garance) is None
        done = new.standing()
        assert done is not None
        assert done.step is Step.ADMITTED


def test_a_box_goes_once_the_new_machine_was_heard_of(garance: Record, tmp_path: Path) -> None:
    """So that a practice that adds thirty machines in a day is not stopped by what is over."""
    box = adding.begin(garance, to_lea(garance), Carriage.NETWORK, port=PORT)
    boxes = Boxes.of(garance.journal.layout, OsFiles())
    root = tmp_path / "portable"
    with listening(garance) as address:
        new = newcomer(root)
        new.begin_by_network(invite(address, box), name=LEA, passphrase=HERS)
        new.standing()
        seen(garance)
        adding.admit(garance, code_of(new))
        new.standing()
    his, now = Journal.open(root), NOON + 120_000
    his.receive_many(one.entry.raw for stream in Stream for one in garance.journal.since(stream))
    said = Known(his).make_statement(read_device(his), now, garance.journal.random)
    own = read_device(garance.journal).id
    assert Known(garance.journal).take_statement(said.raw, own, now) is StatementVerdict.KEPT
    assert seen(garance).stage is Stage.DONE
    assert boxes.stands(box, now)
    adding.cancel(garance)
    assert not boxes.stands(box, now)


def test_a_refused_beginning_leaves_nothing(garance: Record, tmp_path: Path) -> None:
    box = adding.begin(garance, to_lea(garance), Carriage.NETWORK, port=PORT)
    root = tmp_path / "portable"
    root.mkdir()
    with listening(garance) as address:
        text = invite(address, box)
        refusals: list[tuple[type[LanterneError], str, str]] = [
            (WeakPassphrase, text, "court"),
            (PeerUnknown, invite(address, BoxName("2" * 12)), HERS),
            (PeerAway, invite("127.0.0.1:1", box), HERS),
        ]
        for error, typed, phrase in refusals:
            with pytest.raises(error):
                newcomer(root).begin_by_network(typed, name=LEA, passphrase=phrase)
            assert [path for path in root.rglob("*") if path.is_file()] == [], error
        (root / "letter.txt").write_text("x")
        with pytest.raises(NotEmpty):
            newcomer(root).begin_by_network(text, name=LEA, passphrase=HERS)
    assert (root / "letter.txt").read_text() == "x"


def test_nothing_is_given_up_once_admitted(garance: Record, tmp_path: Path) -> None:
    """Even when the last file of the joining lingers, as after a crash: nothing of a practice is removed."""
    adding.begin(garance, to_lea(garance), Carriage.FILES)
    offer = adding.message_to_carry(garance)
    assert offer is not None
    root = tmp_path / "portable"
    new = newcomer(root)
    new.begin_by_file(offer, name=LEA, passphrase=HERS)
    lingers = Layout(root).joining.read_bytes()
    request = new.request()
    assert request is not None
    adding.bring_request(garance, request)
    seen(garance)
    shown = new.bring(adding.message_to_carry(garance) or b"")
    assert shown is not None
    adding.admit(garance, shown.code)
    new.bring(adding.message_to_carry(garance) or b"")
    Layout(root).joining.write_bytes(lingers)
    with pytest.raises(NotEmpty):
        newcomer(root).give_up()
    assert (root / "genesis").exists()


def test_a_damaged_note_of_the_joining_does_not_end_it(garance: Record, tmp_path: Path) -> None:
    adding.begin(garance, to_lea(garance), Carriage.FILES)
    offer = adding.message_to_carry(garance)
    assert offer is not None
    root = tmp_path / "portable"
    newcomer(root).begin_by_file(offer, name=LEA, passphrase=HERS)
    path = Layout(root).joining
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    told = newcomer(root).standing()
    assert told is not None
    assert told.step is Step.ANSWER
    request = newcomer(root).request()
    assert request is not None
    adding.bring_request(garance, request)
    seen(garance)
    shown = newcomer(root).bring(adding.message_to_carry(garance) or b"")
    assert shown is not None
    assert shown.code


def test_a_folder_with_two_offers_is_not_guessed_from(
    machine: stage.Machine, garance: Record, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    adding.begin(garance, to_lea(garance), Carriage.FOLDER, where=str(stick))
    with pytest.raises(LanterneError) as none:
        newcomer(tmp_path / "a").begin_by_folder(str(tmp_path / "nowhere"), name=LEA, passphrase=HERS)
    assert none.value.code == "peer.folder"
    Boxes.carried(stick, OsFiles()).open(b"another offer", NOON + LAPSES_MS, NOON)
    with pytest.raises(LanterneError) as several:
        newcomer(tmp_path / "a").begin_by_folder(str(stick), name=LEA, passphrase=HERS)
    assert several.value.code == "peer.several_boxes"


def test_a_box_is_named_after_its_offer() -> None:
    names = {box_of(sha256(bytes([number])).digest()) for number in range(200)}
    assert len(names) == 200
    assert box_of(b"x" * 32) == "59TFJ46GP4SA"  # as a program of another hand must compute it
    assert all(len(name) == 12 and not set(name) & set("01IO") for name in names)


def admitted_by_hand(garance: Record, root: Path) -> Joining:
    """A machine that was admitted; nothing of the care stream is here yet."""
    adding.begin(garance, to_lea(garance), Carriage.FILES)
    new = newcomer(root)
    new.begin_by_file(adding.message_to_carry(garance) or b"", name=LEA, passphrase=HERS)
    adding.bring_request(garance, new.request() or b"")
    seen(garance)
    shown = new.bring(adding.message_to_carry(garance) or b"")
    assert shown is not None
    adding.admit(garance, shown.code)
    new.bring(adding.message_to_carry(garance) or b"")
    return new


def test_nothing_is_given_up_once_admitted_whatever_is_left_of_it(garance: Record, tmp_path: Path) -> None:
    """An old page is still open when a crash left the note of the joining, and what was asked is gone already."""
    root = tmp_path / "portable"
    adding.begin(garance, to_lea(garance), Carriage.FILES)
    lingers = tmp_path / "note"
    early = newcomer(root)
    early.begin_by_file(adding.message_to_carry(garance) or b"", name=LEA, passphrase=HERS)
    lingers.write_bytes(Layout(root).joining.read_bytes())
    early.give_up()
    admitted_by_hand(garance, root)
    Layout(root).joining.write_bytes(lingers.read_bytes())
    Layout(root).pairing.unlink()
    with pytest.raises(NotEmpty):
        newcomer(root).give_up()
    assert (root / "genesis").exists()
    assert newcomer(root).standing() is None  # what is left is tidied away
    assert not Layout(root).joining.exists()


def test_what_was_asked_is_damaged_before_the_admission(garance: Record, tmp_path: Path) -> None:
    """It is said, and begun anew: nobody is left before a page that opens nothing."""
    root = tmp_path / "portable"
    adding.begin(garance, to_lea(garance), Carriage.FILES)
    offer = adding.message_to_carry(garance) or b""
    newcomer(root).begin_by_file(offer, name=LEA, passphrase=HERS)
    path = Layout(root).pairing
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    told = newcomer(root).standing()
    assert told is not None
    assert told.over
    assert isinstance(told.trouble, PairingStale)
    newcomer(root).give_up()
    newcomer(root).begin_by_file(offer, name=LEA, passphrase=HERS)


@pytest.mark.parametrize("busy", [False, True])
def test_a_practice_founded_while_the_offer_came_is_left_alone(
    garance: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, busy: bool
) -> None:
    """By another program, in the same directory: it was empty when this joining looked."""
    adding.begin(garance, to_lea(garance), Carriage.FILES)
    offer = adding.message_to_carry(garance) or b""
    root = tmp_path / "portable"
    new = newcomer(root)

    def founded(*_: object, **__: object) -> None:
        (root / "genesis").write_bytes(b"of another practice")
        raise JournalBusy("it is founded now") if busy else PracticeExists("there is a practice")

    monkeypatch.setattr("lanterne.sync.joining.join", founded)
    with pytest.raises((JournalBusy, PracticeExists)):
        new.begin_by_file(offer, name=LEA, passphrase=HERS)
    assert (root / "genesis").read_bytes() == b"of another practice"
    assert not Layout(root).joining.exists()


def test_a_folder_inside_the_data_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    """Admitted, this machine could not have kept it, and would have stayed before the page of the joining."""
    root = tmp_path / "portable"
    (root / "logs").mkdir(parents=True)
    Layout(root).local.mkdir()
    Layout(root).joining.write_bytes(b"a joining that broke off")
    with pytest.raises(NotAFolder):
        newcomer(root).begin_by_folder(str(root / "logs"), name=LEA, passphrase=HERS)
