"""The arrivals room: files that came and are in no chart yet. See ARCHITECTURE.md for its shelves."""
