"""The traces room: see ARCHITECTURE.md for its shelves."""
