"""The French screens: arrivals."""
