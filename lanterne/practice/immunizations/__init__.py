"""The immunizations room: see ARCHITECTURE.md for its shelves."""
