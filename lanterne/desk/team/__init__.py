"""The French screens: team."""
