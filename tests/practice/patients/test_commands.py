"""Registering and correcting patients: what is written, and every refusal with its field."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec
import pytest

from lanterne.practice.commands import Look
from lanterne.practice.errors import Refusal, UnknownPatient
from lanterne.practice.patients import ins, queries
from lanterne.practice.patients.commands import (
    CorrectIdentity,
    DuplicateSuspected,
    RecordAttending,
    RecordContacts,
    RecordDeath,
    RegisterPatient,
)
from lanterne.practice.patients.facts import (
    AttendingRecorded,
    ContactsRecorded,
    Ins,
    PatientIdentified,
    Phone,
    Relative,
)
from lanterne.practice.patients.rules import SENTENCES, WARNINGS, warnings
from lanterne.practice.patients.tying import MergePatients
from lanterne.practice.rights import Right
from lanterne.wire.names import FactId, PatientId
from tests.practice.patients.book import GARANCE, NOON_MS, Book, Written

JEAN = PatientIdentified(birth_name="Baptiste", first_given="Jean", birth_date="12/6/48", sex="male")
QUALIFIED = PatientIdentified(
    birth_name="Cœur", first_given="Zoé", given_names=["Zoé", "Marie"], sex="female", birth_date="1952-04-13",
    birth_place_code="76540", ins=Ins(matricule="252047654000118"), status="qualified",
)  # fmt: skip


def but(identity: PatientIdentified, **fields: Any) -> PatientIdentified:
    return msgspec.structs.replace(identity, **fields)


def refused(book: Book, command: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        book.do(command)
    assert caught.value.code in SENTENCES, "a refusal without a sentence"
    sentence = SENTENCES[caught.value.code]
    assert sentence % caught.value.params, "the sentence needs a parameter that the refusal does not carry"
    return caught.value


def identity(book: Book, patient: PatientId) -> queries.Identity:
    found = queries.identity(book.connection, patient)
    assert found is not None
    return found


def test_registering_writes_one_entry_with_everything() -> None:
    book = Book()
    contacts = ContactsRecorded(
        phones=[Phone(number=" 06 39 98 12 34 "), Phone(number="")], postcode="76000", city="Rouen",
        address="3 rue des Lilas\n\n Bâtiment  B ", relatives=[Relative(name="Zoé", trusted=True), Relative(name="")],
    )  # fmt: skip
    facts = book.do(RegisterPatient(JEAN, contacts, AttendingRecorded(name="Dr Morel", rpps="10003456786")))
    assert len({fact.patient for fact in facts}) == 1
    patient = facts[0].patient
    assert patient is not None
    assert identity(book, patient).birth_date == "1948-06-12"
    reached = queries.contacts(book.connection, patient)
    assert reached is not None
    assert [phone.number for phone in reached.body.phones] == ["06 39 98 12 34"]
    assert reached.body.address == "3 rue des Lilas\nBâtiment B"
    assert [relative.name for relative in reached.body.relatives] == ["Zoé"]
    attending = queries.attending(book.connection, patient)
    assert attending is not None
    assert attending.body.rpps == "10003456786"


def test_what_was_typed_is_what_is_kept() -> None:
    book = Book()
    patient = book.register("  de la  Tour-d’Auvergne ", "Jean-Noe\u0308l", "3 avril 1952")
    found = identity(book, patient)
    assert (found.birth_name, found.first_given) == ("de la Tour-d’Auvergne", "Jean-Noël")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"birth_name": " "}, "birth_name_missing", "birth_name"),
        ({"first_given": ""}, "first_given_missing", "first_given"),
        ({"birth_name": "Dup0nt"}, "name_unreadable", "birth_name"),
        ({"used_name": "<b>"}, "name_unreadable", "used_name"),
        ({"given_names": ["Jean", "--"]}, "name_unreadable", "given_names"),
        ({"birth_name": "A" * 101}, "text_too_long", "birth_name"),
        ({"given_names": ["A"] * 13}, "too_many", "given_names"),
        ({"sex": "m"}, "sex_unknown_word", "sex"),
        ({"status": "qualifiee"}, "status_unknown_word", "status"),
        ({"birth_date": "31/4/1952"}, "birth_date_impossible", "birth_date"),
        ({"birth_date": "31/12/2026"}, "birth_date_future", "birth_date"),
        ({"birth_date": "1800"}, "birth_date_too_old", "birth_date"),
        ({"birth_date": "hier"}, "birth_date_unreadable", "birth_date"),
        ({"birth_place_code": "Rouen"}, "birth_place_code_shape", "birth_place_code"),
        ({"ins": Ins(matricule="12")}, "ins_shape", "ins"),
        ({"ins": Ins(matricule="252047654000119")}, "ins_key", "ins"),
        ({"ins": Ins(matricule="252047654000118", oid="1.2.3")}, "ins_oid", "ins"),
        ({"deceased": "1947"}, "death_before_birth", "deceased"),
        ({"deceased": "31/12/2026"}, "birth_date_future", "deceased"),
        ({"status": "retrieved"}, "ins_missing", "ins"),
        ({"status": "retrieved", "ins": Ins(matricule="252047654000118")}, "status_needs_insi", "status"),
        (
            {"status": "qualified", "ins": Ins(matricule="252047654000118")},
            "qualified_traits_missing",
            "given_names",
        ),
    ],
)
def test_registering_is_refused(changes: dict[str, Any], code: str, field: str) -> None:
    found = refused(Book(), RegisterPatient(but(JEAN, **changes)))
    assert (found.code, found.field) == (code, field)


def test_names_of_everywhere_are_names() -> None:
    book = Book()
    for name in (
        "O’Brien",
        "N'Guessan",
        "Nguyễn",
        "Иванов",
        "王",
        "محمد",
        "Saint-Exupéry",
        "D'Arc (de)"[:5],
        "St. Clair",
    ):
        book.register(name, "Jean")


def test_somebody_who_looks_alike_must_be_looked_at_first() -> None:
    book = Book()
    patient = book.register("Baptiste", "Jean", "1948-06-12")
    with pytest.raises(DuplicateSuspected) as caught:
        book.do(RegisterPatient(but(JEAN, birth_name="BATISTE")))
    assert caught.value.code == "duplicate_suspected"
    assert [found.patient for found in caught.value.candidates] == [patient]
    assert caught.value.candidates[0].suspicion.reasons == ("same_birth_close_names",)
    book.do(RegisterPatient(but(JEAN, birth_name="BATISTE"), confirmed_new=True))


def test_an_identity_is_not_its_own_double() -> None:
    """The id drawn for the form may have been written already by the same form, on another device."""
    book = Book()
    patient = book.register("Baptiste", "Jean", "1948-06-12")
    look = Look(book.connection, GARANCE, NOON_MS, lambda: secrets.token_hex(16))
    command = RegisterPatient(JEAN, patient=patient)
    assert command.decide(command.load(look))[0].patient == patient


def test_ids_drawn_for_the_form_are_kept() -> None:
    book = Book()
    fact, patient = FactId("12" * 16), PatientId("34" * 16)
    (written,) = book.do(RegisterPatient(JEAN, id=fact, patient=patient))
    assert (written.id, written.patient) == (fact, patient)
    assert identity(book, patient).fact == fact


def test_correcting_keeps_what_was() -> None:
    book = Book()
    patient = book.register("Baptist", "Jean", "1948-06-12")
    first = book.shown(patient)
    (written,) = book.do(CorrectIdentity(patient, first, JEAN), seat="02" * 16)
    assert written.replaces == (first,)
    found = identity(book, patient)
    assert (found.birth_name, found.seat) == ("Baptiste", "02" * 16)
    (earlier,) = found.earlier
    assert (earlier.fact, earlier.body.birth_name, earlier.seat) == (first, "Baptist", "01" * 16)


def test_nobody_overwrites_what_they_have_not_seen() -> None:
    book = Book()
    patient = book.register("Baptist", "Jean", "1948-06-12")
    first = book.shown(patient)
    book.do(CorrectIdentity(patient, first, JEAN))
    assert refused(book, CorrectIdentity(patient, first, JEAN)).code == "changed_meanwhile"
    assert refused(book, RecordDeath(patient, first, "2026")).code == "changed_meanwhile"
    book.do(RecordContacts(patient, None, ContactsRecorded(city="Rouen")))
    assert refused(book, RecordContacts(patient, None, ContactsRecorded())).code == "changed_meanwhile"
    shown = queries.contacts(book.connection, patient)
    assert shown is not None
    book.do(RecordContacts(patient, shown.fact, ContactsRecorded(city="Dieppe")))
    book.do(RecordAttending(patient, None, AttendingRecorded(name="Dr Morel")))
    assert (
        refused(book, RecordAttending(patient, None, AttendingRecorded(name="Dr X"))).code
        == "changed_meanwhile"
    )


def test_an_unknown_or_absorbed_patient_is_not_written_to() -> None:
    book = Book()
    with pytest.raises(UnknownPatient):
        book.do(CorrectIdentity(PatientId("ab" * 16), FactId("cd" * 16), JEAN))
    gone, kept = book.register("Dupont", "Hélène"), book.register("Garnier", "Hélène")
    shown = book.shown(gone)
    book.do(MergePatients(kept, gone, book.shown(kept), shown))
    assert refused(book, CorrectIdentity(gone, shown, JEAN)).code == "merged_meanwhile"
    assert refused(book, RecordContacts(gone, None, ContactsRecorded())).code == "merged_meanwhile"


def test_contacts_inherited_from_an_absorbed_record_are_followed_not_replaced() -> None:
    book = Book()
    gone = book.register("Dupont", "Hélène", contacts=ContactsRecorded(city="Dieppe"))
    kept = book.register("Garnier", "Hélène")
    book.do(MergePatients(kept, gone, book.shown(kept), book.shown(gone)))
    shown = queries.contacts(book.connection, kept)
    assert shown is not None
    assert (shown.body.city, shown.patient) == ("Dieppe", gone)
    (written,) = book.do(RecordContacts(kept, shown.fact, ContactsRecorded(city="Rouen")))
    assert written.replaces == ()
    now = queries.contacts(book.connection, kept)
    assert now is not None
    assert (now.body.city, now.patient) == ("Rouen", kept)


def test_fields_of_a_newer_lanterne_survive_a_correction() -> None:
    book = Book()
    patient = PatientId("ab" * 16)
    raw = {"birth_name": "Baptist", "first_given": "Jean", "pronouns": {"said": "il"}}
    book.arrive([Written(1, patient, raw, PatientIdentified.KIND)])
    book.rank = 5
    (written,) = book.do(CorrectIdentity(patient, book.shown(patient), JEAN))
    assert written.unknown == {"pronouns": {"said": "il"}}
    (written,) = book.do(RecordDeath(patient, book.shown(patient), "2/3/2026"))
    assert written.unknown == {"pronouns": {"said": "il"}}


def test_the_status_moves_step_by_step() -> None:
    book = Book()
    patient = book.register("Cœur", "Zoé", "1952-04-13")

    def move(status: str, *, insi: bool = False, **changes: Any) -> str:
        command = CorrectIdentity(
            patient, book.shown(patient), but(QUALIFIED, status=status, **changes), insi_answered=insi
        )
        try:
            book.do(command)
        except Refusal as refusal:
            return refusal.code
        return identity(book, patient).status

    assert move("retrieved") == "status_needs_insi"
    assert move("retrieved", insi=True) == "retrieved"
    assert move("validated") == "status_not_from_there"
    assert move("qualified", birth_place_code="") == "qualified_traits_missing"
    assert move("qualified") == "qualified"
    # What INSi vouched for is not edited by hand; what it did not say is.
    assert move("qualified", birth_name="Coeurs") == "traits_locked"
    assert move("qualified", ins=Ins(matricule="252047654000217")) == "traits_locked"
    assert move("qualified", birth_name="COEUR", first_given="ZOE") == "qualified"
    assert move("qualified", used_name="Garnier") == "qualified"
    assert move("qualified", birth_name="Coeurs", insi=True) == "qualified"
    assert move("provisional", birth_name="Cœur") == "provisional"
    assert move("validated") == "validated"
    assert move("provisional", ins=None) == "provisional"


def test_a_qualified_identity_may_come_from_a_document_that_carries_it() -> None:
    book = Book()
    (written, *_rest) = book.do(RegisterPatient(QUALIFIED, insi_answered=True))
    assert isinstance(written.body, PatientIdentified)
    assert ins.outgoing(written.body) == QUALIFIED.ins


def test_death_is_recorded_and_taken_back() -> None:
    book = Book()
    patient = book.register("Baptiste", "Jean", "1948-06-12")
    for typed, stored in (("2/3/2026", "2026-03-02"), ("février 2026", "2026-02"), ("", "")):
        book.do(RecordDeath(patient, book.shown(patient), typed))
        assert identity(book, patient).deceased == stored
    assert refused(book, RecordDeath(patient, book.shown(patient), "1940")).code == "death_before_birth"


@pytest.mark.parametrize(
    ("contacts", "code", "field"),
    [
        (ContactsRecorded(phones=[Phone(number="bientôt")]), "phone_unreadable", "phones"),
        (ContactsRecorded(phones=[Phone(number="1" * 30)]), "phone_unreadable", "phones"),
        (ContactsRecorded(phones=[Phone(number="1")] * 11), "too_many", "phones"),
        (ContactsRecorded(email="jean@"), "email_shape", "email"),
        (ContactsRecorded(email="jean baptiste@x.fr"), "email_shape", "email"),
        (ContactsRecorded(postcode="760000"), "postcode_shape", "postcode"),
        (ContactsRecorded(postcode="?"), "postcode_shape", "postcode"),
        (
            ContactsRecorded(relatives=[Relative(name="", phone="0639981234")]),
            "relative_name_missing",
            "relatives",
        ),
        (ContactsRecorded(relatives=[Relative(name="Z", phone="x")]), "phone_unreadable", "relatives"),
        (ContactsRecorded(relatives=[Relative(name="Z")] * 21), "too_many", "relatives"),
        (ContactsRecorded(comment="x" * 1001), "text_too_long", "comment"),
        (ContactsRecorded(comment="\n".join(["x" * 600] * 2)), "text_too_long", "comment"),
    ],
)
def test_contacts_refused(contacts: ContactsRecorded, code: str, field: str) -> None:
    book = Book()
    found = refused(book, RecordContacts(book.register("Baptiste", "Jean"), None, contacts))
    assert (found.code, found.field) == (code, field)


@pytest.mark.parametrize("postcode", ["76000", "1000", "SW1A 1AA", "L-1234", "97400", ""])
def test_postcodes_of_here_and_elsewhere(postcode: str) -> None:
    book = Book()
    book.do(RecordContacts(book.register("Baptiste", "Jean"), None, ContactsRecorded(postcode=postcode)))


@pytest.mark.parametrize(
    ("attending", "code"),
    [
        (AttendingRecorded(name=" "), "attending_name_missing"),
        (AttendingRecorded(name="X", rpps="10003456787"), "rpps_invalid"),
    ],
)
def test_attending_refused(attending: AttendingRecorded, code: str) -> None:
    book = Book()
    assert refused(book, RecordAttending(book.register("Baptiste", "Jean"), None, attending)).code == code


def test_warnings_do_not_refuse() -> None:
    book = Book()
    odd = but(JEAN, ins=QUALIFIED.ins, given_names=["Marie"])
    patient = book.do(RegisterPatient(odd))[0].patient
    assert patient is not None
    found = identity(book, patient)
    assert found.warnings == ("ins_sex", "ins_birth_date", "given_names_start")
    assert set(found.warnings) <= set(WARNINGS)
    wrong_key = but(JEAN, birth_date="1948-06-12", ins=Ins(matricule="148067654000100"))
    assert warnings(wrong_key) == ("ins_key",)


def test_homonyms_are_said() -> None:
    book = Book()
    one, other = book.register("Martin", "Camille", "1950"), book.register("MARTIN", "Camille Jeanne", "1980")
    alone = book.register("Martin", "Camillo", "1980")
    assert [identity(book, patient).homonym for patient in (one, other, alone)] == [True, True, False]


def test_every_command_asks_for_the_right_to_write_identities() -> None:
    commands = (
        RegisterPatient(JEAN),
        CorrectIdentity(PatientId(""), FactId(""), JEAN),
        RecordDeath(PatientId(""), FactId(""), ""),
        RecordContacts(PatientId(""), None, ContactsRecorded()),
        RecordAttending(PatientId(""), None, AttendingRecorded(name="")),
    )
    assert {command.right for command in commands} == {Right.WRITE_IDENTITY}
