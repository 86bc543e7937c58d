"""The French screens: settings."""
