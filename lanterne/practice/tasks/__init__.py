"""The tasks room: phone messages, tasks and recalls. See ARCHITECTURE.md for its shelves."""
