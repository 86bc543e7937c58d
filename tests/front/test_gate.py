"""The gate decides on heads alone: who may ask, from where, under which name. G1–G10 of
lanterne/front/gate.py.
"""

from __future__ import annotations

import pytest

from lanterne.front import gate
from lanterne.front.errors import HeadRefused
from lanterne.front.heads import RequestHead, read_request
from tests.front.stage import lines

PORT = 8765
TOKEN = "t" * 43


def head(
    *fields: str, method: str = "GET", target: str = "/", host: str = f"127.0.0.1:{PORT}"
) -> RequestHead:
    buffer = bytearray(lines(f"{method} {target} HTTP/1.1", f"Host: {host}", *fields))
    return read_request(buffer, memoryview(buffer), len(buffer))


def verdict(found: RequestHead) -> str:
    try:
        gate.examine(found, hosts=gate.own_hosts(PORT))
    except HeadRefused as refused:
        return refused.rule
    return "passes"


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "[::1]:8765"])
def test_our_own_names_pass(host: str) -> None:
    assert verdict(head(host=host)) == "passes"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8765",
        "127.0.0.1",
        "127.0.0.1:80",
        "localhost.evil.example:8765",
        "127.1:8765",
        "LOCALHOST:8765",
    ],
)
def test_dns_rebinding_is_turned_away(host: str) -> None:
    """A page of evil.example makes its name resolve to 127.0.0.1, then reads us as its own origin; Host
    betrays it.
    """
    assert verdict(head(host=host)) == "G3"


@pytest.mark.parametrize("target", ["http://127.0.0.1:8765/", "//evil.example/", "*", "patients"])
def test_only_addresses_on_this_server(target: str) -> None:
    """An absolute target could name another host than Host does."""
    assert verdict(head(target=target)) == "G1"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "PROPFIND"])
def test_methods_nobody_uses_are_refused(method: str) -> None:
    """OPTIONS refused means no CORS preflight ever succeeds."""
    assert verdict(head(method=method)) == "G2"


class TestCsrf:
    """A form on another page must not act with the doctor's session."""

    def test_our_own_form_passes(self) -> None:
        assert verdict(head(f"Origin: http://127.0.0.1:{PORT}", method="POST")) == "passes"

    @pytest.mark.parametrize(
        "origin",
        [
            "http://evil.example",
            "null",
            "http://127.0.0.1:9999",
            "https://127.0.0.1:8765",
            "http://localhost:8765",
            "",
        ],
    )
    def test_another_origin_is_refused(self, origin: str) -> None:
        assert verdict(head(f"Origin: {origin}", method="POST")) == "G5"

    def test_without_origin_the_referer_must_be_ours(self) -> None:
        ours = f"Referer: http://127.0.0.1:{PORT}/patients/7f"
        assert verdict(head(ours, method="POST")) == "passes"
        assert verdict(head(f"Referer: http://127.0.0.1:{PORT}.evil.example/", method="POST")) == "G5"
        assert verdict(head(f"Referer: http://127.0.0.1:{PORT}@evil.example/", method="POST")) == "G5"

    def test_a_good_referer_does_not_excuse_a_bad_origin(self) -> None:
        fields = ("Origin: http://evil.example", f"Referer: http://127.0.0.1:{PORT}/")
        assert verdict(head(*fields, method="POST")) == "G5"

    def test_neither_is_a_refusal(self) -> None:
        assert verdict(head(method="POST")) == "G5"


class TestOtherSites:
    """Sec-Fetch-Site: what the browser itself says of where a request comes from."""

    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    def test_a_link_may_lead_here_but_nothing_may_be_embedded(self, site: str) -> None:
        """« same-site » too: every other port of this machine is the same site as ours."""
        link = (f"Sec-Fetch-Site: {site}", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")
        assert verdict(head(*link)) == "passes"
        assert (
            verdict(head(f"Sec-Fetch-Site: {site}", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"))
            == "G4"
        )
        assert (
            verdict(head(f"Sec-Fetch-Site: {site}", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"))
            == "G4"
        )
        assert verdict(head(*link, f"Origin: http://127.0.0.1:{PORT}", method="POST")) == "G4"

    @pytest.mark.parametrize("site", ["same-origin", "none"])
    def test_our_pages_and_the_address_bar_pass(self, site: str) -> None:
        assert verdict(head(f"Sec-Fetch-Site: {site}", "Sec-Fetch-Mode: cors")) == "passes"


class TestSessionCookie:
    def test_it_is_read_when_it_comes_once(self) -> None:
        assert gate.session_token(head(f"Cookie: a=1; lanterne={TOKEN}")) == TOKEN

    @pytest.mark.parametrize(
        "cookie",
        [
            f"lanterne={TOKEN}; lanterne={'u' * 43}",
            "lanterne=short",
            f"lanterne={TOKEN}x",
            f'lanterne="{TOKEN}"',
            "",
            "x=1",
        ],
    )
    def test_two_of_them_or_another_form_is_no_session(self, cookie: str) -> None:
        """Cookies know no ports: another program on this machine can plant one beside ours."""
        assert gate.session_token(head(f"Cookie: {cookie}")) is None

    def test_its_flags_keep_it_from_scripts_and_from_other_sites(self) -> None:
        """HttpOnly: no script reads it. Strict: no other site sends it. No Domain: no other name gets it."""
        words = gate.session_cookie(TOKEN).split("; ")
        assert words[0] == f"lanterne={TOKEN}"
        assert set(words[1:]) == {"Path=/", "HttpOnly", "SameSite=Strict"}


class TestWithoutSession:
    def test_a_page_is_sent_to_unlock(self) -> None:
        found = gate.without_session(head("Sec-Fetch-Mode: navigate"))
        assert (found.status, dict(found.fields)) == (303, {"Location": "/ouvrir"})
        assert gate.without_session(head("Accept: text/html,*/*")).status == 303

    def test_htmx_is_told_to_leave_the_page(self) -> None:
        """Otherwise the unlock page would appear inside a corner of the chart."""
        found = gate.without_session(head("HX-Request: true", "Sec-Fetch-Mode: cors"))
        assert (found.status, dict(found.fields)) == (401, {"HX-Redirect": "/ouvrir"})

    def test_anything_else_gets_401(self) -> None:
        assert gate.without_session(head("Sec-Fetch-Mode: no-cors", "Accept: image/*")).status == 401


def test_polling_is_not_an_act() -> None:
    """A chart left open that asks for news must still lock."""
    assert gate.is_act(head())
    assert not gate.is_act(head("X-Lanterne-Background: 1"))
    assert gate.is_act(head("X-Lanterne-Background: 0"))


def test_the_policy_allows_nothing_inline_and_no_frame() -> None:
    """A script injected in a note must not run; no other page may lay itself over ours."""
    directives = {
        words[0]: set(words[1:])
        for words in (part.split() for part in gate.CONTENT_SECURITY_POLICY.split(";"))
    }
    assert directives["default-src"] == {"'none'"}
    assert directives["script-src"] == {"'self'"}
    assert directives["style-src"] == {"'self'"}
    assert directives["frame-ancestors"] == {"'none'"}
    assert directives["base-uri"] == {"'none'"}
    assert not [word for words in directives.values() for word in words if "unsafe" in word or "*" in word]
