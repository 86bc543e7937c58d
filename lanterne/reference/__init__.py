"""Published tables, dated: diagnoses, measures, laboratory tests, vaccines, substances, allergens, acts,
illnesses.

Law: this floor imports nothing of ours, opens no network, and every table says where it comes from and of
when it is. A table marked `STARTER = True` was written for this project from general knowledge, to begin
with and to show the product: a screen that offers its lines says « liste de départ », and its docstring
says what to check before real use. A table taken from a publisher will carry the publisher's date instead.
"""
