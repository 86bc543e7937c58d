"""Devices made whole by one another: one session machine, and the ways it travels.

Law: no holder is believed; nothing here holds a key that opens anything. Source: docs/format/exchange.md.
"""
