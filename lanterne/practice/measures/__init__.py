"""The measures room: see ARCHITECTURE.md for its shelves."""
