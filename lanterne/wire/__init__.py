"""Bytes: packing, entry layout, parts and facts, names, the root of errors. Imports nothing of ours.

Specification: docs/format/entry.md. Nothing here holds a secret or needs one.
"""
