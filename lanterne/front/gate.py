"""Who may pass: pure decisions on a head, before anything is done with it.

Any web page open in the same browser can send requests to 127.0.0.1; any name can be made to resolve to it.
The gate lets through only what the user's own page asked for.

G1   the target begins with `/`, and not with `//` [against: absolute targets, scheme-relative redirects]
G2   GET, HEAD and POST only (405)
G3   Host is exactly 127.0.0.1:PORT, localhost:PORT or [::1]:PORT (421) [against: DNS rebinding]
G4   Sec-Fetch-Site, when sent, is same-origin or none; anything else only for a GET that navigates a whole
     tab [against: other sites, and other ports of this machine, which count as "same-site"]
G5   POST: Origin is our own; without Origin, Referer begins with it; without both, refused (403) [against:
     CSRF]
G6   X-Lanterne-Front and X-Lanterne-Session from outside are dropped [against: impersonating the front]
G7   the session cookie comes once and has the form we gave it; otherwise there is no session [against:
     cookies planted from another port]
G8   without a session: 303 to /ouvrir for a page, 401 with HX-Redirect for htmx, 401 otherwise
G9   every answer carries the security fields below, added when the worker did not set them [against: inline
     script, framing, sniffing, leaks by Referer]
G10  Cache-Control: no-store on everything but /static/, whatever the worker said [against: charts in the
     browser's disk cache]
G11  a body weighs at most 64 MiB, one of the front's own forms 8 KiB (413; connection.py) [against:
     exhaustion]
G12  a head comes within 10 s, a body at 64 KiB/s after 30 s of grace (408, or cut; connection.py, proxy.py)
     [against: slow clients]
G13  at most 128 connections (503; server.py) [against: exhaustion]
G14  the unlock form is a form, well formed, with the token we gave (unlock.py) [against: login CSRF, garbage]

Referrer-Policy is `same-origin`, not `no-referrer`: under `no-referrer` browsers send `Origin: null` with
every form (Fetch standard, "append a request Origin header"; seen in Chromium), and G5, like Django's own
check, would have to refuse the user's own forms or trust `null`. Addresses hold opaque ids only and the field
goes to nobody but us.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lanterne.front.errors import HeadRefused
from lanterne.front.heads import RequestHead

COOKIE: Final = b"lanterne"
#: of the unlock form (double submit)
FORM_COOKIE: Final = b"lanterne_jeton"
#: G6, and everything of that family
OWN_PREFIX: Final = b"x-lanterne-"
UNLOCK_PATH: Final = "/ouvrir"

_METHODS = frozenset({b"GET", b"HEAD", b"POST"})
_SAFE = frozenset({b"GET", b"HEAD"})
#: 32 random bytes in URL-safe base64 without padding
_TOKEN = re.compile(rb"[A-Za-z0-9_-]{43}")
_ORIGIN_OF_REFERER = re.compile(rb"http://[A-Za-z0-9.:\[\]-]{1,255}(?=/|$)")

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-src 'self' blob:; object-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

_REFUSED_FEATURES = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "serial",
    "usb",
)

#: G9: name in lower case → the line added when it is missing.
SECURITY_FIELDS: Final[tuple[tuple[bytes, bytes], ...]] = tuple(
    (name.lower().encode(), f"{name}: {value}\r\n".encode())
    for name, value in (
        ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
        ("X-Frame-Options", "DENY"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", ", ".join(f"{feature}=()" for feature in _REFUSED_FEATURES)),
    )
)


@dataclass(frozen=True, slots=True)
class NoSession:
    """G8: what to answer to a request that has no session."""

    status: int
    fields: tuple[tuple[str, str], ...]


def own_hosts(port: int) -> tuple[bytes, ...]:
    """The only values Host may have on that port."""
    return tuple(f"{name}:{port}".encode() for name in ("127.0.0.1", "localhost", "[::1]"))


def examine(head: RequestHead, *, hosts: tuple[bytes, ...]) -> None:
    """G1–G5. Raises HeadRefused with the status and the rule."""
    view, (start, end) = head.view, head.target
    if view[start] != ord("/") or (end - start > 1 and view[start + 1] == ord("/")):
        raise HeadRefused(400, "G1", "an address on this server is expected")
    if head.method not in _METHODS:
        raise HeadRefused(405, "G2", "method not allowed")
    host = head.value(b"host")
    if host not in hosts:
        raise HeadRefused(421, "G3", "not the name of this server")
    if head.value(b"sec-fetch-site") not in (None, b"same-origin", b"none") and not (
        head.method == b"GET"
        and head.value(b"sec-fetch-mode") == b"navigate"
        and head.value(b"sec-fetch-dest") == b"document"
    ):
        raise HeadRefused(403, "G4", "asked by another site")
    if head.method not in _SAFE:
        _examine_origin(head, b"http://" + host)


def _examine_origin(head: RequestHead, own: bytes) -> None:
    """G5. The origin must be the one of this very Host, so that localhost and 127.0.0.1 do not vouch for each
    other.
    """
    origin = head.value(b"origin")
    if origin is None:
        origin = _origin_of_referer(head)
    if origin != own:
        raise HeadRefused(403, "G5", "asked by another page")


def _origin_of_referer(head: RequestHead) -> bytes | None:
    """Scheme, host and port of Referer, and nothing of its path."""
    for field in head.fields:
        if field.name == b"referer":
            found = _ORIGIN_OF_REFERER.match(head.data, field.start, field.end)
            return found.group() if found else None
    return None


def session_token(head: RequestHead) -> str | None:
    """G7: the browser's token, or None."""
    return _sole_token(head, COOKIE)


def form_token(head: RequestHead) -> str | None:
    """The unlock form's cookie, under the same conditions."""
    return _sole_token(head, FORM_COOKIE)


def _sole_token(head: RequestHead, name: bytes) -> str | None:
    found = head.cookies(name)
    if len(found) != 1 or not _TOKEN.fullmatch(found[0]):
        return None
    return found[0].decode()


def is_act(head: RequestHead) -> bool:
    """Whether a person did this, rather than a page left open asking for news (X-Lanterne-Background: 1)."""
    return head.value(b"x-lanterne-background") != b"1"


def without_session(head: RequestHead) -> NoSession:
    """G8."""
    if head.value(b"hx-request") == b"true":
        return NoSession(401, (("HX-Redirect", UNLOCK_PATH),))
    mode = head.value(b"sec-fetch-mode")
    accepts_pages = b"text/html" in (head.value(b"accept") or b"")
    if mode == b"navigate" or (mode is None and accepts_pages):
        return NoSession(303, (("Location", UNLOCK_PATH),))
    return NoSession(401, ())


def session_cookie(token: str) -> str:
    """Set-Cookie for a session: no Domain, so this host only; ends with the browser.

    Not `Secure`: loopback is http.
    """
    return f"{COOKIE.decode()}={token}; Path=/; HttpOnly; SameSite=Strict"


def form_cookie(token: str) -> str:
    """Set-Cookie of the unlock form."""
    return f"{FORM_COOKIE.decode()}={token}; Path={UNLOCK_PATH}; HttpOnly; SameSite=Strict"


def ended_cookie() -> str:
    """Set-Cookie that makes the browser forget its session."""
    return f"{COOKIE.decode()}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"
