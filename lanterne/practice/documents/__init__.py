"""The documents room: see ARCHITECTURE.md for its shelves."""
