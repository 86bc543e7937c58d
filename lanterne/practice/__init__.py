"""The record of a practice, by rooms; two doors: `recording` (in) and `reading` (out). See ARCHITECTURE.md."""
