"""What goes wrong with secrets. No message holds one."""

from lanterne.wire.errors import LanterneError


class SealError(LanterneError):
    """Something sealed could not be opened or made."""


class DoesNotOpen(SealError):
    """The bytes do not open under this key and place: damaged, moved, or meant for somebody else."""

    def __init__(self, what: str) -> None:
        super().__init__("seal.does_not_open", f"{what} does not open", what=what)


class FileDamaged(SealError):
    """A seat file, device file or key file is not whole; its second copy may be."""

    def __init__(self, what: str) -> None:
        super().__init__("seal.file_damaged", f"the {what} is damaged", what=what)


class FileNewer(SealError):
    """A file was written by a newer Lanterne."""

    def __init__(self, what: str) -> None:
        super().__init__("seal.file_newer", f"the {what} was written by a newer Lanterne", what=what)


class WrongPassphrase(SealError):
    """The passphrase does not open this seat on this device."""

    def __init__(self) -> None:
        super().__init__("seal.wrong_passphrase", "the passphrase does not open this seat on this device")


class WeakPassphrase(SealError):
    """The passphrase is too short or too simple to protect a record; `why` says which."""

    def __init__(self, why: str) -> None:
        super().__init__("seal.weak_passphrase", f"the passphrase is too weak: {why}", why=why)


class NotEntitled(SealError):
    """This seat does not hold the key of this compartment, or not of this epoch."""

    def __init__(self, compartment: str) -> None:
        super().__init__("seal.not_entitled", f"no key to read {compartment} here", compartment=compartment)


class SheetMisread(SealError):
    """The letters of a recovery sheet are wrong; `lines` says which lines (from 1), empty when the number
    is.
    """

    def __init__(self, lines: tuple[int, ...], why: str) -> None:
        super().__init__("seal.sheet_misread", f"recovery sheet: {why}", lines=lines, why=why)
        self.lines = lines
