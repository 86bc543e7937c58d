"""Secrets: derivation, seats and their files, keyring, sealed parts and blobs, the letters of the recovery
sheet.

Specification: docs/format/keys.md. No secret shows in a repr, a text or an error; randomness is an argument.
"""
