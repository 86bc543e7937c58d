"""The allergies room: see ARCHITECTURE.md for its shelves."""
