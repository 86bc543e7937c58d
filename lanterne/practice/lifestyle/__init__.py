"""The lifestyle room: see ARCHITECTURE.md for its shelves."""
