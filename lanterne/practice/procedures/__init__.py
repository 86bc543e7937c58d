"""The procedures room: see ARCHITECTURE.md for its shelves."""
