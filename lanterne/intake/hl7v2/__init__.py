"""HL7 v2 messages that bring results and documents: ORU and MDM, 2.3 to 2.6."""
