"""The screens of a machine that joins a practice, before there is anything to unlock."""
