"""The processes of the demonstration: the command line, a relay that can be killed, a machine at work.

Law: each is a process of its own that ends with the demonstration; what fails says its own words.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAM = (sys.executable, "-m", "lanterne")
WAIT_S = 120.0


class Broken(Exception):
    """A process of the demonstration did not do what it was asked; its own words say why."""


def lanterne(*words: str, secret: str = "", may_refuse: bool = False) -> Any:
    """Run a verb of the command line and return what it says in JSON.

    Raises:
        Broken: it ended otherwise than done (or refused, when that is expected).
    """
    environment = {**os.environ, "LANTERNE_PASSPHRASE": secret} if secret else dict(os.environ)
    done = subprocess.run(
        [*PROGRAM, *words, "--json"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=WAIT_S,
    )
    if done.returncode not in ((0, 1) if may_refuse else (0,)) or not done.stdout:
        raise Broken(f"lanterne {' '.join(words)} ({done.returncode}) : {done.stderr or done.stdout}")
    return json.loads(done.stdout)


@dataclass
class RelayProcess:
    """`lanterne relay` on this machine, at one port for all its lives."""

    root: Path
    port: int = 0
    url: str = ""
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Returns when it serves. Raises Broken."""
        words = ("relay", "--data", str(self.root), "--port", str(self.port), "--open", "10", "--json")
        self.process = subprocess.Popen(
            [*PROGRAM, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        said = self.process.stdout.readline() if self.process.stdout is not None else ""
        if not said:
            raise Broken("lanterne relay")
        self.url = str(json.loads(said)["url"])
        self.port = int(self.url.rpartition(":")[2])

    def kill(self) -> None:
        """kill -9 (on Windows, as hard): it has no time for anything."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(WAIT_S)
            if self.process.stdout is not None:
                self.process.stdout.close()
            self.process = None


@dataclass
class Machine:
    """One machine: its data directory, a process that writes there under the seat of who works at it, and the process
    that exchanges in the background, as `lanterne serve` starts it.
    """

    name: str
    root: Path
    seat: str
    secret: str
    who: str
    person: str = ""
    acknowledged: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None
    carrier: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Returns when the passphrase was taken. Raises Broken."""
        words = ("-m", "lanterne.demo.cut.machine", str(self.root), self.seat)
        self.process = subprocess.Popen(
            [sys.executable, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._say(self.secret)
        self.person = str(self._hear("open")["person"])
        self.carrier = subprocess.Popen(
            [sys.executable, "-m", "lanterne.sync.carrier"], stdin=subprocess.PIPE
        )
        if self.carrier.stdin is not None:
            self.carrier.stdin.write(json.dumps({"data": str(self.root)}).encode() + b"\n")
            self.carrier.stdin.flush()

    def ask(self, do: str, **words: Any) -> dict[str, Any]:
        """One order, carried out when this returns. Raises Broken."""
        self._say(json.dumps({"do": do, **words}))
        answer = self._hear(do)
        if "refused" in answer:
            raise Broken(f"{self.name}, {do} : {answer['refused']}")
        if "entry" in answer:
            self.acknowledged += [str(one) for one in answer.get("entries", [answer["entry"]])]
        return answer

    def sync(self, *way: str) -> Mapping[str, Any]:
        """`lanterne sync`, in a process that opens nothing: what it says."""
        told: Mapping[str, Any] = lanterne("sync", "--data", str(self.root), *way, may_refuse=True)
        return told

    def check(self) -> Mapping[str, Any]:
        """`lanterne check`: what it says."""
        words = ("check", "--data", str(self.root), "--as", self.who)
        told: Mapping[str, Any] = lanterne(*words, secret=self.secret, may_refuse=True)
        return told

    def close(self) -> None:
        """End of the day: whoever works there leaves, and the background with them."""
        if self.process is not None:
            self.process.communicate(timeout=WAIT_S)
            self.process = None
        if self.carrier is not None:
            self.carrier.communicate(timeout=WAIT_S)
            self.carrier = None

    def stop(self) -> None:
        """Whatever happened."""
        for process in (self.process, self.carrier):
            if process is not None:
                process.kill()
                process.communicate()
        self.process = self.carrier = None

    def _say(self, line: str) -> None:
        if self.process is None or self.process.stdin is None:
            raise Broken(self.name)
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def _hear(self, asked: str) -> dict[str, Any]:
        said = self.process.stdout.readline() if self.process and self.process.stdout else ""
        if not said:
            raise Broken(f"{self.name} : {asked}")
        answer: dict[str, Any] = json.loads(said)
        return answer
