"""Whose certificates this device believes beside the system's: a relay in a house of its own may be its own authority.

Law: certificates are always verified; what is kept here is added to the system's authorities, never in their place. Who
answers must still have the relay's own key, whatever its certificate. Source: docs/format/exchange.md, Over HTTP.
"""

from __future__ import annotations

import ssl

from lanterne.sync.errors import PeerUntrusted
from lanterne.sync.known import Known


def context(pem: bytes | None) -> ssl.SSLContext | None:
    """Who is believed with these certificates (PEM) added; None when there are none: the system's authorities.

    Raises PeerUntrusted: they are no certificates.
    """
    if pem is None:
        return None
    made = ssl.create_default_context()
    try:
        made.load_verify_locations(cadata=pem.decode("ascii"))
    except (ssl.SSLError, UnicodeDecodeError, ValueError) as error:
        raise PeerUntrusted("the file holds no certificate", why=type(error).__name__) from error
    return made


def kept_context(known: Known) -> ssl.SSLContext | None:
    """The same, with the certificates kept on this device."""
    return context(known.authorities())
