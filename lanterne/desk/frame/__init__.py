"""The French screens: frame."""
