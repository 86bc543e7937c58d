"""French of the printed papers: msgids are French already; a catalogue may correct them."""

from __future__ import annotations

import gettext
from pathlib import Path

import lanterne

_ = gettext.translation("django", Path(lanterne.__file__).parent / "locale", ["fr"], fallback=True).gettext
