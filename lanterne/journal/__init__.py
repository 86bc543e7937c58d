"""The journal of one device: files, store, blobs, clock, writing and receiving entries, founding, check.

Law: "enregistré" means fsynced. Nothing acknowledged is lost, nothing is truncated, no error is swallowed.
No Django here. Specification: docs/format/store.md.
"""
