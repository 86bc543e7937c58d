"""Families: who lives together, of which ages, under which names.

Law: household number n of a seed is always the same, whatever the number of patients asked for; a mother is 18 to
44 years older than her child; those who live together share address and fixed telephone.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from lanterne.demo import names, places
from lanterne.demo.events import digest, later, working_day, years_between
from lanterne.demo.names import Sex
from lanterne.demo.places import Place
from lanterne.reference.starter import fold
from lanterne.wire.names import PatientId

HISTORY_DAYS = 3680
"""How long the practice has been writing: ten years and a month."""


@dataclass(slots=True)
class Home:
    """What a household shares."""

    number: int
    address: str
    postcode: str
    city: str
    phone: str
    country: str = ""


@dataclass(slots=True)
class Person:
    """One patient to be. `registered` is the day the practice first wrote about them; `mother`, `partner` are
    patients.
    """

    patient: PatientId
    sex: Sex
    birth_name: str
    given: tuple[str, ...]
    born: date
    birth_place: Place
    home: Home
    registered: date
    used_name: str = ""
    mobile: str = ""
    email: str = ""
    mother: Person | None = None
    partner: Person | None = None
    relatives: list[tuple[Person, str]] = field(default_factory=list)

    def age(self, day: date) -> int:
        """Whole years on a day."""
        return years_between(self.born, day)

    @property
    def family_name(self) -> str:
        """The name the person is called by."""
        return self.used_name or self.birth_name

    @property
    def female(self) -> bool:
        """For words that agree."""
        return self.sex == "female"


KINDS = (
    ("couple_children", 24),
    ("single", 19),
    ("old_couple", 22),
    ("old_single", 17),
    ("single_parent", 8),
    ("young_couple", 7),
    ("three_generations", 6),
)


class Draw:
    """Draws the people of one household."""

    def __init__(self, seed: int, number: int, today: date) -> None:
        self.rng = random.Random(f"{seed}/household/{number}")
        self.seed = seed
        self.number = number
        self.today = today
        self.members: list[Person] = []
        self.origin = self._origin()
        street, postcode, city = places.address(self.rng)
        country = self.origin[1] if self.origin else ""
        self.home = Home(number, street, postcode, city, places.landline(self.rng), country)
        self.arrival = self._arrival()

    def _origin(self) -> tuple[int, str, str, str, str] | None:
        if self.rng.random() >= 0.15:
            return None
        return self.rng.choices(names.ORIGINS, [line[0] for line in names.ORIGINS])[0]

    def _arrival(self) -> date:
        start = self.today - timedelta(days=HISTORY_DAYS)
        span = 420 if self.rng.random() < 0.6 else HISTORY_DAYS - 60
        return working_day(start + timedelta(days=self.rng.randrange(1, span)))

    def family_name(self) -> str:
        """A family name of the household's origin."""
        rng = self.rng
        if self.origin:
            return names.family_name(rng.choice(self.origin[2].split()))
        first = names.family_name(rng.choice(names.FAMILY))
        if rng.random() < 0.05:
            second = names.family_name(rng.choice(names.FAMILY))
            return f"{first}-{second}" if second != first else first
        return first

    def given(self, sex: Sex, born: date, taken: tuple[str, ...] = ()) -> tuple[str, ...]:
        """One to three given names of the time, the first not already taken at home."""
        rng = self.rng
        table = names.GIVEN[sex][names.decade(born.year)]
        if self.origin:
            women, men = self.origin[3], self.origin[4]
            table = tuple((women if sex == "female" else men).split())
        free = [name for name in table if name not in taken] or list(table)
        first = rng.choice(free)
        others = [name for name in table if name != first]
        rng.shuffle(others)
        return (first, *others[: rng.choice((0, 1, 2, 2))])

    def birthday(self, age: int) -> date:
        """A day of birth of somebody who has that age today."""
        return self.today - timedelta(days=age * 365 + age // 4 + self.rng.randrange(2, 360))

    def person(self, sex: Sex, born: date, name: str, *, abroad: bool = False) -> Person:
        """Add somebody to the household."""
        rng = self.rng
        taken = tuple(member.given[0] for member in self.members)
        country = places.COUNTRIES[self.origin[1]] if self.origin and abroad else None
        registered = max(self.arrival, working_day(born + timedelta(days=rng.randrange(8, 30))))
        age_then = years_between(born, registered)
        if age_then > 3 and registered == self.arrival:
            registered = working_day(registered + timedelta(days=rng.randrange(0, 150)))
        person = Person(
            patient=PatientId(digest("patient", self.seed, self.number, len(self.members))),
            sex=sex,
            birth_name=name,
            given=self.given(sex, born, taken),
            born=born,
            birth_place=country or rng.choice(places.TOWNS),
            home=self.home,
            registered=min(registered, self.today - timedelta(days=9)),
        )
        if years_between(born, self.today) >= 15:
            person.mobile = places.mobile(rng)
        self.members.append(person)
        return person

    def couple(self, age: int) -> tuple[Person, Person]:
        """A man and a woman of about that age, married or not."""
        rng = self.rng
        man_name, woman_name = self.family_name(), self.family_name()
        abroad = rng.random() < 0.6
        man = self.person("male", self.birthday(age), man_name, abroad=abroad)
        woman = self.person(
            "female",
            self.birthday(max(20, age - rng.choice((-2, 0, 1, 2, 3, 4, 6)))),
            woman_name,
            abroad=abroad,
        )
        taken_name = {True: 0.9, False: 0.35}[woman.born.year < 1965] if woman.born.year < 1985 else 0.3
        if rng.random() < taken_name and man_name != woman_name:
            joined = f"{woman_name}-{man_name}"
            woman.used_name = joined if rng.random() < 0.08 and len(joined) < 24 else man_name
        man.partner, woman.partner = woman, man
        return man, woman

    def children(self, mother: Person, father: Person | None, how_many: int, *, at_home: bool = True) -> None:
        """Children still at home, born when the mother was 20 to 41, under 24 today, 18 months apart at least."""
        rng = self.rng
        name = father.birth_name if father else mother.birth_name
        if father and rng.random() < 0.08 and "-" not in father.birth_name + mother.birth_name:
            name = f"{father.birth_name}-{mother.birth_name}"
        latest = self.today - timedelta(days=20)
        oldest = max(later(mother.born, 20 * 12), date(self.today.year - 23, 1, 1))
        youngest = min(later(mother.born, 41 * 12), latest)
        born = oldest + timedelta(days=rng.randrange(0, 4 * 365))
        for _ in range(how_many):
            if born > youngest or not at_home:
                return
            child = self.person("female" if rng.random() < 0.49 else "male", born, name)
            child.mother = mother
            child.birth_place = rng.choice(places.TOWNS) if rng.random() < 0.3 else places.TOWNS[0]
            for parent, word in ((mother, "mère"), (father, "père")):
                if parent is not None:
                    child.relatives.append((parent, word))
            born += timedelta(days=rng.randrange(18 * 30, 5 * 365))


def draw(seed: int, number: int, today: date) -> list[Person]:
    """The members of household `number`, parents first."""
    household = Draw(seed, number, today)
    rng = household.rng
    kind = rng.choices([name for name, _ in KINDS], [weight for _, weight in KINDS])[0]
    _BUILD[kind](household)
    for person in household.members:
        if person.mobile and rng.random() < 0.45 and person.age(today) < 85:
            person.email = _email(person, rng)
        if person.partner is not None:
            person.relatives.append((person.partner, "épouse" if person.partner.female else "époux"))
    return household.members


def _email(person: Person, rng: random.Random) -> str:
    first, last = fold(person.given[0]).replace(" ", "-"), fold(person.family_name).replace(" ", "-")
    return f"{first}.{last}{rng.choice(('', '', str(person.born.year % 100)))}@example.org"


def _couple_children(house: Draw) -> None:
    father, mother = house.couple(house.rng.randint(29, 52))
    house.children(mother, father, house.rng.choice((1, 2, 2, 2, 3, 3, 4)))


def _single(house: Draw) -> None:
    sex: Sex = "female" if house.rng.random() < 0.5 else "male"
    house.person(
        sex, house.birthday(house.rng.randint(19, 68)), house.family_name(), abroad=house.rng.random() < 0.5
    )


def _old_couple(house: Draw) -> None:
    house.couple(house.rng.randint(63, 90))


def _old_single(house: Draw) -> None:
    rng = house.rng
    sex: Sex = "female" if rng.random() < 0.72 else "male"
    person = house.person(
        sex, house.birthday(rng.randint(70, 96)), house.family_name(), abroad=rng.random() < 0.5
    )
    if sex == "female" and rng.random() < 0.75:
        person.used_name = house.family_name()


def _single_parent(house: Draw) -> None:
    rng = house.rng
    mother = house.person(
        "female", house.birthday(rng.randint(27, 50)), house.family_name(), abroad=rng.random() < 0.4
    )
    house.children(mother, None, rng.choice((1, 1, 2, 2, 3)))


def _young_couple(house: Draw) -> None:
    house.couple(house.rng.randint(22, 38))


def _three_generations(house: Draw) -> None:
    rng = house.rng
    father, mother = house.couple(rng.randint(36, 50))
    house.children(mother, father, rng.choice((1, 2, 2, 3)))
    grandmother = house.person(
        "female",
        later(mother.born, -12 * rng.randint(21, 33)),
        house.family_name(),
        abroad=rng.random() < 0.8,
    )
    grandmother.used_name = mother.birth_name
    mother.mother = grandmother
    mother.relatives.append((grandmother, "mère"))
    grandmother.relatives.append((mother, "fille"))


_BUILD = {
    "couple_children": _couple_children,
    "single": _single,
    "old_couple": _old_couple,
    "old_single": _old_single,
    "single_parent": _single_parent,
    "young_couple": _young_couple,
    "three_generations": _three_generations,
}
