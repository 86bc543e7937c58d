"""Photographs every page: `python -m tests.desk.preview FOLDER [PAGE…]`, to be looked at by a person.

Serves the rendered pages and the static files on loopback under the product's own policy (CSP), opens them in
Chromium at 1366 × 768 and 390 × 844, light and dark, prints the chart to PDF, and runs axe-core on each.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import django_htmx
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from lanterne.front.gate import CONTENT_SECURITY_POLICY
from tests.desk.pages import every_page
from tests.desk.stage import DESK, render
from tools import setup_browser

SIZES = {"wide": (1366, 768), "narrow": (390, 844)}
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".html": "text/html"}
FRAGMENTS = {
    "/courbe/": "~curve",
    "/ajouter/": "~form-dialog",
    "/corriger/": "~form-dialog",
    "/histoire": "~timeline",
    "/liste": "~results",
}


class Stage(BaseHTTPRequestHandler):
    """Pages by name, static files by path, fragments by the shape of their address, under the product's
    CSP.
    """

    pages: dict[str, str]
    posted: list[tuple[str, dict[str, str], str]]

    def do_GET(self) -> None:
        """A page, a fragment or a file."""
        path = urlsplit(self.path).path
        if path.startswith("/static/"):
            relative = path.removeprefix("/static/")
            folders = [DESK / "static", Path(django_htmx.__file__).parent / "static"]
            found = next((folder / relative for folder in folders if (folder / relative).is_file()), None)
            if found is None:
                self._answer(404, b"", "text/plain")
            else:
                self._answer(200, found.read_bytes(), TYPES[found.suffix])
            return
        name = path.strip("/")
        name = next((fragment for part, fragment in FRAGMENTS.items() if part in path), name)
        page = self.pages.get(name)
        self._answer(200 if page else 404, (page or "").encode(), "text/html")

    def do_POST(self) -> None:
        """Notes what was sent; a list for the search, nothing otherwise."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.posted.append((self.path, dict(self.headers), body))
        if self.path == "/patients/liste":
            self._answer(200, self.pages["~results"].encode(), "text/html")
        else:
            self._answer(204, b"", "text/plain")

    def _answer(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Silence: the page's own console says what fails."""


@contextmanager
def theatre() -> Iterator[tuple[str, type[Stage]]]:
    """Base address of a served copy of every page, and the class that noted what was posted."""
    pages = {name: render(template, context) for name, (template, context) in every_page().items()}
    stage = type("Served", (Stage,), {"pages": pages, "posted": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), stage)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", stage
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def findings(page: Page) -> list[str]:
    """axe-core's serious and critical findings, as lines. Run by the debugger, outside the policy."""
    return [
        f"{violation['id']}: {node['html'][:160]} {[found['message'] for found in node['any'][:1]]}"
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


def main(folder: Path, only: list[str]) -> int:
    """Photographs; returns the number of serious findings and console errors."""
    folder.mkdir(parents=True, exist_ok=True)
    wrong = 0
    program = setup_browser.find()
    with theatre() as (base, stage), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for theme in ("light", "dark"):
            for size, (width, height) in SIZES.items():
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme=theme,
                    locale="fr-FR",
                    bypass_csp=False,
                )
                for name in stage.pages:
                    if name.startswith("~") or (only and name not in only):
                        continue
                    page = context.new_page()
                    said: list[str] = []
                    page.on("console", lambda message, said=said: said.append(message.text))  # type: ignore[misc]
                    page.on("pageerror", lambda error, said=said: said.append(str(error)))  # type: ignore[misc]
                    page.goto(f"{base}/{name}", wait_until="networkidle")
                    page.screenshot(path=folder / f"{name}-{size}-{theme}.png")
                    for line in [*findings(page), *said]:
                        wrong += 1
                        print(f"{name} {size} {theme}: {line}")
                    if name.startswith("chart") and theme == "light" and size == "wide":
                        page.emulate_media(media="print")
                        page.pdf(
                            path=folder / f"{name}.pdf", prefer_css_page_size=True, print_background=True
                        )
                    page.close()
                context.close()
        browser.close()
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main(Path(sys.argv[1]), sys.argv[2:]) else 0)
