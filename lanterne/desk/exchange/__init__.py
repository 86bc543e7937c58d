"""The French screens: exchanges between devices."""
