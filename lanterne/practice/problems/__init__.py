"""The problems room: see ARCHITECTURE.md for its shelves."""
