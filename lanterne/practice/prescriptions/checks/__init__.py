"""What is checked before a prescription is written: pure functions over what the door loaded.

Law: a check that could not be made says so. Each answers with what it found and with what it did not check and why;
nothing is silent because its data is missing, and a base that does not know a substance has not cleared it.
"""
