"""Clinical documents (HL7 CDA R2) of the French CI-SIS and of anybody else."""

from lanterne.intake.cda.reader import SENTENCES, read

__all__ = ["SENTENCES", "read"]
