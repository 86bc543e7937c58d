"""Lanterne: the record of a medical practice, sealed, whole, on its own machines."""

__version__ = "0.1.0"
