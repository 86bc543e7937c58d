"""A fictional French practice, generated: « Maison médicale des Tilleuls », its people, its patients, ten years of
charts.

Nobody here exists. Matricules are under the test OID, RPPS begin with 99, telephones are those kept for fiction.
"""

from lanterne.demo.events import AUTHORS, Author, DemoEvent
from lanterne.demo.generate import generate, person_ids

__all__ = ["AUTHORS", "Author", "DemoEvent", "generate", "person_ids"]
