"""The process that listens: gate, unlock page, workers. It holds no key and keeps no plaintext of a chart.

Law: what a worker says to a browser, and what a browser says to a worker, passes through one wiped buffer per
connection and is never made into a Python object. See docs/adr/0003-front-and-workers.md.
"""
