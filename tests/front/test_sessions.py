"""A browser has one seat, a seat may have several browsers, and all of them end together."""

from __future__ import annotations

from lanterne.front.sessions import FormTokens, Sessions


def test_a_token_is_32_random_bytes_and_never_given_twice() -> None:
    sessions = Sessions()
    tokens = {sessions.open("garance").token for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {43}


def test_the_worker_never_learns_the_token() -> None:
    session = Sessions().open("garance")
    assert session.word != session.token


def test_two_persons_are_two_sessions() -> None:
    sessions = Sessions()
    garance, ines = sessions.open("garance"), sessions.open("ines")
    assert sessions.find(garance.token) == garance
    assert sessions.end_seat("garance", "locked") == 1
    assert sessions.find(garance.token) is None
    assert sessions.find(ines.token) == ines


def test_an_ended_browser_is_told_why_and_a_stranger_nothing() -> None:
    sessions = Sessions()
    session = sessions.open("garance")
    sessions.end_seat("garance", "idle")
    assert sessions.why_ended(session.token) == "idle"
    assert sessions.why_ended("never given") is None
    assert sessions.why_ended(None) is None


def test_ending_one_of_two_browsers_leaves_the_seat_open() -> None:
    sessions = Sessions()
    first, second = sessions.open("garance"), sessions.open("garance")
    assert sessions.end(first.token, "locked") is False
    assert sessions.end(second.token, "locked") is True
    assert sessions.end(second.token, "locked") is False, "already ended"


def test_what_is_remembered_is_bounded() -> None:
    """A browser that unlocks and locks all day must not fill the memory."""
    sessions = Sessions()
    first = sessions.open("garance").token
    sessions.end_seat("garance", "locked")
    for _ in range(300):
        sessions.open("garance")
        sessions.end_seat("garance", "locked")
    assert sessions.why_ended(first) is None


class TestFormTokens:
    def test_cookie_and_field_must_be_one_and_ours(self) -> None:
        tokens = FormTokens()
        token = tokens.give(None)
        assert tokens.agrees(token, token.encode())
        assert not tokens.agrees(token, b"")
        assert not tokens.agrees(None, token.encode())

    def test_a_pair_planted_by_another_program_is_refused(self) -> None:
        """Double submit alone believes any pair that agrees; cookies know no ports, so a pair can be
        planted.
        """
        planted = "p" * 43
        assert not FormTokens().agrees(planted, planted.encode())

    def test_two_tabs_share_one(self) -> None:
        tokens = FormTokens()
        token = tokens.give(None)
        assert tokens.give(token) == token
        assert tokens.give("planted") != "planted"
