"""What one practice may use of a relay, and what the relay holds in memory at once.

Law: every queue, cache and count that somebody outside can make grow has its bound here.
"""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Quota:
    """For each practice. Sizes in bytes.

    A practice of 1,500 patients writes some 300,000 entries of about 1 KiB in its first years.
    """

    entries: int = 4_000_000
    entry_bytes: int = 4096 * MIB
    apart_entries: int = 5_000
    """Forks, and what revoked, expired or fallen seats wrote."""
    apart_bytes: int = 64 * MIB
    members_entries: int = 20_000
    """Computing a membership of as many anew takes some four seconds, one more of them one second, when administrators
    hear of each other; each entry that stands on a past nobody stood on costs as much as that. What is apart takes at
    most half of these, so that a revoked administrator cannot keep out those who revoked it."""
    sheet_entries: int = 64
    """Beyond them, for what the recovery sheet signs."""
    members_bytes: int = 64 * MIB
    waiting_entries: int = 2_000
    waiting_bytes: int = 32 * MIB
    tips: int = 4_096
    """Chains, branches of forks counted; `heads` lists no more."""
    number_bytes: int = 8 * MIB
    """At one number of one chain: all of them go into one answer."""
    blob_bytes: int = 32_768 * MIB
    blob_size: int = 1024 * MIB
    devices: int = 200
    """Of which statements are kept."""
    statement_bytes: int = 16 * MIB
    boxes: int = 4
    """Devices being added at once."""
    box_bytes: int = 8 * MIB
    """Of an offer, and of an answer."""
    contradictions: int = 4
    """Statements of one device kept beside its newest."""


@dataclass(frozen=True, slots=True)
class Load:
    """For the whole relay."""

    threads: int = 8
    memberships: int = 30_000
    """Members entries whose reading is remembered, a practice counting one more."""
    body_bytes: int = 256 * MIB
    """Of requests being received, together."""
    body_bytes_each: int = 32 * MIB
    writes: int = 256
    """Practices written for at once; one at a time for each."""
    reads: int = 32
    reads_each: int = 4
    waiting: int = 1_024
    waiting_each: int = 16
    polls: int = 20_000
    polls_each: int = 64
    poll_s: float = 55.0
    answer_bytes: int = 1024 * MIB
    """Of answers being taken, together: each is in memory until whoever asked took it."""
    answer_bytes_each: int = 64 * MIB
    """Of one practice, and of the strangers at its boxes."""
    answer_silence_s: float = 60.0
    """An answer of which nothing more is taken for so long is broken off."""
    body_silence_s: float = 60.0
    """A request of which nothing more comes for so long is dropped."""
    devices: int = 100_000
    """Of which nonces are remembered in memory."""
    nonces_each: int = 50_000
    retry_s: int = 2
