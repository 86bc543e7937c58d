"""One tree of errors.

Law: an error is raised where it is known, carries a code word and parameters, and reaches a person.
`str(error)` is an English sentence for logs and holds neither a secret nor anything about a patient; the
French sentence is made once, at the boundary, from `code` and `params`.
"""


class LanterneError(Exception):
    """Something Lanterne can explain. `code` is a stable word, `params` what the sentence needs."""

    def __init__(self, code: str, sentence: str = "", /, **params: object) -> None:
        if not sentence:
            law = (type(self).__doc__ or code).partition("\n")[0]
            sentence = f"{code}: {law}"
        super().__init__(sentence)
        self.code = code
        self.params: dict[str, object] = params


class PackingError(LanterneError):
    """Bytes that are not the one MessagePack form we write and read (docs/format/entry.md, Packing)."""


class CheckFailed(LanterneError):
    """A numbered check of docs/format failed; `check` is its number, such as "E8" or "M2"."""

    word = "check.failed"

    def __init__(self, check: str, why: str, /, **params: object) -> None:
        super().__init__(self.word, f"{check}: {why}", check=check, **params)
        self.check = check
        self.why = why


class EntryRefused(CheckFailed):
    """An entry, or one of its parts, failed a check E1–E20; nothing after that check was looked at."""

    word = "entry.refused"


class WrittenByNewer(EntryRefused):
    """Written by a newer Lanterne: kept by whoever holds it, and refused aloud."""

    word = "entry.newer"


class UnknownSuite(WrittenByNewer):
    """E2: the suite of cryptography is not one we know."""


class UnknownLayout(WrittenByNewer):
    """E3: the layout of the entry is not one we know."""
