"""The French screens: trace."""
