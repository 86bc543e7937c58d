"""The keyring: what one seat (or the sheet) can open and seal, given the membership.

Law: a keyring holds the keys wrapped to its owner and those they lead to, no others; a wrap that does not
open, or whose secret is not the epoch's, is reported and passed over. Checks E16–E20 of docs/format/entry.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from lanterne.proof.membership import Membership
from lanterne.seal.epoch import EpochKeys, wrap_info
from lanterne.seal.errors import DoesNotOpen, NotEntitled
from lanterne.seal.seat import Signer
from lanterne.seal.secrets import AEAD_OVERHEAD, HPKE_OVERHEAD, Hidden, Random, open_sealed, seal, seal_to
from lanterne.wire.entry import EntryHead, PartPlan, associated_data
from lanterne.wire.errors import EntryRefused
from lanterne.wire.names import NO_KEY, SEALED_COMPARTMENTS, Compartment, KeyId, PartMode
from lanterne.wire.part import Part, decode_part, unpack_part


class Keyring(Hidden):
    """The open epochs of one owner. Immutable; `with_membership` follows a rotation."""

    __slots__ = ("_epochs", "_kinds", "keys", "membership", "unopened")

    def __init__(
        self,
        keys: Signer,
        membership: Membership,
        *,
        kinds: Mapping[str, Compartment] | None = None,
        known: Mapping[KeyId, EpochKeys] | None = None,
    ) -> None:
        """`kinds` says to which compartment each known kind of fact belongs (E20); `known` saves opening
        twice.
        """
        self.keys = keys
        self.membership = membership
        self._kinds = kinds or {}
        self._epochs: dict[KeyId, EpochKeys] = dict(known or {})
        unopened: list[KeyId] = []
        for wrap in membership.wraps_to(keys.id):
            if wrap.key_id not in self._epochs:
                self._unwrap(wrap.key_id, wrap.sealed, wrap.scope, unopened)
        # Newest first: each epoch's `previous` leads to those before it.
        for place in SEALED_COMPARTMENTS:
            for epoch in reversed(membership.all_epochs(place)):
                if epoch.key_id in self._epochs:
                    self._walk(epoch.key_id, unopened)
        self.unopened: tuple[KeyId, ...] = tuple(dict.fromkeys(unopened))
        """Epochs whose wrap or `previous` did not open, though they were meant to. For a person to hear
        of.
        """

    def _unwrap(self, key_id: KeyId, sealed: bytes, scope: bytes, unopened: list[KeyId]) -> None:
        epoch = self.membership.epoch(key_id)
        if epoch is None:
            return
        try:
            secret = self.keys.open_sealed(sealed, wrap_info(scope, key_id, self.keys.id))
            opened = EpochKeys(epoch.compartment, secret)
        except DoesNotOpen:
            unopened.append(key_id)
            return
        if opened.key_id == key_id:
            self._epochs[key_id] = opened
        else:
            unopened.append(key_id)

    def _walk(self, key_id: KeyId, unopened: list[KeyId]) -> None:
        epoch = self.membership.epoch(key_id)
        if epoch is None or epoch.previous is None:
            return
        older = self.membership.all_epochs(epoch.compartment)
        if all(one.key_id in self._epochs for one in older):
            return
        try:
            found = self._epochs[key_id].open_previous(epoch, self.membership.practice)
        except DoesNotOpen:
            unopened.append(key_id)
            return
        for keys in found:
            if self.membership.epoch(keys.key_id) is not None:
                self._epochs.setdefault(keys.key_id, keys)

    def with_membership(self, membership: Membership) -> Keyring:
        """The same owner's keyring under a later membership."""
        return Keyring(self.keys, membership, kinds=self._kinds, known=self._epochs)

    def epoch_keys(self, key_id: KeyId) -> EpochKeys | None:
        """The keys of an epoch, None when they are not on this ring."""
        return self._epochs.get(key_id)

    def can_read(self, compartment: Compartment) -> bool:
        """Whether any epoch of `compartment` opens here."""
        if compartment == Compartment.CLEAR:
            return True
        return any(keys.compartment == compartment for keys in self._epochs.values())

    def newest(self, compartment: Compartment) -> EpochKeys | None:
        """The keys of the epoch to write under, None when this seat may only deposit."""
        return self._epochs.get(self.membership.newest_epoch(compartment).key_id)

    # ------------------------------------------------------------------ reading

    def open_part(self, head: EntryHead, index: int, body: bytes) -> Part:
        """E16–E20 on one part of an entry that passed E1–E15.

        Raises:
            NotEntitled: the epoch's key is not on this ring.
            EntryRefused: with the number of the check.
        """
        part = head.parts[index]
        if part.compartment == Compartment.CLEAR:
            return self._check_kinds(unpack_part(body), part.compartment)
        epoch = self.membership.epoch(part.key_id)
        if epoch is None or epoch.compartment != part.compartment:
            raise EntryRefused("E16", "the key id names no epoch of its compartment")
        keys = self._epochs.get(part.key_id)
        if keys is None:
            raise NotEntitled(part.compartment.name.lower())
        bound = associated_data(head.signed, len(head.parts), index)
        try:
            if part.mode == PartMode.EPOCH:
                plaintext = open_sealed(keys.part_key, body, bound, "a part")
            else:
                plaintext = keys.open_deposit(body, bound)
        except DoesNotOpen as error:
            raise EntryRefused("E17", "the part does not open under its key and place") from error
        return self._check_kinds(decode_part(plaintext), part.compartment)

    def _check_kinds(self, part: Part, compartment: Compartment) -> Part:
        kinds = self._kinds
        for fact in part.facts:
            if kinds.get(fact.kind, compartment) != compartment:
                raise EntryRefused("E20", f"{fact.kind} was sealed in another compartment than its own")
        return part

    # ------------------------------------------------------------------ writing

    def plan_part(self, compartment: Compartment, size: int) -> PartPlan:
        """How a plaintext of `size` bytes will be sealed: under the epoch when its key is here, else
        deposited.
        """
        if compartment == Compartment.CLEAR:
            return PartPlan(compartment, PartMode.CLEAR, NO_KEY, size)
        newest = self.membership.newest_epoch(compartment)
        if newest.key_id in self._epochs:
            return PartPlan(compartment, PartMode.EPOCH, newest.key_id, size + AEAD_OVERHEAD)
        return PartPlan(compartment, PartMode.DEPOSIT, newest.key_id, size + HPKE_OVERHEAD)

    def seal_part(
        self, compartment: Compartment, bound: bytes, plaintext: bytes, random: Random
    ) -> tuple[PartMode, KeyId, bytes]:
        """Seal `plaintext` with associated data `bound`, as `plan_part` said."""
        if compartment == Compartment.CLEAR:
            return PartMode.CLEAR, NO_KEY, plaintext
        newest = self.membership.newest_epoch(compartment)
        keys = self._epochs.get(newest.key_id)
        if keys is not None:
            return PartMode.EPOCH, newest.key_id, seal(keys.part_key, plaintext, bound, random)
        return PartMode.DEPOSIT, newest.key_id, seal_to(newest.public, plaintext, bound)
