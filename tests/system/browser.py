"""A browser without a screen: keeps cookies, says where a request comes from, reads forms and sends them back.

It sends what Chromium sends (Origin, Sec-Fetch-*), follows nothing by itself, and shows every answer to a witness.
"""

from __future__ import annotations

import http.client
import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

WAIT_S = 60.0
Files = Sequence[tuple[str, str, bytes]]
"""Field, file name, content."""


@dataclass(frozen=True)
class Answer:
    """What came back, and for what."""

    method: str
    path: str
    status: int
    fields: tuple[tuple[str, str], ...]
    body: bytes

    def get(self, name: str) -> str:
        """The first field of that name; empty when there is none."""
        return next((value for found, value in self.fields if found.lower() == name.lower()), "")

    def all(self, name: str) -> list[str]:
        return [value for found, value in self.fields if found.lower() == name.lower()]

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def acknowledged(self) -> bool:
        """Whether a write was said to be « enregistré »: the redirect that says so, or htmx's event."""
        return (self.status == 303 and any("lanterne_saved=" in one for one in self.all("set-cookie"))) or (
            self.status == 200 and "lanterne:saved" in self.get("hx-trigger")
        )

    @property
    def forms(self) -> list[Form]:
        return _Page.read(self.text).forms

    @property
    def links(self) -> list[str]:
        """Every address in the page, wherever it stands."""
        return _Page.read(self.text).links

    def form(self, action: str = "") -> Form:
        """The form posted to `action` (any, when empty, that carries a field of its own)."""
        found = [one for one in self.forms if (one.action == action if action else one.fields_typed)]
        assert found, f"no form {action} in {self.path} ({self.status}): {self.text[:2000]}"
        return found[0]


@dataclass
class Form:
    """A form as the page shows it: `values` hold what it would send untouched, `kinds` what each field is."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)
    modes: dict[str, str] = field(default_factory=dict)
    multipart: bool = False
    draft_url: str = ""

    @property
    def fields_typed(self) -> list[str]:
        """The fields a person types words in."""
        return [name for name, kind in self.kinds.items() if kind in ("text", "textarea", "search")]


class _Page(HTMLParser):
    """Forms and addresses of a page."""

    ADDRESSES = re.compile(
        r"^(href|src|action|formaction|hx-(get|post|put|delete|push-url)|data-[a-z-]*(url|suggest))$"
    )

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._form: Form | None = None
        self._area = self._select = ""

    @classmethod
    def read(cls, text: str) -> _Page:
        page = cls()
        page.feed(text)
        page.close()
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self.links += [value for name, value in held.items() if self.ADDRESSES.match(name)]
        if tag == "form":
            self._form = Form(held.get("action", ""), multipart="multipart" in held.get("enctype", ""))
            self._form.draft_url = held.get("data-draft-url", "")
            self.forms.append(self._form)
        form, name = self._form, held.get("name", "")
        if form is None:
            return
        if tag == "option" and self._select:
            value = held.get("value", "")
            form.options[self._select].append(value)
            if "selected" in held or self._select not in form.values:
                form.values[self._select] = value
        if not name:
            return
        if tag == "input":
            kind = held.get("type", "text")
            form.kinds[name] = kind
            form.modes[name] = held.get("inputmode", "")
            if kind in ("radio", "checkbox"):
                form.options.setdefault(name, []).append(held.get("value", "on"))
                if "checked" in held:
                    form.values[name] = held.get("value", "on")
            elif kind != "file":
                form.values[name] = held.get("value", "")
        elif tag == "textarea":
            self._area, form.kinds[name], form.values[name] = name, "textarea", ""
        elif tag == "select":
            self._select, form.kinds[name], form.options[name] = name, "select", []

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.values[self._area] += data.removeprefix("\r\n").removeprefix("\n")


def encode_multipart(values: Mapping[str, str], files: Files) -> tuple[str, bytes]:
    """Content type and body of a form with files."""
    edge = f"----lanterne{secrets.token_hex(12)}"
    out = bytearray()
    for name, value in values.items():
        out += f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    for name, filename, content in files:
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
        out += (head + "Content-Type: application/octet-stream\r\n\r\n").encode() + content + b"\r\n"
    out += f"--{edge}--\r\n".encode()
    return f"multipart/form-data; boundary={edge}", bytes(out)


@dataclass
class Browser:
    """One browser, one jar of cookies."""

    port: int
    witness: Callable[[Answer], None] | None = None
    jar: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, body: bytes = b"", /, **fields: str | None) -> Answer:
        """One request, on a connection of its own. A field given as None is left out; underscores stand for hyphens.

        Raises OSError or http.client.HTTPException when the server dies under it.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_S)
        try:
            connection.request(method, path, body or None, self._head(method, body, fields))
            return self._answer(connection, method, path)
        finally:
            connection.close()

    def ask_in_pieces(
        self, path: str, body: bytes, content_type: str, half_way: Callable[[], None]
    ) -> Answer:
        """A POST whose body is held back in its middle: `half_way` is called while the server waits for the rest.

        A server that answers before it has read everything is listened to.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_S)
        try:
            head = self._head("POST", body, {"Content-Type": content_type})
            connection.putrequest("POST", path, skip_accept_encoding=True)
            for name, value in head.items():
                connection.putheader(name, value)
            try:
                connection.endheaders()
                connection.send(body[: len(body) // 2])
                half_way()
                connection.send(body[len(body) // 2 :])
            except (BrokenPipeError, ConnectionResetError):
                half_way()
            return self._answer(connection, "POST", path)
        finally:
            connection.close()

    def _head(self, method: str, body: bytes, fields: Mapping[str, str | None]) -> dict[str, str]:
        sent: dict[str, str | None] = {
            "Accept": "text/html",
            "Sec-Fetch-Site": "same-origin",
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Dest": "document",
        }
        if method == "POST":
            sent |= {"Origin": self.origin, "Content-Type": "application/x-www-form-urlencoded"}
            sent["Content-Length"] = str(len(body))
        if self.jar:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        sent |= {name.replace("_", "-"): value for name, value in fields.items()}
        return {name: value for name, value in sent.items() if value is not None}

    def _answer(self, connection: http.client.HTTPConnection, method: str, path: str) -> Answer:
        got = connection.getresponse()
        answer = Answer(method, path, got.status, tuple(got.getheaders()), got.read())
        for cookie in answer.all("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.jar[name] = value.strip('"')
            if not self.jar[name] or "Max-Age=0" in cookie:
                del self.jar[name]
        if self.witness is not None:
            self.witness(answer)
        return answer

    def get(self, path: str, **fields: str | None) -> Answer:
        return self.ask("GET", path, **fields)

    def post(self, path: str, values: Mapping[str, str] | None = None, **fields: str | None) -> Answer:
        """Post values as they are, without any form's own."""
        return self.ask("POST", path, urlencode(values or {}).encode(), **fields)

    def page(self, path: str) -> Answer:
        """A page that must be shown."""
        answer = self.get(path)
        assert answer.status == 200, f"{path}: {answer.status}\n{answer.text[:2000]}"
        return answer

    def open_form(self, path: str) -> Form:
        """The form of a page, the one posted to the page's own address."""
        return self.page(path).form(path)

    def send(
        self, form: Form, values: Mapping[str, str] | None = None, *, files: Files = (), **fields: str | None
    ) -> Answer:
        """Submit a form with some values changed, as its page would."""
        content_type, body = encode_form(form, values or {}, files)
        told: dict[str, str | None] = {"Content-Type": content_type, **fields}
        return self.ask("POST", form.action, body, **told)

    def write(self, path: str, values: Mapping[str, str] | None = None, *, files: Files = ()) -> Answer:
        """Open the form at `path`, fill it, send it: must be acknowledged."""
        answer = self.send(self.open_form(path), values, files=files)
        assert answer.acknowledged, f"{path}: {answer.status}\n{answer.text[:3000]}"
        return answer

    def keep_draft(self, form: Form, values: Mapping[str, str], number: int) -> Answer:
        """Keep what is typed, as the page does 400 ms after a key."""
        held = {**form.values, **values}
        token = held.pop("csrfmiddlewaretoken", "")
        fields = {
            "X-CSRFToken": token,
            "Lanterne-Patient": held.get("patient", ""),
            "Lanterne-Draft": str(number),
        }
        return self.ask("POST", form.draft_url, urlencode(held).encode(), **fields)

    def try_unlock(self, seat: str, phrase: str) -> Answer:
        """Send the unlock form."""
        form = self.page("/ouvrir").form("/ouvrir")
        return self.send(form, {"seat": seat, "passphrase": phrase})

    def unlock(self, seat: str, phrase: str) -> Browser:
        """Unlock a seat and wait until its pages can be shown."""
        return self.unlocked(self.try_unlock(seat, phrase))

    def unlocked(self, answer: Answer) -> Browser:
        """The answer to an unlock form must be a yes; wait until the pages of that seat can be shown."""
        assert answer.status == 303, f"unlock: {answer.status}\n{answer.text[:2000]}"
        end = time.monotonic() + WAIT_S
        while (home := self.get("/")).status == 503:
            assert time.monotonic() < end, "the read tables are never ready"
            time.sleep(0.02)
        assert home.status == 200, home.text[:2000]
        return self

    def lock(self) -> Answer:
        return self.post("/verrouiller")


def encode_form(form: Form, values: Mapping[str, str], files: Files = ()) -> tuple[str, bytes]:
    """Content type and body of a form with some values changed."""
    held = {**form.values, **values}
    if form.multipart or files:
        return encode_multipart(held, files)
    return "application/x-www-form-urlencoded", urlencode(held).encode()
