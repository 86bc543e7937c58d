"""The name of a box in which the messages of a pairing wait, and what may be asked of one.

Law: who knows the name may read the offer and lay one request; nobody needs to be believed for it. Source:
docs/format/exchange.md, "Boxes".
"""

from __future__ import annotations

import re
from typing import NewType

BoxName = NewType("BoxName", str)
"""Twelve signs of the short code's: 60 bits."""
BOX_SIGNS = 12
BOX = re.compile(r"[2-9A-HJ-NP-Z]{12}")
PATH = re.compile(r"/1/pairing/([2-9A-HJ-NP-Z]{12})/(offer|request|answer)")
"""Over HTTP, below the holder's own address."""

MAX_REQUEST = 64 * 1024
LAPSES_MS = 72 * 60 * 60 * 1000
"""Milliseconds a box stands at most."""
EMPTY = "empty"
"""The complaint of a box in which this does not lie yet; any other says that there is no such box."""


def box_path(box: BoxName, what: str) -> str:
    """The path of `what` ("offer", "request", "answer") of a box."""
    return f"/1/pairing/{box}/{what}"
