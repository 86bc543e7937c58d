"""The week of mail of the fictional practice: real files of the formats laboratories and hospitals send.

Law: as everything of the demonstration, drawn from the seed and the day: the same bytes for the same practice.
The writers of these formats serve the demonstration alone; what reads them is the product's own.
"""

from lanterne.demo.mail.week import Piece, week

__all__ = ["Piece", "week"]
