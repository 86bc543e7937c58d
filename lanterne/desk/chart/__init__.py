"""The French screens: chart."""
