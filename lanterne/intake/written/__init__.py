"""How laboratories write: numbers, ranges, flags, dates and names as they come, whatever the format around
them.
"""
