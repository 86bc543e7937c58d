"""The INS: its key, its statuses, what it must agree with, and when it may leave."""

from __future__ import annotations

from itertools import product

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanterne.practice.patients import ins
from lanterne.practice.patients.facts import Ins, PatientIdentified

# The test patient of the public examples.
PUBLIC = "279035121518989"

bodies = st.from_regex(r"[1-478]\d{2}(0[1-9]|1[0-2])(\d{2}|2[AB])\d{6}", fullmatch=True).filter(str.isascii)

MARIE_LOUISE = PatientIdentified(
    birth_name="PAT-TROIS", first_given="DOMINIQUE", given_names=["DOMINIQUE", "MARIE-LOUISE"], sex="female",
    birth_date="1979-03-01", birth_place_code="51215", ins=Ins(matricule=PUBLIC, oid=ins.OID_TEST), status="qualified",
)  # fmt: skip


def test_the_public_example() -> None:
    assert ins.key_agrees(PUBLIC)
    assert ins.disagreements(MARIE_LOUISE) == ()


@pytest.mark.parametrize(
    ("body", "key"), [("1850120A00412", None), ("185012A004123", "88"), ("185012B004123", "18")]
)
def test_corsica(body: str, key: str | None) -> None:
    """2A counts as 19, 2B as 18 (computed by hand from 1 85 01 19 004 123 and 1 85 01 18 004 123)."""
    if key is None:
        assert not ins.has_shape(body + "00")
    else:
        assert 97 - int(body.replace("2A", "19").replace("2B", "18")) % 97 == int(ins.key_of(body))


@given(bodies)
def test_its_own_key_agrees_and_no_other(body: str) -> None:
    key = ins.key_of(body)
    assert 1 <= int(key) <= 97
    assert ins.key_agrees(body + key)
    assert not any(ins.key_agrees(f"{body}{other:02}") for other in range(100) if other != int(key))


@given(bodies, st.integers(0, 12), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_seen(body: str, place: int, digit: str) -> None:
    """97 is prime and greater than 10, so a single wrong digit always changes the key."""
    wrong = body[:place] + digit + body[place + 1 :]
    if wrong != body and body[place].isdigit() and ins.has_shape(wrong + "00"):
        corsica_changed = "2A" in (body + wrong)[5:7] or "2B" in (body + wrong)[5:7] or place in (5, 6)
        if not corsica_changed:
            assert not ins.key_agrees(wrong + ins.key_of(body))


@pytest.mark.parametrize(
    "matricule",
    ["", "27903512151898", "2790351215189890", "579035121518989", "27903512151898A", "279035121518９89"],
)
def test_shapes_refused(matricule: str) -> None:
    assert not ins.has_shape(matricule)
    assert not ins.key_agrees(matricule)


def test_printed_forms_are_one() -> None:
    assert ins.compact("2 79 03 51 215 189 89") == ins.compact("279.03.51-215-189 89") == PUBLIC
    assert ins.compact("1 85 01 2a 004 123 88") == "185012A00412388"


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"sex": "male"}, ("ins_sex",)),
        ({"sex": "unknown"}, ()),
        ({"birth_date": "1978-03-01"}, ("ins_birth_date",)),
        ({"birth_date": "1979-04-01"}, ("ins_birth_date",)),
        ({"birth_date": "1979"}, ()),
        ({"birth_date": ""}, ()),
        ({"sex": "male", "birth_date": "1980-03-01"}, ("ins_sex", "ins_birth_date")),
    ],
)
def test_disagreements_are_said(changes: dict[str, str], found: tuple[str, ...]) -> None:
    assert ins.disagreements(msgspec.structs.replace(MARIE_LOUISE, **changes)) == found


def test_an_unknown_month_in_the_matricule_says_nothing() -> None:
    body = "2792051215189"
    unknown = Ins(matricule=body + ins.key_of(body))
    assert ins.disagreements(msgspec.structs.replace(MARIE_LOUISE, ins=unknown)) == ()


def test_it_leaves_the_practice_only_when_qualified() -> None:
    assert ins.outgoing(MARIE_LOUISE) == MARIE_LOUISE.ins
    for status in ("provisional", "retrieved", "validated"):
        assert ins.outgoing(msgspec.structs.replace(MARIE_LOUISE, status=status)) is None
    wrong = Ins(matricule=PUBLIC[:-1] + "8", oid=ins.OID_TEST)
    assert ins.outgoing(msgspec.structs.replace(MARIE_LOUISE, ins=wrong)) is None


def test_statuses_gain_or_lose_trust_never_trade_it() -> None:
    statuses = ("provisional", "retrieved", "validated", "qualified")
    refused = {(a, b) for a, b in product(statuses, repeat=2) if not ins.may_follow(a, b)}
    assert refused == {("retrieved", "validated"), ("validated", "retrieved")}


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({}, ()),
        ({"given_names": []}, ("given_names",)),
        ({"birth_date": "1979-03"}, ("birth_date",)),
        ({"sex": "unknown", "birth_place_code": ""}, ("sex", "birth_place_code")),
    ],
)
def test_traits_a_qualified_identity_needs(changes: dict[str, object], lacking: tuple[str, ...]) -> None:
    assert ins.missing_traits(msgspec.structs.replace(MARIE_LOUISE, **changes)) == lacking


@pytest.mark.parametrize(
    ("code", "good"), [("51215", True), ("2A004", True), ("99350", True), ("2C004", False), ("5121", False)]
)
def test_place_codes(code: str, good: bool) -> None:
    assert ins.is_place_code(code) is good
