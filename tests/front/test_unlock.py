"""Unlocking a seat from a browser: who, with what, how often; and what a lock ends."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest

from lanterne.wire.names import SeatId
from tests.front.stage import GARANCE, INES, PHRASES, Browser, Seat, Stage, limit_of, practice


def gone(pid: int) -> bool:
    """Whether no process of that number runs any more."""
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


class TestThePage:
    def test_it_names_who_has_a_seat_here_and_nothing_else(self, shared: Stage) -> None:
        """No key, so no name of the practice, and no name of a patient."""
        page = Browser(shared.port).get("/ouvrir")
        assert page.status == 200
        assert "Dr Garance Morel" in page.text
        assert "Inès Caron" in page.text
        assert page.text.count("checked") == 1

    def test_nothing_inline(self, shared: Stage) -> None:
        """The policy would refuse it; and the page has to work under that policy."""
        text = Browser(shared.port).get("/ouvrir").text
        assert "style=" not in text
        assert "<script>" not in text
        assert " on" not in text.replace(" on ", " ").replace("data-on", "")

    def test_a_label_is_text_and_never_markup(self, tmp_path: Path) -> None:
        mallory = Seat("c3" * 16, '<script>alert(1)</script>"')
        with Stage(practice(tmp_path / "practice"), seats=(mallory,)) as stage:
            text = Browser(stage.port).get("/ouvrir").text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;" in text

    def test_a_device_without_seats_says_so(self, tmp_path: Path) -> None:
        with Stage(practice(tmp_path / "practice"), seats=()) as stage:
            text = Browser(stage.port).get("/ouvrir").text
        assert "aucun accès" in text
        assert "passphrase" not in text

    def test_cookies_carry_their_flags(self, stage: Stage) -> None:
        browser = Browser(stage.port)
        form = browser.get("/ouvrir").all("set-cookie")
        assert len(form) == 1
        assert form[0].endswith("; Path=/ouvrir; HttpOnly; SameSite=Strict")
        session = browser.unlock(GARANCE).all("set-cookie")
        assert len(session) == 1
        assert session[0].endswith("; Path=/; HttpOnly; SameSite=Strict")


class TestTheRightPassphrase:
    def test_opens_that_seat_and_the_worker_answers(self, stage: Stage) -> None:
        browser = Browser(stage.port)
        assert (browser.get("/").status, browser.get("/").get("location")) == (303, "/ouvrir")
        answer = browser.unlock(GARANCE)
        assert (answer.status, answer.get("location")) == (303, "/")
        assert browser.get("/").told["seat"] == GARANCE.seat

    def test_a_second_browser_must_know_it_too(self, stage: Stage) -> None:
        """An open seat is not open to whoever else reaches this PC's loopback."""
        first, second = Browser(stage.port), Browser(stage.port)
        first.unlock(GARANCE)
        pid = stage.pid(GARANCE)
        assert second.unlock(GARANCE, "not the passphrase").status == 403
        assert second.get("/").status == 303
        assert second.unlock(GARANCE).status == 303
        assert second.get("/").told["seat"] == GARANCE.seat
        assert stage.pid(GARANCE) == pid, "one worker for the seat"
        assert first.get("/").status == 200

    def test_a_token_known_before_unlocking_is_not_the_session(self, stage: Stage) -> None:
        """Session fixation: a cookie planted beforehand must stay worthless."""
        browser = Browser(stage.port, {"lanterne": "p" * 43})
        browser.unlock(GARANCE)
        assert browser.jar["lanterne"] != "p" * 43
        assert Browser(stage.port, {"lanterne": "p" * 43}).get("/").status == 303

    def test_taking_over_the_browser_locks_the_seat_left(self, stage: Stage) -> None:
        """Inès sits down after Dr Garance: the doctor's record does not stay open behind the screen."""
        browser = Browser(stage.port)
        browser.unlock(GARANCE)
        pid = stage.pid(GARANCE)
        browser.unlock(INES)
        assert browser.get("/").told["seat"] == INES.seat
        assert gone(pid)
        assert stage.front.workers.seats() == [INES.seat]

    def test_the_passphrase_of_the_environment_does_not_reach_workers(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """`lanterne demo` may be given it there; a worker of another seat must not inherit it."""
        monkeypatch.setenv("LANTERNE_PASSPHRASE", "in the environment")
        assert Browser(stage.port).unlock(GARANCE).status == 303


class TestRefusals:
    def test_a_wrong_passphrase_is_said_in_a_sentence_and_leaves_no_process(self, stage: Stage) -> None:
        browser = Browser(stage.port)
        answer = browser.unlock(GARANCE, "lampe tempête")
        assert answer.status == 403
        assert "Phrase de passe incorrecte" in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert "lampe temp" not in answer.text
        assert len(stage.front.workers) == 0
        assert browser.get("/").status == 303

    @pytest.mark.parametrize(
        ("word", "status", "sentence"),
        [
            ("!access_ended", 403, "Cet accès a pris fin"),
            ("!seal.file_damaged", 503, "est abîmé"),
            ("!tables.odd", 503, "n’a pas pu démarrer (motif\u00a0: odd)"),
            ("!<b>no word</b>", 503, "n’a pas pu démarrer (motif\u00a0: not_started)"),
        ],
    )
    def test_a_seat_that_cannot_open_says_why(
        self, tmp_path: Path, word: str, status: int, sentence: str
    ) -> None:
        root = practice(tmp_path / "practice", {GARANCE.seat: word})
        with Stage(root) as stage:
            answer = Browser(stage.port).unlock(GARANCE)
        assert answer.status == status
        assert sentence in answer.text

    def test_a_worker_that_cannot_even_start_is_said_too(self, stage: Stage) -> None:
        stage.front.workers._command = ("/no/such/program",)
        answer = Browser(stage.port).unlock(GARANCE)
        assert answer.status == 503
        assert "Rien n’est perdu" in answer.text

    def test_a_seat_not_of_this_device(self, stage: Stage) -> None:
        assert Browser(stage.port).unlock(Seat("d4" * 16, "Nobody"), "x").status == 400

    def test_an_empty_passphrase_is_not_a_try(self, stage: Stage) -> None:
        answer = Browser(stage.port).unlock(GARANCE, "")
        assert answer.status == 400
        assert "Tapez votre phrase de passe" in answer.text


class TestLoginCsrf:
    """Another page must not unlock a seat of its choosing in this browser either."""

    def form(self, token: str) -> bytes:
        return urlencode({"jeton": token, "seat": GARANCE.seat, "passphrase": PHRASES[GARANCE.seat]}).encode()

    def test_without_the_token(self, stage: Stage) -> None:
        browser = Browser(stage.port)
        browser.get("/ouvrir")
        assert browser.post("/ouvrir", self.form("")).status == 403

    def test_with_a_pair_we_never_gave(self, stage: Stage) -> None:
        planted = Browser(stage.port, {"lanterne_jeton": "p" * 43})
        answer = planted.post("/ouvrir", self.form("p" * 43))
        assert answer.status == 403
        assert "trop longtemps" in answer.text

    def test_from_another_origin(self, stage: Stage) -> None:
        assert Browser(stage.port).unlock(GARANCE, Origin="http://127.0.0.1:1").status == 403
        assert len(stage.front.workers) == 0

    @pytest.mark.parametrize(
        "content_type", ["text/plain", "application/json", "multipart/form-data; boundary=x", None]
    )
    def test_in_another_form_than_ours(self, stage: Stage, content_type: str | None) -> None:
        """text/plain and multipart are what another page can send without asking."""
        assert Browser(stage.port).unlock(GARANCE, Content_Type=content_type).status == 415

    def test_garbage_is_refused_and_not_guessed(self, stage: Stage) -> None:
        assert Browser(stage.port).post("/ouvrir", b"%zz=%").status == 400
        assert Browser(stage.port).post("/ouvrir", b"a" * 9000).status == 413


class TestTooManyTries:
    def test_the_count_outlives_the_front(self, tmp_path: Path) -> None:
        """Restarting Lanterne between two tries must not buy a free one; even the right passphrase waits."""
        root = practice(tmp_path / "practice")
        limit, seat, now_ms = limit_of(root), SeatId(GARANCE.seat), int(time.time() * 1000)
        for hours in range(9, 0, -1):  # nine wrong tries since this morning
            limit.attempt(seat, now_ms - hours * 3_600_000)
        with Stage(root) as stage:
            assert Browser(stage.port).unlock(GARANCE, "a tenth").status == 403
        with Stage(root) as stage:
            answer = Browser(stage.port).unlock(GARANCE)
            assert answer.status == 429
            assert "Trop d’essais" in answer.text
            assert len(stage.front.workers) == 0
            assert Browser(stage.port).unlock(INES).status == 303, "another person is not held up"

    def test_success_forgets_the_count(self, tmp_path: Path) -> None:
        root = practice(tmp_path / "practice")
        with Stage(root) as stage:
            browser = Browser(stage.port)
            for _ in range(2):
                browser.unlock(GARANCE, "wrong")
            browser.unlock(GARANCE)
        limit, seat, now_ms = limit_of(root), SeatId(GARANCE.seat), int(time.time() * 1000)
        for _ in range(5):
            limit.attempt(seat, now_ms)

    def test_a_try_that_cannot_be_counted_is_not_made(self, stage: Stage) -> None:
        """Otherwise a full disk would allow as many as one likes."""
        counter = stage.root / "local" / "unlock"
        counter.parent.rmdir()
        counter.parent.write_text("not a folder", "utf-8")
        answer = Browser(stage.port).unlock(GARANCE)
        assert answer.status == 500
        assert "disque" in answer.text
        assert len(stage.front.workers) == 0
        assert [fault["message"] for fault in stage.faults] == ["the front failed"], "said on the console too"
        stage.faults.clear()


class TestLock:
    def test_locking_ends_the_process_and_every_session_of_the_seat(self, stage: Stage) -> None:
        """A session is a process: keys that are gone cannot be found."""
        first, second, other = Browser(stage.port), Browser(stage.port), Browser(stage.port)
        first.unlock(GARANCE)
        second.unlock(GARANCE)
        other.unlock(INES)
        pid = stage.pid(GARANCE)
        answer = first.post("/verrouiller")
        assert (answer.status, answer.get("location")) == (303, "/ouvrir")
        assert gone(pid), "the process has ended when the answer comes"
        assert "lanterne" not in first.jar
        assert second.get("/").status == 303
        assert "Poste verrouillé" in second.get("/ouvrir").text
        assert other.get("/").told["seat"] == INES.seat

    def test_htmx_is_sent_to_the_unlock_page(self, stage: Stage) -> None:
        browser = Browser(stage.port)
        browser.unlock(GARANCE)
        answer = browser.post("/verrouiller", HX_Request="true")
        assert (answer.status, answer.get("hx-redirect")) == (204, "/ouvrir")

    def test_another_page_cannot_lock(self, stage: Stage) -> None:
        browser = Browser(stage.port)
        browser.unlock(GARANCE)
        assert browser.post("/verrouiller", Origin="http://evil.example").status == 403
        assert browser.get("/verrouiller").status == 405
        assert browser.get("/").status == 200

    def test_a_worker_that_will_not_end_is_killed(self, tmp_path: Path) -> None:
        root = practice(tmp_path / "practice", {GARANCE.seat: "!stubborn"})
        with Stage(root, worker_stop_s=0.2) as stage:
            browser = Browser(stage.port)
            assert browser.unlock(GARANCE).status == 303
            pid = stage.pid(GARANCE)
            browser.post("/verrouiller")
            assert gone(pid)


class TestIdle:
    def test_nobody_there_for_15_minutes_ends_the_process(self, stage: Stage) -> None:
        browser = Browser(stage.port)
        browser.unlock(GARANCE)
        pid = stage.pid(GARANCE)
        stage.clock.now += 899
        stage.do(stage.front.lock_idle())
        assert not gone(pid)
        stage.clock.now += 1
        stage.do(stage.front.lock_idle())
        assert gone(pid)
        assert browser.get("/").status == 303
        assert "faute d’activité" in browser.get("/ouvrir").text

    def test_acts_keep_it_open_and_polling_does_not(self, stage: Stage) -> None:
        acting, polling = Browser(stage.port), Browser(stage.port)
        acting.unlock(GARANCE)
        polling.unlock(INES)
        for _ in range(3):
            stage.clock.now += 400
            acting.get("/patients")
            polling.get("/patients", X_Lanterne_Background="1")
        stage.do(stage.front.lock_idle())
        assert stage.front.workers.seats() == [GARANCE.seat]

    def test_the_front_s_own_pages_are_not_acts(self, stage: Stage) -> None:
        """/etat is asked by open pages, /static/ by anybody."""
        browser = Browser(stage.port)
        browser.unlock(GARANCE)
        stage.clock.now += 899
        browser.get("/etat")
        browser.get("/static/desk/lanterne.css")
        stage.clock.now += 1
        stage.do(stage.front.lock_idle())
        assert len(stage.front.workers) == 0

    def test_a_pc_that_wakes_locks_before_it_answers(self, stage: Stage) -> None:
        """The first request after a night's sleep may come before the timer does."""
        browser = Browser(stage.port)
        browser.unlock(GARANCE)
        pid = stage.pid(GARANCE)
        stage.clock.now += 8 * 3600
        assert browser.get("/patients").status == 303
        assert gone(pid)


class TestState:
    def test_it_tells_counts_and_no_secret(self, stage: Stage) -> None:
        browser = Browser(stage.port)
        assert browser.get("/etat").body == (
            b'{"unlocked": 0, "version": "0.1.0", "session": false, "locks_in_s": null}'
        )
        browser.unlock(GARANCE)
        stage.clock.now += 100
        answer = browser.get("/etat")
        assert '"unlocked": 1' in answer.text
        assert '"session": true, "locks_in_s": 800' in answer.text
        assert browser.jar["lanterne"] not in answer.text
        assert GARANCE.seat not in answer.text


class TestCrash:
    def test_the_user_is_told_on_the_unlock_page(self, stage: Stage) -> None:
        """Not a blank page, not a silent return to the start: what happened, and what is safe."""
        first, second = Browser(stage.port), Browser(stage.port)
        first.unlock(GARANCE)
        second.unlock(GARANCE)
        answer = first.get("/crash")
        assert (answer.status, answer.get("location")) == (303, "/ouvrir")
        for browser in (first, second):
            assert browser.get("/").status == 303
            page = browser.get("/ouvrir").text
            assert "s’est arrêté de façon inattendue" in page
            assert "enregistré l’est toujours" in page
        assert first.unlock(GARANCE).status == 303
        assert first.get("/").status == 200

    def test_killed_from_outside_while_nobody_asks(self, stage: Stage) -> None:
        browser, other = Browser(stage.port), Browser(stage.port)
        browser.unlock(GARANCE)
        other.unlock(INES)
        process = psutil.Process(stage.pid(GARANCE))
        process.kill()
        assert browser.get("/").status == 303
        assert "inattendue" in browser.get("/ouvrir").text
        assert other.get("/").told["seat"] == INES.seat
