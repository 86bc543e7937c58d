"""What every test shares: Hypothesis without a clock, the browser to drive, where torture writes figures."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tools import setup_browser

# No deadline: a timed assertion fails on a busy machine and teaches nothing. In CI the examples are always
# the same.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's program. Its absence is a failure, not a skip: screens nobody looked at are not done."""
    found = setup_browser.find()
    assert found is not None, setup_browser.ADVICE
    return found


@pytest.fixture(scope="session")
def evidence() -> Callable[..., None]:
    """`evidence("kills", seed=7, kills=1000, lost=0)`: one line of figures for docs/evidence/kills.md.

    Kept only when `make torture` says where (LANTERNE_EVIDENCE); otherwise the figures are only asserted.
    """

    def record(subject: str, **figures: int | float | str) -> None:
        place = os.environ.get("LANTERNE_EVIDENCE")
        if place:
            line = json.dumps({"subject": subject, "figures": figures}, ensure_ascii=False) + "\n"
            with Path(place).open("a", encoding="utf-8") as stream:
                stream.write(line)

    return record
