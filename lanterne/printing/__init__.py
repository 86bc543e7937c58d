"""What a practice hands out on paper: prescriptions, letters, certificates, the list of the day. Models in, PDF out.

Law: what comes from the record is data, never markup; the same model is the same bytes; nothing is written on the disk,
nothing is fetched; what a font cannot show, and what the law wants and is not there, is told to whoever prints.
"""
