"""The consultations room: see ARCHITECTURE.md for its shelves."""
