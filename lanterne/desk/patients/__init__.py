"""The French screens: patients."""
