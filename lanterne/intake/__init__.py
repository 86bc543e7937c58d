"""Documents from outside, turned into commands of the record. Everything that arrives is hostile until it is
read.

Nothing here writes: what is read goes through the record's one door in (`practice.recording`).
"""
