"""The passphrase typed again before what cannot be undone: whoever finds a screen unlocked does not change the team.

Law: an attempt counts as at the unlock page, on disk, before it is made.
"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from lanterne.desk.sentences import sentence
from lanterne.journal import founding
from lanterne.journal.unlock_limit import UnlockLimit
from lanterne.practice.record import Record
from lanterne.wire.errors import LanterneError


class ReenterForm(forms.Form):
    """One's own passphrase, once more."""

    error_css_class = "wrong"

    passphrase = forms.CharField(
        label=_("Votre phrase de passe"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": "autofocus"}),
        strip=False,
    )

    def opens(self, record: Record) -> bool:
        """Whether it is the passphrase of the seat in use; if not, the form says why."""
        if not self.is_valid():
            return False
        try:
            _check(record, self.cleaned_data["passphrase"])
        except LanterneError as error:
            self.add_error("passphrase", sentence(error))
            return False
        return True


def _check(record: Record, passphrase: str) -> None:
    limit = UnlockLimit(record.journal.layout.unlock, record.journal.files)
    limit.attempt(record.seat.id, record.clock_ms())
    founding.open_seat(record.journal, record.seat.id, passphrase)
    limit.succeeded(record.seat.id)
