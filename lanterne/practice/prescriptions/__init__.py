"""Prescriptions: what a doctor orders, line by line, and what is checked before it is written."""
