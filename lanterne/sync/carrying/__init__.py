"""The exchange in the background, part by part: when, by which way, upon which news, and what is told of it.

`lanterne.sync.carrier` is the process; nothing here opens anything sealed.
"""
