"""An error carries a word, parameters, and a sentence."""

from lanterne.wire.errors import EntryRefused, LanterneError, UnknownSuite


class Told(LanterneError):
    """Somebody should hear of this.

    More words.
    """


def test_a_sentence_is_given_or_taken_from_the_law() -> None:
    assert str(LanterneError("a.word", "A sentence.", seat="1")) == "A sentence."
    error = Told("a.word", seat="1")
    assert str(error) == "a.word: Somebody should hear of this."
    assert (error.code, error.params) == ("a.word", {"seat": "1"})


def test_a_check_is_named() -> None:
    error = EntryRefused("E8", "why", seat="1")
    assert (error.check, error.code, str(error)) == ("E8", "entry.refused", "E8: why")
    assert error.params == {"check": "E8", "seat": "1"}
    assert UnknownSuite("E2", "newer").code == "entry.newer"
    assert isinstance(UnknownSuite("E2", "newer"), LanterneError)
