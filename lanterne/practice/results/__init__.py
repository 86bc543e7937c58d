"""The results room: see ARCHITECTURE.md for its shelves."""
