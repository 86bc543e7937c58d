"""The chart room: see ARCHITECTURE.md for its shelves."""
