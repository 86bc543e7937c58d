"""Lanterne: the record of a medical practice, sealed, whole, on its own machines."""
