"""The treatments room: see ARCHITECTURE.md for its shelves."""
