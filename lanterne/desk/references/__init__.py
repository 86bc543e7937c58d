"""Suggestions while typing, from the reference tables."""
