"""What happens: two machines, a way between them that is cut, both go on writing, the way is back, one record.

Law: each sentence printed as checked was looked at on both machines' own disks, after the exchange and not before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from lanterne.demo.cut.french import _
from lanterne.demo.cut.processes import Machine, RelayProcess, lanterne

GARANCE, THEO = "lampe tempete au bout du quai", "un velo rouge sous la pluie"

FIRST_NAMES = ("Jeanne", "Louise", "Marie")
"""Of the patients of each act."""


class Way(NamedTuple):
    """One way between the machines: what cuts it, what brings it back, and how a machine exchanges by it."""

    title: str
    cut: Callable[[], None]
    back: Callable[[], None]
    exchange: Callable[[Machine], Mapping[str, Any]]


@dataclass
class Findings:
    """What was looked at, and what of it was not so."""

    checked: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def check(self, said: str, *, so: bool) -> None:
        """Print a sentence, and whether it is so."""
        self.checked += 1
        if not so:
            self.wrong.append(said)
        print("  " + (_("vérifié : ") if so else _("FAUX : ")) + said, flush=True)


class Play:
    """The demonstration, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings = Findings()
        self.relay = RelayProcess(folder / "relais")
        self.stick = folder / "cle-usb"
        self.machines: tuple[Machine, ...] = ()
        self.patient = ""
        self.acts = 0

    # ------------------------------------------------------------------ before

    def prepare(self) -> None:
        """Found the practice, add the second machine in four steps, open both."""
        self.stick.mkdir()
        first, second = self.folder / "poste-1", self.folder / "poste-2"
        say(_("Un cabinet, son premier poste : Dr Garance Morel."))
        words = (
            "init",
            "--data",
            str(first),
            "--practice",
            "Cabinet des Lilas",
            "--person",
            "Dr Garance Morel",
        )
        seat = str(lanterne(*words, secret=GARANCE)["seat"])
        say(_("Un second poste, ajouté en comparant un code : Dr Théo Lambert."))
        other = self._join(first, second)
        self.machines = (
            Machine(_("le poste de Garance"), first, seat, GARANCE, "garance"),
            Machine(_("le poste de Théo"), second, other, THEO, "theo"),
        )
        for machine in self.machines:
            machine.open()

    def _join(self, first: Path, second: Path) -> str:
        offer, request, answer = (str(self.folder / name) for name in ("offre", "demande", "reponse"))
        entries = str(self.folder / "journal")
        here, there = ("--data", str(first)), ("--data", str(second))
        whom = ("--name", "Dr Théo Lambert", "--role", "doctor")
        lanterne("device", "offer", *here, "--out", offer, *whom, secret=GARANCE)
        asked = ("--offer", offer, "--request", request, "--name", "Dr Théo Lambert")
        lanterne("device", "join", *there, *asked, secret=THEO)
        admit = ("device", "admit", *here, "--request", request, "--out", answer)
        lanterne(*admit, secret=GARANCE)
        shown = lanterne("device", "finish", *there, "--admission", answer)
        lanterne(*admit, "--code", shown["code"], "--entries", entries, secret=GARANCE)
        done = lanterne("device", "finish", *there, "--admission", answer, "--entries", entries)
        self.findings.check(
            _("le second poste est admis, et a reçu tout le journal"),
            so=done["admitted"] and not done["lacking"],
        )
        return str(done["seat"])

    # ------------------------------------------------------------------ one way

    def act(self, way: Way) -> None:
        """Together, cut, both write everything, together again."""
        self.acts += 1
        say("")
        say(way.title)
        garance, _theo = self.machines
        patient, allergy = self._begin(garance)
        self._exchange(way)
        self._same(_("avant la coupure, un seul dossier sur les deux postes"))
        way.cut()
        silent = [way.exchange(machine)["exchange"] for machine in self.machines]
        self.findings.check(
            _("coupé : aucun des deux postes n’échange plus, et chacun le dit"),
            so=all(done["why"] and not done["whole"] for done in silent),
        )
        self._write_apart(patient, allergy)
        self.findings.check(
            _("coupés l’un de l’autre, les deux postes ont écrit : leurs contenus diffèrent"),
            so=len(set(self._contents())) == 2,
        )
        way.back()
        self._exchange(way)
        self._same(_("le chemin rétabli, un seul dossier sur les deux postes"))
        self._settle(patient)

    def _begin(self, machine: Machine) -> tuple[str, str]:
        """A patient with an allergy both know of."""
        jeanne = {
            "family": "MARTIN",
            "given": FIRST_NAMES[self.acts - 1],
            "born": "1958-04-12",
            "sex": "female",
        }
        patient = str(machine.ask("register", **jeanne)["patient"])
        allergy = machine.ask(
            "allergy", patient=patient, substance="Pénicilline", reaction="", criticality="low"
        )
        return patient, str(allergy["fact"])

    def _write_apart(self, patient: str, allergy: str) -> None:
        reactions = (_("Urticaire"), _("Œdème de Quincke"))
        for machine, reaction in zip(self.machines, reactions, strict=True):
            paul = {"family": f"DE {machine.who}", "given": FIRST_NAMES[self.acts - 1]}
            new = machine.ask("register", **paul, born="1990-01-02", sex="female")
            consult = machine.ask(
                "consult", patient=new["patient"], reason=_("Toux"), text=_("Vu pendant la coupure.")
            )
            changed = machine.ask(
                "allergy", patient=patient, substance="Pénicilline", reaction=reaction, criticality="high",
                replaces=[allergy],
            )  # fmt: skip
            done = ("entry" in one for one in (new, consult, changed))
            self.findings.check(
                _(
                    "{machine} écrit un nouveau patient, une consultation et une autre valeur de l’allergie"
                ).format(machine=machine.name),
                so=all(done),
            )

    def _settle(self, patient: str) -> None:
        """Both values are shown on both machines; none was chosen for anybody."""
        for machine in self.machines:
            found = machine.ask("allergies", patient=patient)["allergies"]
            self.findings.check(
                _("{machine} montre les deux valeurs de l’allergie, à départager").format(
                    machine=machine.name
                ),
                so=len(found) == 2 and all(one["conflict"] for one in found),
            )

    # ------------------------------------------------------------------ both

    def _exchange(self, way: Way) -> None:
        """Until both have all: what the second gives, the first takes at its next exchange."""
        first, second = self.machines
        done = [way.exchange(machine)["exchange"] for machine in (first, second, first)]
        for machine, one in zip((first, second, first), done, strict=True):
            if not one["whole"]:
                self.findings.check(
                    _("{machine} échange : {why}").format(machine=machine.name, why=one["why"]), so=False
                )

    def _contents(self) -> list[str]:
        return [str(machine.ask("content")["content"]) for machine in self.machines]

    def _same(self, said: str) -> None:
        contents = self._contents()
        self.findings.check(f"{said} ({contents[0][:12]})", so=len(set(contents)) == 1)

    # ------------------------------------------------------------------ after

    def end(self) -> None:
        """Every acknowledged entry is on both disks, nothing is damaged, nobody was accused."""
        say("")
        for machine in self.machines:
            machine.close()
        found = [machine.check() for machine in self.machines]
        acknowledged = {entry for machine in self.machines for entry in machine.acknowledged}
        self.findings.check(_("vérification complète : aucun défaut, sur aucun poste"),
                            so=not any(one["faults"] for one in found))  # fmt: skip
        self.findings.check(_("les deux postes ont le même contenu"),
                            so=len({str(one["content"]) for one in found}) == 1)  # fmt: skip
        for machine in self.machines:
            lost = acknowledged - entries_of(machine.root)
            self.findings.check(
                _("les {count} écritures dites « enregistrées » sont sur {machine}").format(
                    count=len(acknowledged), machine=machine.name
                ),
                so=not lost,
            )
        alarms = [machine.sync("--state")["alarms"] for machine in self.machines]
        self.findings.check(
            _("aucune alerte : personne n’a menti, personne n’est accusé"), so=not any(alarms)
        )

    # ------------------------------------------------------------------ the ways

    def by_relay(self) -> Way:
        """The relay, killed and started again on what its disk kept."""
        return Way(
            _("Par le relais, tué puis relancé."),
            self.relay.kill,
            self.relay.start,
            lambda machine: machine.sync("--relay", self.relay.url),
        )

    def by_folder(self) -> Way:
        """A stick, taken away and put back."""
        away = self.stick.with_name("cle-usb-partie")
        return Way(
            _("Par un dossier seul (une clé USB), retiré puis remis."),
            lambda: self._move(self.stick, away),
            lambda: self._move(away, self.stick),
            lambda machine: machine.sync("--folder", str(self.stick)),
        )

    def _move(self, here: Path, there: Path) -> None:
        here.rename(there)


def entries_of(root: Path) -> set[str]:
    """The hashes of every entry on the disk of a machine."""
    from lanterne.journal.journal import Journal
    from lanterne.wire.names import Stream

    journal = Journal.open(root)
    return {one.entry.head.hash for stream in Stream for one in journal.since(stream)}


def say(text: str) -> None:
    """A sentence for who watches."""
    print(text, flush=True)


def play(folder: Path) -> Findings:
    """The whole of it. Raises Broken when a process did not do what it was asked."""
    began = time.monotonic()
    stage = Play(folder)
    try:
        stage.prepare()
        stage.relay.start()
        stage.act(stage.by_relay())
        stage.relay.kill()
        stage.act(stage.by_folder())
        stage.end()
    finally:
        stage.relay.kill()
        for machine in stage.machines:
            machine.stop()
    stage.findings.seconds = time.monotonic() - began
    return stage.findings
