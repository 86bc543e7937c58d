"""The command line: one file per verb. Names, outputs and exit codes are relied on:
docs/user/commandes.md."""
