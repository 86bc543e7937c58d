"""Prescribing on the screen: see ARCHITECTURE.md for its shelves."""
