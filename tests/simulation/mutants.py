"""Faults put into the code on purpose, one at a time, to see whether the simulation would notice them.

Law: a mutant is a small change somebody could make by mistake: a check left out, an fsync skipped, an order taken for
another. Each `old` stands exactly once in its file (a test holds that), so that a mutant never quietly stops being
one.
"""

from __future__ import annotations

from typing import NamedTuple


class Mutant(NamedTuple):
    """`file` under the root of the tree; `breaks`: what a person would lose. `unit`: tests that must see what no
    simulation can (a mutant seen there alone does not count as seen by the simulation).
    """

    id: str
    file: str
    old: str
    new: str
    breaks: str
    unit: str = ""


JOURNAL: tuple[Mutant, ...] = (
    Mutant(
        "no-fsync",
        "lanterne/journal/files.py",
        "        write_all(files, handle, data)\n        files.fsync(handle)\n    finally:\n        files.close(handle)\n    if new:",
        "        write_all(files, handle, data)\n    finally:\n        files.close(handle)\n    if new:",
        "an entry said to be recorded is not on the disk",
    ),
    Mutant(
        "no-directory-fsync",
        "lanterne/journal/files.py",
        "    if new:\n        files.fsync_directory(path.parent)",
        "    if new:\n        pass",
        "a new segment, and all in it, has no name after a power cut",
    ),
    Mutant(
        "small-files-not-durable",
        "lanterne/journal/files.py",
        "        files.rename(beside, path)\n        files.fsync_directory(path.parent)",
        "        files.rename(beside, path)",
        "what was known of others is forgotten after a power cut",
    ),
    Mutant(
        "acknowledge-anyway",
        "lanterne/journal/writing.py",
        '                error.params["written"] = before\n            raise',
        '                error.params["written"] = before',
        "a write that failed is acknowledged",
    ),
    Mutant(
        "failed-write-counts",
        "lanterne/journal/store.py",
        "                self._closed, self._refused = True, (number, offset)",
        "                pass",
        "what failed is followed in the same place",
    ),
    Mutant(
        "nothing-settled",
        "lanterne/journal/holdings.py",
        "            if self.stores[stream].beyond():\n                self._settle(stream)",
        "            pass",
        "entries on the disk that no index lists yet are lost after a power cut",
    ),
    Mutant(
        "truncate-at-bad-frame",
        "lanterne/journal/segment.py",
        "            after, found = _next_header(data, offset + 1), True",
        "            after, found = size, True",
        "everything after one bad frame is given up",
    ),
    Mutant(
        "fork-dropped",
        "lanterne/journal/receiving.py",
        "        self.accepted.append(Sorted(entry, outcome))",
        "        if not fork:\n            self.accepted.append(Sorted(entry, outcome))",
        "one side of a fork is thrown away",
    ),
    Mutant(
        "gaps",
        "lanterne/journal/receiving.py",
        "            if before is None:\n                return Outcome.WAITS\n            if head.time <= before:",
        "            if before is None:\n                before = 0\n            if head.time <= before:",
        "an entry is taken without the one before it",
    ),
    Mutant(
        "clock-spreads",
        "lanterne/journal/clock.py",
        "(time for time in heads if time <= believed)",
        "iter(heads)",
        "one clock far ahead dates everybody's entries",
    ),
    Mutant(
        "clock-goes-back",
        "lanterne/journal/clock.py",
        "return max(now, known + 1, last + 1)",
        "return max(now, known + 1)",
        "what is written under a clock set back is refused by all others",
    ),
    Mutant(
        "others-unseen",
        "lanterne/journal/journal.py",
        "        with self._mutex:\n            self._holdings.refresh()",
        "        with self._mutex:\n            pass",
        "a process never sees what another one of the device wrote",
    ),
)

PROOF: tuple[Mutant, ...] = (
    Mutant(
        "no-entry-signature",
        "lanterne/proof/signature.py",
        "    if key is None or not verifies(key, ENTRY_CONTEXT, signed, signature):",
        "    if key is None:",
        "anybody writes in anybody's name",
    ),
    Mutant(
        "no-answer-signature",
        "lanterne/proof/exchange.py",
        "    if answer.holder != holder or not verifies(key, ANSWER_CONTEXT, signed, answer.signature):",
        "    if answer.holder != holder or not signed:",
        "an answer altered on its way is taken for the relay's word",
    ),
    Mutant(
        "beyond-the-cut",
        "lanterne/proof/membership.py",
        "            if known is None or head.seq > known.seq:\n                return Standing.BEYOND_CUT",
        "            if known is None:\n                continue",
        "what a withdrawn seat wrote afterwards counts",
    ),
    Mutant(
        "revoked-still-active",
        "lanterne/proof/membership.py",
        "        if record is None or seat in self._world.state.revoked:\n            return False",
        "        if record is None:\n            return False",
        "a withdrawn seat goes on reading and writing",
    ),
    Mutant(
        "no-part-digest",
        "lanterne/wire/entry.py",
        "        if sha256(body).digest() != part.digest:",
        "        if sha256 is None:",
        "a part put in another's place is kept",
    ),
    Mutant(
        "any-practice",
        "lanterne/wire/entry.py",
        "    elif place.hex() != practice:",
        "    elif not practice:",
        "entries of another practice are not told apart",
    ),
)

SYNC: tuple[Mutant, ...] = (
    Mutant(
        "no-fork-alarm",
        "lanterne/sync/watch.py",
        "            if len(evidence) > 1:",
        "            if len(evidence) > 2:",
        "two histories of one seat, and nobody hears of it",
    ),
    Mutant(
        "no-alarm-on-forgery",
        "lanterne/sync/watch.py",
        "            if item.fate is Fate.REFUSED and item.check not in NO_LIE:",
        "            if False:",
        "a relay that forges is not called a liar",
    ),
    Mutant(
        "no-audit",
        "lanterne/sync/watch.py",
        "        elif found is None or found.head.hash != promised.hash:",
        "        elif found is None:",
        "a receipt is believed whatever stands in its place",
    ),
    Mutant(
        "verified-once-for-all",
        "lanterne/sync/watch.py",
        "or memory.was_audited(receipt.entries[-1]):",
        "or memory.audited:",
        "one receipt verified vouches for all others",
    ),
    Mutant(
        "accept-shrinking-heads",
        "lanterne/sync/relay_memory.py",
        "    return [head for head in before if reached.get(head.chain, 0) < head.seq]",
        "    return [head for head in before[:0] if reached]",
        "the relay may forget",
    ),
    Mutant(
        "no-old-image-alarm",
        "lanterne/sync/known.py",
        "            elif found is Comparison.NEWER and come.value.device == own:",
        "            elif False:",
        "a device set back does not know it",
    ),
    Mutant(
        "no-statement-alarm",
        "lanterne/wire/statements.py",
        "        return self in (Comparison.TWICE, Comparison.SHRANK)",
        "        return self is Comparison.TWICE",
        "statements that shrink are taken",
    ),
    Mutant(
        "older-statement-wins",
        "lanterne/sync/known.py",
        "            if come.value.number > held.value.number:\n                self._keep_statement(come)",
        "            self._keep_statement(come)",
        "what is known of others shrinks",
    ),
    Mutant(
        "pairs-not-compared",
        "lanterne/sync/driver.py",
        "        self.known.compare_statements(came.answer.statements, self._now_ms())\n",
        "",
        "a newer statement hides that two older ones contradict",
    ),
    Mutant(
        "fork-side-not-given",
        "lanterne/sync/session.py",
        "            if fork is not None:\n                after = min(after, fork - 1)\n",
        "",
        "one side of a fork stays where it is",
    ),
    Mutant(
        "nothing-given",
        "lanterne/sync/session.py",
        "        return self._give(tuple(ordered))",
        "        return self._give(())",
        "what is written here never leaves",
    ),
    Mutant(
        "half-of-a-number",
        "lanterne/sync/holding.py",
        "                together.append(entry.raw)",
        "                together = [entry.raw]",
        "of two entries under one number only one is handed out",
    ),
    Mutant(
        "clock-keeps-out",
        "lanterne/sync/server.py",
        "            if abs(header.time - max(now_ms, newest)) > WINDOW_MS:",
        "            if abs(header.time - now_ms) > WINDOW_MS:",
        "a holder whose clock was set back answers nobody",
    ),
    Mutant(
        "statement-number-reused",
        "lanterne/sync/known.py",
        "            number = 1 if held is None else held.value.number + 1",
        "            number = 1 if held is None else held.value.number",
        "two statements under one number: an honest device accused",
    ),
    Mutant(
        "statement-not-kept",
        "lanterne/sync/known.py",
        "            signed = sign_statement(statement, device)\n            self._keep_statement(signed)\n",
        "            signed = sign_statement(statement, device)\n",
        "a device does not remember what it said",
    ),
)

RELAY: tuple[Mutant, ...] = (
    Mutant(
        "answer-before-disk",
        "lanterne/relay/answering.py",
        "        await house.durable(house.store.append(batch))",
        "        house.store.append(batch)",
        "the relay gives a receipt for what a power cut takes away",
    ),
    Mutant(
        "relay-drops-fork",
        "lanterne/relay/accepting.py",
        "        apart = forked or self._is_apart(head)\n",
        "        apart = forked or self._is_apart(head)\n        if forked:\n            return Verdict.HELD\n",
        "the relay throws away one side of a fork",
    ),
    Mutant(
        "relay-serves-revoked",
        "lanterne/proof/exchange.py",
        "    return record.transport if active else None",
        "    return record.transport if active or record else None",
        "a withdrawn device still reads at the relay",
    ),
    Mutant(
        "no-quota",
        "lanterne/relay/accepting.py",
        "        if full:\n            raise _NoRoom",
        "        if full is None:\n            raise _NoRoom",
        "a practice fills the relay's disk",
        unit="tests/relay/test_giving.py",
    ),
)

FOLDING: tuple[Mutant, ...] = (
    Mutant(
        "fold-what-does-not-count",
        "lanterne/practice/folding.py",
        "        if arrived.standing is not Standing.COUNTS:\n",
        "        if arrived.standing is None:\n",
        "what a seat wrote beyond its membership stands in the chart",
    ),
    Mutant(
        "order-by-arrival",
        "lanterne/practice/settling.py",
        'ORDER = "e.rank, e.seat, e.incarnation, e.seq, e.hash"',
        'ORDER = "e.no"',
        "two devices show two records",
    ),
    Mutant(
        "ranks-not-followed",
        "lanterne/practice/folding.py",
        "        if self._reranks == reranks:\n            return",
        "        return",
        "an entry that came late stands in the wrong place",
    ),
    Mutant(
        "another-journal-unseen",
        "lanterne/practice/cursors.py",
        "        if row is None or row[0] != last:\n            return True\n    return False",
        "    return False",
        "after an old image the tables tell what the journal does not hold",
    ),
    Mutant(
        "members-not-followed",
        "lanterne/practice/folding.py",
        "        if counting.unchanged(connection, members):\n            return 0",
        "        return 0",
        "a seat withdrawn later leaves its facts in the chart",
    ),
    Mutant(
        "tables-ahead",
        "lanterne/practice/folding.py",
        "                move_cursor(connection, stream, cursor)\n",
        "                move_cursor(connection, stream, cursor + 4096)\n",
        "entries are skipped and never shown",
    ),
)

MUTANTS = (*JOURNAL, *PROOF, *SYNC, *RELAY, *FOLDING)
