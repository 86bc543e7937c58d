"""What public keys can decide: hashes, signatures, membership. Holds no secret but a
relay's signing key, which opens nothing; the relay runs on it.

Specification: docs/format/membership.md and the checks E1–E15 of docs/format/entry.md.
"""
