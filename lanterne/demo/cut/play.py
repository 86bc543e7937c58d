"""What happens: two machines, a way between them that is cut, both go on writing, the way is back, one record.

Law: each sentence printed as checked was looked at on both machines' own disks, when it is said and not before; the
machines exchange by themselves, in the background, as `lanterne serve` does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from lanterne.demo.cut.cable import Cable
from lanterne.demo.cut.french import _
from lanterne.demo.cut.processes import Machine, RelayProcess, lanterne

GARANCE, THEO = "lampe tempete au bout du quai", "un velo rouge sous la pluie"
FIRST_NAMES = ("Jeanne", "Louise", "Marie")
"""Of the patients of each act."""
LOOK_S, WAIT_S = 0.2, 60.0


class Way(NamedTuple):
    """One way between the machines: how it is told to them and forgotten, what cuts it and what brings it back."""

    title: str
    kept: Callable[[], None]
    cut: Callable[[], None]
    back: Callable[[], None]
    forgotten: Callable[[], None]


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
        self.cable: Cable | None = None
        self.acts = 0

    # ------------------------------------------------------------------ before

    def prepare(self) -> None:
        """Found the practice, add the second machine in four steps, open both."""
        self.stick.mkdir()
        first, second = self.folder / "poste-1", self.folder / "poste-2"
        say(_("Un cabinet, son premier poste : Dr Garance Morel."))
        words = ("init", "--data", str(first), "--practice", "Cabinet des Lilas")
        seat = str(lanterne(*words, "--person", "Dr Garance Morel", secret=GARANCE)["seat"])
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
        """Together, cut, both write everything, together again, settled."""
        self.acts += 1
        say("")
        say(way.title)
        garance, theo = self.machines
        name = {"family": "MARTIN", "given": FIRST_NAMES[self.acts - 1]}
        patient = str(garance.ask("register", **name, born="1958-04-12", sex="female")["patient"])
        allergy = {"patient": patient, "substance": "Pénicilline"}
        known = str(garance.ask("allergy", **allergy, reaction="", criticality="low")["fact"])
        way.kept()
        self._until_same(_("avant la coupure, un seul dossier sur les deux postes"))
        way.cut()
        reactions = (_("Urticaire"), _("Œdème de Quincke"))
        letters = [
            self._write(
                machine, {**allergy, "reaction": reaction, "criticality": "high", "replaces": [known]}
            )
            for machine, reaction in zip(self.machines, reactions, strict=True)
        ]
        contents = self._contents()
        self.findings.check(
            _("coupés l’un de l’autre, aucun n’a ce que l’autre a écrit"),
            so=contents[0] != contents[1] and self._lettered(letters) == [1, 0, 0, 1],
        )
        way.back()
        self._until_same(_("le chemin rétabli, un seul dossier sur les deux postes"))
        self._until(
            _("les lettres classées pendant la coupure s’ouvrent sur les deux postes"),
            lambda: self._lettered(letters) == [1, 1, 1, 1],
        )
        self._doubts(patient, sorted(reactions))
        theo.ask("settle", patient=patient, reaction=reactions[1])
        self._until_same(_("départagé sur le poste de Théo, départagé sur les deux"))
        settled = [machine.ask("doubts", patient=patient) for machine in self.machines]
        self.findings.check(
            _("il ne reste rien à départager, sur aucun des deux"),
            so=all(one == {"overlaps": [], "values": []} for one in settled),
        )
        way.forgotten()

    def _write(self, machine: Machine, allergy: Mapping[str, Any]) -> str:
        """A new patient, a consultation, a letter, an appointment, another value of an allergy. The new patient."""
        name = {"family": f"DE {machine.who}", "given": FIRST_NAMES[self.acts - 1]}
        new = str(machine.ask("register", **name, born="1990-01-02", sex="female")["patient"])
        slot = f"{date.today() + timedelta(days=6 + self.acts)}T09:00"  # noqa: DTZ011 - a day on the wall
        done = [
            machine.ask("consult", patient=new, reason=_("Toux"), text=_("Vue pendant la coupure.")),
            machine.ask("file", patient=new, title=_("Courrier"), text=f"Cher confrère, {machine.who}. "),
            machine.ask("book", patient=new, practitioner=self.machines[0].person, start=slot),
            machine.ask("allergy", **allergy),
        ]
        said = _(
            "coupé, {machine} enregistre un patient, une consultation, une lettre, un rendez-vous, une allergie"
        )
        self.findings.check(said.format(machine=machine.name), so=all("entry" in one for one in done))
        return new

    def _doubts(self, patient: str, reactions: list[str]) -> None:
        """Both values and both appointments are shown on both machines; none was chosen for anybody."""
        for machine in self.machines:
            found = machine.ask("doubts", patient=patient)
            self.findings.check(
                _("{machine} montre à départager : deux rendez-vous à la même heure").format(
                    machine=machine.name
                ),
                so=len(found["overlaps"]) == 1,
            )
            self.findings.check(
                _("{machine} montre à départager : les deux valeurs de l’allergie").format(
                    machine=machine.name
                ),
                so=found["values"] == [reactions],
            )

    # ------------------------------------------------------------------ both

    def _contents(self) -> list[str]:
        return [str(machine.ask("content")["content"]) for machine in self.machines]

    def _lettered(self, patients: list[str]) -> list[int]:
        """Of each new patient, how many letters open on each machine; 0 where the patient is not known."""
        found = []
        for machine in self.machines:
            for patient in patients:
                known = machine.ask("knows", patient=patient)["known"]
                found.append(int(machine.ask("letters", patient=patient)["letters"]) if known else 0)
        return found

    def _until(self, said: str, so: Callable[[], bool]) -> None:
        """The machines exchange by themselves: it is looked at until it is so, a minute at most."""
        ends = time.monotonic() + WAIT_S
        while not (done := so()) and time.monotonic() < ends:
            time.sleep(LOOK_S)
        self.findings.check(said, so=done)

    def _until_same(self, said: str) -> None:
        contents: list[str] = []

        def same() -> bool:
            contents[:] = self._contents()
            return len(set(contents)) == 1

        ends = time.monotonic() + WAIT_S
        while not same() and time.monotonic() < ends:
            time.sleep(LOOK_S)
        self.findings.check(f"{said} ({contents[0][:12]})", so=len(set(contents)) == 1)

    # ------------------------------------------------------------------ after

    def end(self) -> None:
        """Every acknowledged entry is on both disks, nothing is damaged, nobody was accused."""
        say("")
        for machine in self.machines:
            machine.close()
        found = [machine.check() for machine in self.machines]
        acknowledged = {entry for machine in self.machines for entry in machine.acknowledged}
        self.findings.check(
            _("vérification complète : aucun défaut, sur aucun poste"),
            so=not any(one["faults"] for one in found),
        )
        self.findings.check(
            _("les deux postes ont le même contenu"), so=len({str(one["content"]) for one in found}) == 1
        )
        for machine in self.machines:
            self.findings.check(
                _("les {count} écritures dites « enregistrées » sont sur {machine}").format(
                    count=len(acknowledged), machine=machine.name
                ),
                so=acknowledged <= entries_of(machine.root),
            )
        alarms = [machine.sync("--state")["alarms"] for machine in self.machines]
        self.findings.check(
            _("aucune alerte : personne n’a menti, personne n’est accusé"), so=not any(alarms)
        )

    def stop(self) -> None:
        """Whatever happened."""
        self.relay.kill()
        for machine in self.machines:
            machine.stop()
        if self.cable is not None:
            self.cable.close()


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
    from lanterne.demo.cut.between import by_folder, by_network, by_relay

    began = time.monotonic()
    stage = Play(folder)
    try:
        stage.prepare()
        for way in (by_relay, by_folder, by_network):
            stage.act(way(stage))
        stage.end()
    finally:
        stage.stop()
    stage.findings.seconds = time.monotonic() - began
    return stage.findings
