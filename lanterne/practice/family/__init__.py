"""The family room: see ARCHITECTURE.md for its shelves."""
