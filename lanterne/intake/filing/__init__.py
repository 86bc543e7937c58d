"""What was read, put where it is read: whose it is, in which chart, or in the list of arrivals."""
