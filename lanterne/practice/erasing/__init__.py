"""Entries emptied for a lawful reason, and what a chart says of it afterwards."""
