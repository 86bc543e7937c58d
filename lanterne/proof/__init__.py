"""What public keys can decide: hashes, signatures, membership. Holds no secret; the relay runs on it.

Specification: docs/format/membership.md and the checks E1–E15 of docs/format/entry.md.
"""
