"""The recovery sheet on paper: printed to PDF, and read back from one. It holds no patient data.

The letters themselves, and what they open, are docs/format/keys.md; here is only what a person sees.
"""
