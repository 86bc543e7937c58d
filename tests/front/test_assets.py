"""/static/: what is listed, and nothing else on the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanterne.front.assets import Assets, default_folders
from tests.front.stage import Browser, Stage


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    public = tmp_path / "public"
    (public / "desk").mkdir(parents=True)
    (public / "desk" / "a.css").write_text("p{}", "utf-8")
    (public / "desk" / "a.py").write_text("secret", "utf-8")
    (public / "desk" / ".hidden.css").write_text("secret", "utf-8")
    (tmp_path / "outside.css").write_text("secret", "utf-8")
    (public / "link.css").symlink_to(tmp_path / "outside.css")
    return Assets((public,))


def test_a_listed_file_is_found(assets: Assets) -> None:
    found = assets.find(b"/static/desk/a.css")
    assert found is not None
    assert (found.content, found.content_type) == (b"p{}", "text/css; charset=utf-8")


@pytest.mark.parametrize(
    "path",
    [
        b"/static/../outside.css",
        b"/static/desk/../../outside.css",
        b"/static/..%2foutside.css",
        b"/static/%2e%2e/outside.css",
        b"/static//etc/passwd.txt",
        b"/static/desk\\..\\..\\outside.css",
        b"/static/C:/windows/win.txt",
        b"/static/link.css",
        b"/static/desk/.hidden.css",
        b"/static/desk/a.py",
        b"/static/desk/",
        b"/static/desk",
        b"/static/",
        b"/static/desk/a.css\xff",
        b"/static/desk/a.css/",
    ],
)
def test_nothing_else_is(assets: Assets, path: bytes) -> None:
    """No way up, no listing, no hidden file, no link leading out, no type that is not listed."""
    assert assets.find(path) is None


def test_our_files_and_htmx_are_served_with_their_type(shared: Stage) -> None:
    """nosniff makes a wrong type a script that does not run."""
    browser = Browser(shared.port)
    for path, content_type in (
        ("/static/desk/lanterne.css", "text/css; charset=utf-8"),
        ("/static/desk/icons.svg", "image/svg+xml"),
        ("/static/front/unlock.js", "text/javascript; charset=utf-8"),
        ("/static/django_htmx/htmx-2.min.js", "text/javascript; charset=utf-8"),
    ):
        answer = browser.get(path)
        assert (answer.status, answer.get("content-type")) == (200, content_type), path
        assert answer.get("x-content-type-options") == "nosniff"
    assert len(default_folders()) == 3


def test_a_known_version_is_not_sent_again(shared: Stage) -> None:
    browser = Browser(shared.port)
    first = browser.get("/static/desk/lanterne.css")
    again = browser.get("/static/desk/lanterne.css", If_None_Match=first.get("etag"))
    assert (again.status, again.body) == (304, b"")
    assert first.get("cache-control") == "public, no-cache"
    assert "immutable" in (browser.get("/static/desk/lanterne.css?v=1").get("cache-control") or "")


def test_an_unknown_address_is_a_plain_404(shared: Stage) -> None:
    assert Browser(shared.port).get("/static/desk/none.css").status == 404
    assert Browser(shared.port).post("/static/desk/lanterne.css").status == 404
