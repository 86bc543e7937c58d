"""The agenda room: see ARCHITECTURE.md for its shelves."""
