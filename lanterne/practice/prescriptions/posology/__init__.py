"""A prescription line as doctors type it, read into a structure: understood right, or said not to be understood.

Law: never understood wrongly. What one reading alone explains is read; everything else is asked about, by name.
Nothing typed is dropped: each word ends in the structure, in its remarks, or in a question.
"""
