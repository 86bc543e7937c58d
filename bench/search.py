"""Search and its fold: milliseconds a keystroke among 1,500, 22,500 and 100,000 patients.

The population is drawn with a seed from French-like names: a few very common ones, tens of thousands of rare
ones. Rows are made by the room's own `refresh` over encrypted tables; queries are drawn from the population,
every kind a person types. What bounds it: matching the words (Python), and for a query of one or two letters
the size of what it finds.
"""

from __future__ import annotations

import gc
import platform
import random
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import msgspec
import psutil

from lanterne.practice.kinds import to_raw
from lanterne.practice.patients import folding, queries
from lanterne.practice.patients import search as searching
from lanterne.practice.patients.facts import ContactsRecorded, PatientIdentified, Phone
from lanterne.practice.patients.index import Index
from lanterne.practice.patients.search import search
from lanterne.practice.tables import Connection, Tables

SEED = 20_260_302
TODAY = date(2026, 3, 2)
SIZES = tuple(int(argument) for argument in sys.argv[1:]) or (1_500, 22_500, 100_000)
QUERIES = 400

STARTS = [
    "ba",
    "be",
    "bi",
    "bo",
    "bou",
    "bru",
    "ca",
    "cha",
    "che",
    "co",
    "cou",
    "cra",
    "da",
    "de",
    "du",
    "dou",
    "fa",
    "fe",
    "fon",
    "fra",
    "ga",
    "ger",
    "go",
    "gui",
    "gra",
    "ha",
    "he",
    "hu",
    "ja",
    "je",
    "jo",
    "ju",
    "ka",
    "la",
    "le",
    "lo",
    "lu",
    "ma",
    "me",
    "mi",
    "mo",
    "mou",
    "na",
    "ni",
    "no",
    "o",
    "pa",
    "pe",
    "pi",
    "po",
    "pra",
    "qui",
    "ra",
    "re",
    "ri",
    "ro",
    "rou",
    "sa",
    "se",
    "si",
    "so",
    "ta",
    "te",
    "thi",
    "to",
    "tou",
    "tra",
    "va",
    "ve",
    "vi",
    "vo",
    "vin",
    "wa",
    "ya",
]
MIDDLES = [
    "ba",
    "be",
    "bi",
    "bli",
    "cha",
    "che",
    "da",
    "de",
    "di",
    "du",
    "fa",
    "ga",
    "gni",
    "la",
    "le",
    "li",
    "llo",
    "lo",
    "ma",
    "me",
    "mi",
    "na",
    "ne",
    "ni",
    "no",
    "pi",
    "ra",
    "re",
    "ri",
    "ro",
    "sa",
    "se",
    "ssi",
    "ta",
    "te",
    "ti",
    "va",
    "ve",
]
ENDS = [
    "ard",
    "aud",
    "ault",
    "eau",
    "el",
    "en",
    "er",
    "et",
    "eux",
    "ez",
    "i",
    "ie",
    "ier",
    "in",
    "ine",
    "is",
    "it",
    "ois",
    "on",
    "ot",
    "oux",
    "ric",
    "rd",
    "rt",
    "s",
    "son",
    "t",
    "tier",
    "ux",
    "y",
]
GIVEN = [
    "Jean",
    "Marie",
    "Pierre",
    "Michel",
    "André",
    "Philippe",
    "Alain",
    "Nicolas",
    "Christophe",
    "Camille",
    "Hélène",
    "Françoise",
    "Monique",
    "Catherine",
    "Nathalie",
    "Isabelle",
    "Jacqueline",
    "Anne",
    "Sylvie",
    "Martine",
    "Madeleine",
    "Nicole",
    "Suzanne",
    "Hélène",
    "Christine",
    "Thomas",
    "Léa",
    "Emma",
    "Lucas",
    "Hugo",
    "Louis",
    "Chloé",
    "Inès",
    "Zoé",
    "Yann",
    "Maëlle",
    "Aminata",
    "Mohamed",
    "Fatima",
    "Karim",
    "Thi",
    "Mai",
    "Émile",
    "Noël",
    "Gérard",
    "Gilles",
    "Xavier",
    "Élodie",
    "Aurélie",
    "Céline",
    "Maxime",
]


def surnames(random_: random.Random, count: int) -> list[str]:
    """Distinct surnames; the distribution below uses the first ones most."""
    found: dict[str, None] = {}
    while len(found) < count:
        name = (
            random_.choice(STARTS)
            + "".join(random_.choices(MIDDLES, k=random_.randint(0, 2)))
            + random_.choice(ENDS)
        )
        if random_.random() < 0.05:
            name = random_.choice(("le ", "de ", "d'", "de la ", "el ")) + name
        found[name.title()] = None
    return list(found)


def given_names(random_: random.Random) -> list[str]:
    """One to three; some compound."""
    names = random_.sample(GIVEN, k=random_.choice((1, 2, 2, 3)))
    if random_.random() < 0.08:
        names[0] = f"{names[0]}-{random_.choice(GIVEN)}"
    return names


def populate(connection: Connection, random_: random.Random, size: int) -> list[PatientIdentified]:
    """Facts of a practice of this size, as the folder would insert them, before the room's own fold."""
    names = surnames(random_, max(1_000, size // 3))
    ranks = [1 / (position + 8) for position in range(len(names))]
    families = random_.choices(names, ranks, k=size)
    for number, kind in ((1, PatientIdentified.KIND), (2, ContactsRecorded.KIND)):
        connection.execute("INSERT INTO kind VALUES (?, ?)", (number, kind))
    people, facts, latest, subjects = [], [], [], []
    for number, family in enumerate(families, 1):
        born = date(1930, 1, 1) + timedelta(days=random_.randrange(35_000))
        given = given_names(random_)
        who = PatientIdentified(
            birth_name=family, first_given=given[0], given_names=given, birth_date=born.isoformat(),
            used_name=random_.choice(names) if random_.random() < 0.25 else "", sex=random_.choice(("female", "male")),
        )  # fmt: skip
        reach = ContactsRecorded(
            phones=[Phone(number=f"06 {random_.randrange(100_000_000):08}")], city="Rouen"
        )
        people.append(who)
        subjects.append((number, random_.randbytes(16)))
        for kind, body in ((1, who), (2, reach)):
            fact = number * 2 + kind
            facts.append((fact, random_.randbytes(16), number, 0, 1, kind, 1, number, None, None, pack(body)))
            latest.append((kind, number, "", fact))
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO subject VALUES (?,?)", subjects)
    connection.executemany("INSERT INTO fact VALUES (?,?,?,?,?,?,?,?,?,?,?)", facts)
    connection.executemany("INSERT INTO latest VALUES (?,?,?,?)", latest)
    connection.execute("COMMIT")
    return people


def pack(body: PatientIdentified | ContactsRecorded) -> bytes:
    """The body as the journal carries it."""
    return msgspec.msgpack.encode(to_raw(body))


def misspell(random_: random.Random, word: str) -> str:
    """One slip: a letter lost, doubled, changed or exchanged with the next."""
    if len(word) < 4:
        return word
    at = random_.randrange(1, len(word) - 1)
    slip = random_.randrange(4)
    if slip == 0:
        return word[:at] + word[at + 1 :]
    if slip == 1:
        return word[:at] + word[at] + word[at:]
    if slip == 2:
        return word[:at] + random_.choice("aeioubcdlmnrst") + word[at + 1 :]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


KINDS: dict[str, Callable[[random.Random, PatientIdentified], str]] = {
    "one letter": lambda _r, who: who.birth_name[:1],
    "two letters": lambda _r, who: who.birth_name[:2],
    "two initials": lambda _r, who: f"{who.birth_name[:1]} {who.first_given[:1]}",
    "prefix": lambda r, who: who.birth_name[: r.randint(3, 5)],
    "inside": lambda _r, who: who.birth_name[1:5],
    "name": lambda _r, who: who.birth_name,
    "name and given": lambda _r, who: f"{who.first_given} {who.birth_name}",
    "prefixes": lambda r, who: f"{who.birth_name[:4]} {who.first_given[: r.randint(1, 4)]}",
    "misspelt": lambda r, who: misspell(r, who.birth_name),
    "misspelt and given": lambda r, who: f"{misspell(r, who.birth_name)} {misspell(r, who.first_given)}",
    "birth date": lambda _r, who: date.fromisoformat(who.birth_date).strftime("%d/%m/%Y"),
    "birth year": lambda _r, who: who.birth_date[:4],
    "name and year": lambda _r, who: f"{who.birth_name[:4]} {who.birth_date[:4]}",
    "phone": lambda r, _who: f"06 {r.randrange(100):02} {r.randrange(100):02}",
    "name and phone": lambda r, who: f"{who.birth_name[:3]} 06 {r.randrange(100):02}",
    "nobody": lambda r, _who: "".join(r.choices("bcdfghjklmnpqrstvwxz", k=9)),
}


def measure(size: int, folder: Path) -> None:
    """One size: fold, read the index, search, and what a change costs."""
    random_ = random.Random(SEED)
    tables = Tables(folder, f"bench{size}", secrets.token_bytes(32)).begin_generation()
    connection = tables.read()
    people = populate(connection, random_, size)
    gc.disable()
    started = time.perf_counter()
    connection.execute("BEGIN")
    folding.refresh(connection, range(1, size + 1), bulk=True)
    connection.execute("COMMIT")
    fold_s = time.perf_counter() - started
    gc.enable()
    gc.collect()
    gc.freeze()  # the population is the bench's own; the collector of a worker never walks it
    started = time.perf_counter()
    search(connection, "martin", today=TODAY)
    index_s = time.perf_counter() - started
    memory = weight(searching._snapshot(connection).base)
    print(
        f"\n{size:,} patients: fold {fold_s:.2f} s · index read in {index_s * 1000:.0f} ms, {memory / 2**20:.0f} MiB"
    )
    everything: list[float] = []
    for kind, typed in KINDS.items():
        times, found_them = [], 0
        for _ in range(QUERIES):
            who = random_.choice(people)
            query = typed(random_, who)
            started = time.perf_counter()
            hits = search(connection, query, today=TODAY).hits
            times.append((time.perf_counter() - started) * 1000)
            found_them += any(hit.birth_name == who.birth_name for hit in hits)
        everything += times
        print(f"  {kind:20} {summary(times)}   that name among the twenty: {found_them * 100 // QUERIES:3} %")
    print(f"  {'all':20} {summary(everything)}")
    changed = []
    for number in range(1, 41):
        connection.execute("BEGIN")
        folding.refresh(connection, [number])
        connection.execute("COMMIT")
        started = time.perf_counter()
        search(connection, people[number].birth_name, today=TODAY)
        changed.append((time.perf_counter() - started) * 1000)
    print(f"  {'after a change':20} {summary(changed)}")
    suspects = []
    for who in random_.choices(people, k=100):
        started = time.perf_counter()
        queries.suspected_of(connection, who)
        suspects.append((time.perf_counter() - started) * 1000)
    print(f"  {'who looks alike':20} {summary(suspects)}")
    started = time.perf_counter()
    pairs = queries.suspected_everywhere(connection, limit=size)
    print(f"  every pair of the practice: {len(pairs):,} suspected, {time.perf_counter() - started:.2f} s")
    searching.forget()
    tables.close()


def weight(index: Index) -> int:
    """Bytes an index holds."""
    parts = [
        index.subjects,
        index.survivors,
        index.names,
        *index.names,
        index.numbers,
        index.starts,
        index.words,
    ]
    parts += [
        *index.words,
        index.family,
        *index.family,
        index.given,
        *index.given,
        index.text,
        index.word_starts,
        index.sounds,
    ]
    parts += [*index.sounds, *index.sounds.values()]
    return sum(map(sys.getsizeof, parts))


def summary(times: list[float]) -> str:
    """p50, p99 and the worst."""
    ordered = sorted(times)
    return (
        f"p50 {statistics.median(ordered):6.2f} ms   p99 {ordered[int(len(ordered) * 0.99) - 1]:6.2f} ms"
        f"   worst {ordered[-1]:6.2f} ms"
    )


def main() -> None:
    """Every size in turn."""
    print(
        f"{platform.machine()}, {psutil.cpu_count()} cores, Python {platform.python_version()}, seed {SEED}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            measure(size, Path(folder))


if __name__ == "__main__":
    main()
