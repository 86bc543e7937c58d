"""The French screens."""
