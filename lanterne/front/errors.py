"""What the front refuses, and why.

The French sentences are made once, in pages.py, from `code` and `params`.
"""

from __future__ import annotations

from lanterne.wire.errors import LanterneError


class FrontError(LanterneError):
    """The front could not do what was asked."""


class HeadRefused(FrontError):
    """A request that breaks a rule (H1 … in heads.py, G1 … in gate.py).

    `status` is the HTTP status to answer with.
    """

    def __init__(self, status: int, rule: str, why: str) -> None:
        super().__init__("front.refused", f"{rule}: {why}", rule=rule)
        self.status = status
        self.rule = rule


class WorkerSilent(FrontError):
    """The worker of a session did not answer, or not in HTTP. `status` is 502 or 504."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__("front.worker_silent", why)
        self.status = status


class UnlockRefused(FrontError):
    """A seat was not unlocked. `code` is a word such as `wrong_passphrase` or `not_started`."""

    def __init__(self, code: str) -> None:
        super().__init__(code, f"the seat was not unlocked: {code}")
