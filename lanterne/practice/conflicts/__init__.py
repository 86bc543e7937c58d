"""The conflicts room: what is to settle when two devices meet. See ARCHITECTURE.md for its shelves."""
