"""The patients room: see ARCHITECTURE.md for its shelves."""
