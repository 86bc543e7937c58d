"""The notes room: see ARCHITECTURE.md for its shelves."""
