"""The French screens: documents."""
