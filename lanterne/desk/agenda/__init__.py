"""The agenda on the screen: a day, booking, moving, cancelling."""
