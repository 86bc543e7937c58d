"""Garance's second machine, and Théo's: four messages on a stick, and a code two persons compare."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from lanterne.journal.access import AccessEnded, AccessPending, check_access
from lanterne.journal.check import check_store
from lanterne.journal.errors import JournalError, SeatMayNotWrite
from lanterne.journal.founding import list_seats, open_seat
from lanterne.journal.journal import Journal
from lanterne.journal.layout import Layout
from lanterne.journal.leaving import revoke
from lanterne.journal.pairing import (
    LAPSES_MS,
    CodesDiffer,
    PairingForeign,
    PairingSpent,
    PairingStale,
    admit_request,
    finish,
    join,
    lacking,
    make_offer,
    take_request,
)
from lanterne.journal.pairing_messages import (
    SIGNS,
    Grant,
    PairingUnreadable,
    read_offer,
    read_request,
    short_code,
    typed_code,
)
from lanterne.seal import unlock
from lanterne.seal.errors import WeakPassphrase
from lanterne.wire.names import SEALED_COMPARTMENTS, Compartment, PersonId, PracticeId, Stream
from tests.journal.stage import NOON, Practice, admit, dice, found, jot, raws, texts

THEO = "un vélo sous la pluie"
CARE = (Compartment.OFFICE, Compartment.MEDICAL)
LOCUM = Grant(PersonId("77" * 16), CARE, False, NOON + 30 * 86_400_000)


@pytest.fixture(autouse=True)
def light_passphrases() -> Iterator[None]:
    """What a guess costs is tested where it is decided (tests/seal)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unlock, "ARGON2_MEMORY_KIB", 64)
        yield


def offered(journal: Journal, practice: Practice, grant: Grant = LOCUM, seed: int = 100) -> bytes:
    return make_offer(journal, practice.seat, grant, now_ms=NOON, random=dice(seed), about="Théo")


def joined(root: Path, offer: bytes, seed: int = 200) -> bytes:
    answer = join(root, offer, label="Théo Lambert", passphrase=THEO, now_ms=NOON, random=dice(seed))
    return answer.request


def test_theo_joins_with_a_machine_of_his_own(practice: Practice, tmp_path: Path) -> None:
    journal = practice.open()
    jot(journal, practice, "before he came")
    offer = offered(journal, practice)
    there = tmp_path / "theo"
    request = joined(there, offer)
    asked = take_request(journal, practice.seat, request, now_ms=NOON)
    his = Journal.open(there, random=dice(300))
    first = finish(his, asked.reveal)
    assert (first.code, first.admitted) == (asked.code, False)
    assert his.membership.seat(first.seat) is None
    with pytest.raises(AccessPending):
        check_access(his, first.seat, NOON)

    typed = asked.code.lower().replace("-", " ")
    welcomed = admit_request(
        journal, practice.seat, practice.keyring, request, typed, now_ms=NOON + 1, random=dice(101)
    )
    assert (welcomed.seat, welcomed.person, welcomed.about) == (first.seat, LOCUM.person, "Théo")
    done = finish(his, welcomed.admission)
    assert done.admitted
    assert [head.chain.stream for head in done.lacking] == [Stream.CARE]
    check_access(his, done.seat, NOON + 2)
    assert [card.label for card in list_seats(there)] == ["Théo Lambert"]

    his.receive_many(raws(journal))
    assert lacking(his) == ()
    assert not Layout(there).pairing.exists()
    keys, ring = open_seat(his, done.seat, THEO)
    theo = Practice(there, keys, ring, practice.sheet, done.seat)
    assert [ring.can_read(place) for place in SEALED_COMPARTMENTS] == [True, True, False]
    assert texts(his, theo) == ["before he came"]
    jot(his, theo, "from his machine", NOON + 3)
    journal.receive_many(raws(his))
    assert texts(journal, practice) == ["before he came", "from his machine"]
    assert len(journal.membership.devices) == 2
    assert check_store(there, ring).faults == []
    assert check_store(practice.root, practice.keyring).faults == []


def test_the_same_person_on_two_devices(practice: Practice, tmp_path: Path) -> None:
    journal = practice.open()
    mine = journal.membership.seat(practice.seat_id)
    assert mine is not None
    offer = offered(journal, practice, Grant(mine.person, SEALED_COMPARTMENTS, True, None))
    request = joined(tmp_path / "laptop", offer)
    asked = take_request(journal, practice.seat, request, now_ms=NOON)
    welcomed = admit_request(
        journal, practice.seat, practice.keyring, request, asked.code, now_ms=NOON, random=dice(1)
    )
    assert set(journal.membership.persons[mine.person]) == {practice.seat_id, welcomed.seat}
    assert journal.membership.is_admin(welcomed.seat, NOON)


def test_a_fork_of_histories_is_seen_before_first_use(practice: Practice, tmp_path: Path) -> None:
    """What the admitting device held, and the carrier withholds, is named until it comes."""
    journal = practice.open()
    jot(journal, practice, "one")
    two = jot(journal, practice, "two", NOON + 1)
    request = joined(tmp_path / "theo", offered(journal, practice))
    asked = take_request(journal, practice.seat, request, now_ms=NOON)
    welcomed = admit_request(
        journal, practice.seat, practice.keyring, request, asked.code, now_ms=NOON + 2, random=dice(1)
    )
    his = Journal.open(tmp_path / "theo", random=dice(300))
    finish(his, welcomed.admission)
    his.receive_many(raws(journal)[:-1])
    assert [head.hash for head in lacking(his)] == [two.hash]
    his.receive_many(raws(journal)[-1:])
    assert lacking(his) == ()


def test_an_admission_is_written_once_and_can_be_carried_again(practice: Practice, tmp_path: Path) -> None:
    journal = practice.open()
    request = joined(tmp_path / "theo", offered(journal, practice))
    asked = take_request(journal, practice.seat, request, now_ms=NOON)
    assert take_request(journal, practice.seat, request, now_ms=NOON) == asked
    once = admit_request(
        journal, practice.seat, practice.keyring, request, asked.code, now_ms=NOON, random=dice(1)
    )
    again = admit_request(
        journal, practice.seat, practice.keyring, request, asked.code, now_ms=NOON, random=dice(2)
    )
    assert (once.again, again.again) == (False, True)
    assert again.admission == once.admission
    assert journal.count(Stream.MEMBERS) == 1


# ------------------------------------------------------------------ who stands between


def test_whoever_answers_first_spends_the_offer(practice: Practice, tmp_path: Path) -> None:
    """The carrier puts its own request in the place of Théo's: the codes differ, nobody is admitted, and Théo's
    request is not taken under the same nonce."""
    journal = practice.open()
    offer = offered(journal, practice)
    his = joined(tmp_path / "theo", offer)
    thief = joined(tmp_path / "thief", offer, seed=666)
    asked = take_request(journal, practice.seat, thief, now_ms=NOON)
    with pytest.raises(PairingSpent):
        take_request(journal, practice.seat, his, now_ms=NOON)
    with pytest.raises(PairingForeign):
        finish(Journal.open(tmp_path / "theo"), asked.reveal)
    # The carrier may give Théo's machine the nonce with Théo's own request: his code is another.
    read = read_offer(offer)
    nonce = asked.reveal[asked.reveal.index(b"\xa5nonce") + 8 :][:32]
    shown_to_theo = short_code(read.practice, nonce, sha256(offer).digest(), sha256(his).digest())
    assert shown_to_theo != asked.code
    with pytest.raises(CodesDiffer):
        admit_request(
            journal, practice.seat, practice.keyring, thief, shown_to_theo, now_ms=NOON, random=dice(1)
        )
    assert journal.count(Stream.MEMBERS) == 0


def test_an_offer_changed_on_the_way_gives_no_request_that_is_taken(
    practice: Practice, tmp_path: Path
) -> None:
    """Made administrator by the carrier, or handed the nonce of the carrier's own."""
    journal = practice.open()
    jot(journal, practice, "so that there is a head")
    read = read_offer(offered(journal, practice))
    for number, changed in enumerate(
        (
            read._replace(grant=LOCUM._replace(admin=True)),
            read._replace(commit=sha256(b"mine").digest()),
            read._replace(heads=()),
        )
    ):
        request = joined(tmp_path / str(number), changed.to_bytes())
        with pytest.raises(PairingStale):
            take_request(journal, practice.seat, request, now_ms=NOON)


def test_a_request_that_says_more_than_was_granted(practice: Practice, tmp_path: Path) -> None:
    journal = practice.open()
    read = read_request(joined(tmp_path / "theo", offered(journal, practice)))
    mine = journal.membership.genesis
    for changed in (
        read._replace(seat=read.seat._replace(admin=True)),
        read._replace(seat=read.seat._replace(compartments=SEALED_COMPARTMENTS)),
        read._replace(seat=read.seat._replace(not_after=None)),
        read._replace(seat=read.seat._replace(person=PersonId("11" * 16))),
        read._replace(seat=read.seat._replace(device=mine.device.id), device=mine.device),
        read._replace(seat=read.seat._replace(device=mine.device.id)),
        read._replace(practice=PracticeId("22" * 32)),
    ):
        with pytest.raises(PairingForeign):
            take_request(journal, practice.seat, changed.to_bytes(), now_ms=NOON)


def test_another_practice_in_the_place_of_ours(practice: Practice, tmp_path: Path) -> None:
    """Its code is its own: the person who types it at Garance's machine is told."""
    journal = practice.open()
    offered(journal, practice)
    other = found(tmp_path / "other", seed=70)
    theirs = other.open()
    request = joined(tmp_path / "theo", offered(theirs, other))
    with pytest.raises(PairingStale):
        take_request(journal, practice.seat, request, now_ms=NOON)
    read = read_offer(offered(journal, practice))
    mixed = read._replace(genesis=theirs.membership.genesis.raw)
    with pytest.raises(PairingUnreadable):
        joined(tmp_path / "mixed", mixed.to_bytes())
    assert not (tmp_path / "mixed").exists()


def test_three_wrong_codes_void_the_offer(practice: Practice, tmp_path: Path) -> None:
    journal = practice.open()
    request = joined(tmp_path / "theo", offered(journal, practice))
    asked = take_request(journal, practice.seat, request, now_ms=NOON)
    left = []
    for _ in range(3):
        with pytest.raises(CodesDiffer) as differ:
            admit_request(
                journal, practice.seat, practice.keyring, request, "222-222-222", now_ms=NOON, random=dice(1)
            )
        left.append(differ.value.params["left"])
    assert left == [2, 1, 0]
    with pytest.raises(PairingStale):
        admit_request(
            journal, practice.seat, practice.keyring, request, asked.code, now_ms=NOON, random=dice(1)
        )


def test_an_offer_lapses_and_a_new_one_takes_its_place(practice: Practice, tmp_path: Path) -> None:
    journal = practice.open()
    offer = offered(journal, practice)
    late = NOON + LAPSES_MS + 1
    with pytest.raises(PairingStale):
        join(tmp_path / "late", offer, label="x", passphrase=THEO, now_ms=late, random=dice(1))
    request = joined(tmp_path / "theo", offer)
    with pytest.raises(PairingStale):
        take_request(journal, practice.seat, request, now_ms=late)
    offered(journal, practice, seed=101)
    with pytest.raises(PairingStale):
        take_request(journal, practice.seat, request, now_ms=NOON)


def test_only_an_administrator_admits(practice: Practice, tmp_path: Path) -> None:
    journal = practice.open()
    theo = admit(journal, practice, seed=50)
    request = joined(tmp_path / "x", offered(journal, theo))
    asked = take_request(journal, theo.seat, request, now_ms=NOON)
    with pytest.raises(SeatMayNotWrite):
        admit_request(journal, theo.seat, theo.keyring, request, asked.code, now_ms=NOON + 1, random=dice(1))


def test_an_admission_that_was_revoked_since_opens_nothing(practice: Practice, tmp_path: Path) -> None:
    journal = practice.open()
    request = joined(tmp_path / "theo", offered(journal, practice))
    asked = take_request(journal, practice.seat, request, now_ms=NOON)
    welcomed = admit_request(
        journal, practice.seat, practice.keyring, request, asked.code, now_ms=NOON, random=dice(1)
    )
    revoke(journal, practice.keyring, welcomed.seat, reason="withdrawn", now_ms=NOON + 1, random=dice(2))
    his = Journal.open(tmp_path / "theo")
    finish(his, welcomed.admission)
    his.receive_many(raws(journal))
    with pytest.raises(AccessEnded):
        check_access(his, welcomed.seat, NOON + 2)


def test_a_weak_passphrase_leaves_nothing(practice: Practice, tmp_path: Path) -> None:
    offer = offered(practice.open(), practice)
    with pytest.raises(WeakPassphrase):
        join(tmp_path / "x", offer, label="x", passphrase="court", now_ms=NOON, random=dice(1))
    assert not (tmp_path / "x").exists()


# ------------------------------------------------------------------ hostile bytes


@pytest.mark.parametrize("seed", range(4))
def test_damaged_messages_are_refused_with_a_sentence(practice: Practice, tmp_path: Path, seed: int) -> None:
    """Any byte changed, cut or added: a refusal of ours, or (where nobody looks) another code."""
    import random

    journal = practice.open()
    jot(journal, practice, "something")
    offer = offered(journal, practice)
    request = joined(tmp_path / "theo", offer)
    asked = take_request(journal, practice.seat, request, now_ms=NOON)
    rng = random.Random(seed)
    his = Journal.open(tmp_path / "theo")

    def damaged(data: bytes) -> bytes:
        at, how = rng.randrange(len(data)), rng.randrange(3)
        if how == 0:
            return data[:at]
        if how == 1:
            return data + bytes([rng.randrange(256)])
        return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]

    for number in range(40):
        with pytest.raises(JournalError):
            take_request(journal, practice.seat, damaged(request), now_ms=NOON)
        with pytest.raises(JournalError):
            finish(his, damaged(asked.reveal))
        root = tmp_path / f"damaged-{number}"
        try:
            stray = joined(root, damaged(offer))
        except JournalError:
            pass
        else:
            with pytest.raises(JournalError):
                take_request(journal, practice.seat, stray, now_ms=NOON)
        shutil.rmtree(root, ignore_errors=True)
    assert journal.count(Stream.MEMBERS) == 0


def test_the_code_is_frozen() -> None:
    """The same on every device and in every version (docs/format/exchange.md)."""
    assert len(set(SIGNS)) == 32
    assert not set(SIGNS) & set("0O1I")
    code = short_code(PracticeId("01" * 32), b"\x02" * 32, b"\x03" * 32, b"\x04" * 32)
    assert code == "EPH-Y3E-4ZW"
    assert typed_code(f" {code.lower().replace('-', ' ')} ") == code
