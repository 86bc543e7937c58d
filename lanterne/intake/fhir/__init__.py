"""Documents in FHIR R4: bundles, single resources, NDJSON; JSON and XML."""

from lanterne.intake.fhir.reader import read

__all__ = ["read"]
