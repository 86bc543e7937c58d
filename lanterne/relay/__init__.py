"""The relay: accepts, keeps, hands over. It holds no key that opens anything and knows no medicine.

Law: wire and proof only. What it acknowledges is durable; what it refuses it says, with the check; what the
operator cuts is cut here and nowhere else. Specification: docs/format/exchange.md.
"""
