"""Medicines: what may be prescribed, what it contains, what it must not be given with.

Law: one question, one `Base`, whichever edition answers. The public base once loaded (`lanterne reference
load`), each edition dated and kept; until then the starter list, marked as such. Nothing here opens a
network but `download.py`, and nothing here is about a patient.
"""

from __future__ import annotations

from lanterne.reference.medicines.opening import edition, opened

__all__ = ["edition", "opened"]
