"""The team room: see ARCHITECTURE.md for its shelves."""
