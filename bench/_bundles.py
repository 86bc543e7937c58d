"""Whole records as other software hands them over: FHIR R4 transaction bundles, one a patient, drawn by seed.

What is in them, how often and how large, follows what the public generator of synthetic patients writes (Synthea,
2019): some 235 resources a patient, three fifths of them observations, a fifth accounts of money that no chart has
room for. Persons, values and words are drawn here; nothing is copied.
"""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

Resource = dict[str, Any]

LOINC, SNOMED, CVX = "http://loinc.org", "http://snomed.info/sct", "http://hl7.org/fhir/sid/cvx"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
HL7 = "http://terminology.hl7.org/CodeSystem"
SYLLABLES = [
    "ba",
    "be",
    "bou",
    "cha",
    "che",
    "cor",
    "dan",
    "del",
    "dur",
    "fau",
    "fer",
    "gar",
    "gou",
    "hal",
    "jan",
    "ker",
    "lam",
    "lou",
    "mar",
    "mel",
    "nau",
    "ner",
    "par",
    "pel",
    "qui",
    "ric",
    "rou",
    "sal",
    "ser",
    "tan",
    "ver",
    "vil",
]
GIVEN = [
    "Alix",
    "Anouk",
    "Basile",
    "Célia",
    "Côme",
    "Diane",
    "Elsa",
    "Farid",
    "Flore",
    "Gaël",
    "Hugo",
    "Inès",
    "Iris",
    "Jade",
    "Karim",
    "Léon",
    "Lina",
    "Malo",
    "Naël",
    "Nora",
    "Octave",
    "Paul",
    "Rose",
    "Sacha",
    "Salomé",
    "Théa",
    "Ugo",
    "Victor",
    "Yanis",
    "Zoé",
]
VITALS = (
    ("8302-2", "Body Height", "cm", 168, 9), ("72514-3", "Pain severity - 0-10 verbal numeric rating", "{score}", 3, 1),
    ("29463-7", "Body Weight", "kg", 74, 13), ("39156-5", "Body Mass Index", "kg/m2", 25, 4),
    ("8867-4", "Heart rate", "/min", 74, 8), ("9279-1", "Respiratory rate", "/min", 15, 2),
)  # fmt: skip
PANELS = (
    ("58410-2", "Complete blood count (hemogram) panel - Blood by Automated count", (
        ("6690-2", "Leukocytes [#/volume] in Blood by Automated count", "10*3/uL", 7, 2),
        ("789-8", "Erythrocytes [#/volume] in Blood by Automated count", "10*6/uL", 4.7, 0.4),
        ("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", 14, 1.4),
        ("4544-3", "Hematocrit [Volume Fraction] of Blood by Automated count", "%", 42, 4),
        ("787-2", "MCV [Entitic volume] by Automated count", "fL", 88, 4),
        ("785-6", "MCH [Entitic mass] by Automated count", "pg", 30, 2),
        ("786-4", "MCHC [Mass/volume] by Automated count", "g/dL", 34, 1),
        ("21000-5", "Erythrocyte distribution width [Entitic volume] by Automated count", "fL", 42, 2),
        ("777-3", "Platelets [#/volume] in Blood by Automated count", "10*3/uL", 260, 60),
        ("32207-3", "Platelet distribution width [Entitic volume] in Blood by Automated count", "fL", 300, 60),
        ("32623-1", "Platelet mean volume [Entitic volume] in Blood by Automated count", "fL", 10, 1))),
    ("51990-0", "Basic Metabolic Panel", (
        ("2339-0", "Glucose", "mg/dL", 92, 12), ("6299-2", "Urea Nitrogen", "mg/dL", 14, 4),
        ("38483-4", "Creatinine", "mg/dL", 0.9, 0.2), ("49765-1", "Calcium", "mg/dL", 9.4, 0.4),
        ("2947-0", "Sodium", "mmol/L", 140, 2), ("6298-4", "Potassium", "mmol/L", 4.3, 0.4),
        ("2069-3", "Chloride", "mmol/L", 105, 3), ("20565-8", "Carbon Dioxide", "mmol/L", 25, 2))),
    ("57698-3", "Lipid Panel", (
        ("2093-3", "Total Cholesterol", "mg/dL", 195, 30), ("2571-8", "Triglycerides", "mg/dL", 130, 30),
        ("18262-6", "Low Density Lipoprotein Cholesterol", "mg/dL", 115, 25),
        ("2085-9", "High Density Lipoprotein Cholesterol", "mg/dL", 52, 10))),
)  # fmt: skip
PROBLEMS = (
    ("59621000", "Hypertension"), ("44054006", "Diabetes mellitus type 2"), ("444814009", "Viral sinusitis (disorder)"),
    ("10509002", "Acute bronchitis (disorder)"), ("195662009", "Acute viral pharyngitis (disorder)"),
    ("162864005", "Body mass index 30+ - obesity (finding)"), ("195967001", "Asthma"), ("239873007", "Osteoarthritis of knee"),
)  # fmt: skip
MEDICINES = (
    ("314076", "lisinopril 10 MG Oral Tablet"), ("860975", "24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet"),
    ("313782", "Acetaminophen 325 MG Oral Tablet"), ("308192", "Amoxicillin 500 MG Oral Tablet"),
    ("745679", "200 ACTUAT Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler"), ("314231", "Simvastatin 10 MG Oral Tablet"),
)  # fmt: skip
VACCINES = (
    ("140", "Influenza, seasonal, injectable, preservative free"), ("113", "Td (adult) preservative free"),
    ("133", "Pneumococcal conjugate PCV 13"), ("121", "zoster"), ("43", "Hep B, adult"),
)  # fmt: skip
ACTS = (
    ("430193006", "Medication Reconciliation (procedure)"), ("428191000124101", "Documentation of current medications"),
    ("73761001", "Colonoscopy"), ("399208008", "Plain chest X-ray (procedure)"), ("23426006", "Measurement of respiratory function (procedure)"),
)  # fmt: skip
VISITS = (
    ("162673000", "General examination of patient (procedure)"), ("185349003", "Encounter for check up (procedure)"),
    ("185345009", "Encounter for symptom"), ("390906007", "Follow-up encounter"),
)  # fmt: skip
# Visits a patient, from a child's record to a long-followed illness; 14 on the average.
VISIT_COUNTS = (3, 5, 6, 8, 9, 10, 11, 13, 14, 16, 19, 24, 43)


def bundle(number: int, *, seed: int = 1) -> bytes:
    """The record of patient `number`, the same for the same seed."""
    return msgspec.json.encode(_Record(random.Random(f"{seed}/{number}")).bundle())


def resources(content: bytes) -> int:
    """How many resources a bundle holds."""
    return len(msgspec.json.decode(content)["entry"])


class _Record:
    """One patient's resources, in the order of the visits."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.entries: list[Resource] = []
        self.born = datetime(1935, 1, 1, tzinfo=UTC) + timedelta(days=dice.randrange(80 * 365))
        self.patient = self._patient()
        self.place = self._add("Organization", name=f"CENTRE {self._name().upper()}", active=True, identifier=self._identifier(),
                               type=[_concept(f"{HL7}/organization-type", "prov", "Healthcare Provider")],
                               telecom=[{"system": "phone", "value": "0299000000"}], address=[self._address()])  # fmt: skip
        self.doctor = self._add("Practitioner", name=[{"family": self._name(), "given": [dice.choice(GIVEN)], "prefix": ["Dr."]}],
                                active=True, gender="female", identifier=self._identifier(), address=[self._address()])  # fmt: skip

    def bundle(self) -> Resource:
        count = self.dice.choice(VISIT_COUNTS)
        days = sorted(self.dice.sample(range(10 * 365), count))
        for day in days:
            self._visit(datetime(2009, 11, 20, self.dice.randrange(8, 19), self.dice.randrange(60), self.dice.randrange(60), tzinfo=UTC) + timedelta(days=day))  # fmt: skip
        return {"resourceType": "Bundle", "type": "transaction", "entry": self.entries}

    # ------------------------------------------------------------------ one visit

    def _visit(self, at: datetime) -> None:
        dice, about = self.dice, VISITS[self.dice.randrange(len(VISITS))]
        period = {"start": _instant(at), "end": _instant(at + timedelta(minutes=15))}
        visit = self._about("Encounter", status="finished", type=[_concept(SNOMED, *about)], period=period,
                            **{"class": {"system": f"{HL7}/v3-ActCode", "code": "AMB"}},
                            participant=[{"individual": {"reference": self.doctor}}], serviceProvider={"reference": self.place})  # fmt: skip
        self.visit, self.at, self.period = visit, _instant(at), period
        done: list[tuple[str, tuple[str, str]]] = []
        if dice.random() < 0.28:
            self._condition()
        if dice.random() < 0.15:
            self._care_plan()
        if dice.random() < 0.62:
            self._vitals()
        for panel in PANELS:
            if dice.random() < 0.25:
                self._panel(*panel)
        for _ in range(_times(dice, 0.24)):
            act = dice.choice(ACTS)
            done.append((self._about("Procedure", status="completed", code=_concept(SNOMED, *act), encounter=self._in(),
                                     performedPeriod=period), act))  # fmt: skip
        for _ in range(_times(dice, 0.65)):
            vaccine = dice.choice(VACCINES)
            done.append((self._for("Immunization", status="completed", vaccineCode=_concept(CVX, *vaccine), encounter=self._in(),
                                   occurrenceDateTime=self.at, primarySource=True), vaccine))  # fmt: skip
        for _ in range(_times(dice, 0.4)):
            self._medicine()
        self._money(about, done)

    def _vitals(self) -> None:
        for code, name, unit, mean, spread in VITALS:
            self._observation("vital-signs", code, name, valueQuantity=self._quantity(mean, spread, unit))
        pressure = [
            {"code": _concept(LOINC, "8462-4", "Diastolic Blood Pressure"), "valueQuantity": self._quantity(78, 6, "mm[Hg]")},
            {"code": _concept(LOINC, "8480-6", "Systolic Blood Pressure"), "valueQuantity": self._quantity(128, 8, "mm[Hg]")},
        ]  # fmt: skip
        self._observation("vital-signs", "85354-9", "Blood Pressure", component=pressure)
        self._observation("survey", "72166-2", "Tobacco smoking status NHIS",
                          valueCodeableConcept=_concept(SNOMED, "266919005", "Never smoker"))  # fmt: skip

    def _panel(self, code: str, name: str, tests: tuple[tuple[str, str, str, float, float], ...]) -> None:
        members = [
            {"reference": self._observation("laboratory", test, label, valueQuantity=self._quantity(mean, spread, unit)), "display": label}
            for test, label, unit, mean, spread in tests
        ]  # fmt: skip
        self._about("DiagnosticReport", status="final", category=[_concept(f"{HL7}/v2-0074", "LAB", "Laboratory", text=False)],
                    code=_concept(LOINC, code, name), encounter=self._in(), effectiveDateTime=self.at, issued=self.at, result=members)  # fmt: skip

    def _observation(self, category: str, code: str, name: str, **value: Any) -> str:
        return self._about("Observation", status="final", code=_concept(LOINC, code, name), encounter=self._in(),
                           category=[_concept(f"{HL7}/observation-category", category, category, text=False)],
                           effectiveDateTime=self.at, issued=self.at, **value)  # fmt: skip

    def _condition(self) -> str:
        return self._about("Condition", clinicalStatus=_concept(f"{HL7}/condition-clinical", self.dice.choice(("active", "resolved"))),
                           verificationStatus=_concept(f"{HL7}/condition-ver-status", "confirmed"),
                           code=_concept(SNOMED, *self.dice.choice(PROBLEMS)), encounter=self._in(),
                           onsetDateTime=self.at, recordedDate=self.at)  # fmt: skip

    def _medicine(self) -> None:
        medicine = self.dice.choice(MEDICINES)
        dosage = {"sequence": 1, "asNeededBoolean": False, "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
                  "doseAndRate": [{"type": _concept(f"{HL7}/dose-rate-type", "ordered", "Ordered"), "doseQuantity": {"value": 1}}]}  # fmt: skip
        order = self._about("MedicationRequest", status=self.dice.choice(("active", "stopped", "stopped")), intent="order",
                            medicationCodeableConcept=_concept(RXNORM, *medicine), encounter=self._in(), authoredOn=self.at,
                            requester={"reference": self.doctor}, dosageInstruction=[dosage])  # fmt: skip
        self._claim([{"sequence": 1, "productOrService": _concept(RXNORM, *medicine), "encounter": [self._in()]}],
                    prescription={"reference": order})  # fmt: skip

    def _care_plan(self) -> None:
        words = (
            ("409002", "Food allergy diet"),
            ("386463000", "Prescribed activity/exercise education"),
            ("229065009", "Exercise therapy"),
        )
        goal = self._about(
            "Goal",
            lifecycleStatus="accepted",
            addresses=[self._in()],
            description={"text": "Blood pressure below 140/90 mmHg"},
        )
        activity = [
            {
                "detail": {
                    "code": _concept(SNOMED, *word),
                    "status": "in-progress",
                    "location": {"display": self.place},
                }
            }
            for word in words
        ]
        self._about("CarePlan", status="active", intent="order", encounter=self._in(), period={"start": self.at}, activity=activity,
                    category=[_concept(SNOMED, "443402002", "Lifestyle education regarding hypertension")], goal=[{"reference": goal}])  # fmt: skip

    # ------------------------------------------------------------------ what no chart has room for

    def _money(self, about: tuple[str, str], done: list[tuple[str, tuple[str, str]]]) -> None:
        items = [{"sequence": 1, "productOrService": _concept(SNOMED, *about), "encounter": [self._in()]}]
        items += [
            {"sequence": rank, "informationSequence": [rank - 1], "productOrService": _concept(SNOMED, *act), "net": self._amount(140)}
            for rank, (_, act) in enumerate(done, 2)
        ]  # fmt: skip
        info = [
            {"sequence": rank, "category": _concept(f"{HL7}/claiminformationcategory", "info"), "valueReference": {"reference": name}}
            for rank, (name, _) in enumerate(done, 1)
        ]  # fmt: skip
        claim = self._claim(items, supportingInfo=info)
        column = "https://bluebutton.cms.gov/resources/variables/line"
        amounts = ("coinsrnc_amt", "nch_pmt_amt", "sbmtd_chrg_amt", "alowd_chrg_amt")
        paid = [
            {
                "category": _concept(f"{column}_{word}", word, f"Line {word} as charged"),
                "amount": self._amount(90),
            }
            for word in amounts
        ]
        explained = [
            {**item, "category": _concept(f"{column}_cms_type_srvc_cd", "1", "Medical care"), "servicedPeriod": self.period,
             "locationCodeableConcept": _concept(f"{HL7}/ex-serviceplace", "19", "Off Campus-Outpatient Hospital"), "adjudication": paid}
            for item in items
        ]  # fmt: skip
        contained = [
            {"resourceType": "ServiceRequest", "id": "referral", "status": "completed", "intent": "order", "subject": {"reference": self.patient},
             "requester": {"reference": self.doctor}, "performer": [{"reference": self.doctor}]},
            {"resourceType": "Coverage", "id": "coverage", "status": "active", "type": {"text": "private"},
             "beneficiary": {"reference": self.patient}, "payor": [{"display": "private"}]},
        ]  # fmt: skip
        team = {
            "sequence": 1,
            "provider": {"reference": self.doctor},
            "role": _concept(f"{HL7}/claimcareteamrole", "primary", "Primary Care Practitioner"),
        }
        self._for("ExplanationOfBenefit", contained=contained, identifier=self._identifier(), status="active", use="claim", outcome="complete",
                  type=_concept(f"{HL7}/claim-type", "institutional"), billablePeriod=self.period, created=self.at, insurer={"display": "private"},
                  provider={"reference": self.doctor}, referral={"reference": "#referral"}, claim={"reference": claim}, careTeam=[team],
                  insurance=[{"focal": True, "coverage": {"reference": "#coverage", "display": "private"}}], item=explained,
                  total=[{"category": _concept(f"{HL7}/adjudication", "submitted", "Submitted Amount"), "amount": self._amount(200)}],
                  payment={"amount": self._amount(90)})  # fmt: skip

    def _claim(self, items: list[Resource], **more: Any) -> str:
        return self._for("Claim", status="active", use="claim", type=_concept(f"{HL7}/claim-type", "institutional"), billablePeriod=self.period,
                         created=self.at, provider={"reference": self.place}, priority=_concept(f"{HL7}/processpriority", "normal"), item=items,
                         insurance=[{"sequence": 1, "focal": True, "coverage": {"display": "private"}}], total=self._amount(265),
                         **{name: held for name, held in more.items() if held})  # fmt: skip

    # ------------------------------------------------------------------ what they are made of

    def _patient(self) -> str:
        dice, core = self.dice, "http://hl7.org/fhir/StructureDefinition"
        kinds = (
            ("MR", "Medical Record Number"),
            ("SS", "Social Security Number"),
            ("DL", "Driver's License"),
            ("PPN", "Passport Number"),
        )
        identifiers = [
            {
                "type": _concept(f"{HL7}/v2-0203", *kind),
                "system": "http://hospital.example.org",
                "value": self._id(),
            }
            for kind in kinds
        ]
        extensions = [{"url": f"{core}/patient-mothersMaidenName", "valueString": f"{dice.choice(GIVEN)} {self._name()}"},
                      {"url": f"{core}/patient-birthPlace", "valueAddress": {"city": self._name(), "state": "Bretagne", "country": "FR"}},
                      {"url": "http://example.org/quality-adjusted-life-years", "valueDecimal": dice.uniform(5, 60)}]  # fmt: skip
        return self._add("Patient", identifier=[*self._identifier(), *identifiers], gender=dice.choice(("female", "male")), extension=extensions,
                         name=[{"use": "official", "family": self._name(), "given": [dice.choice(GIVEN)], "prefix": ["Mme"]}],
                         telecom=[{"system": "phone", "value": f"0639{dice.randrange(10**6):06}", "use": "home"}],
                         birthDate=self.born.strftime("%Y-%m-%d"), address=[self._address()], multipleBirthBoolean=False,
                         maritalStatus=_concept(f"{HL7}/v3-MaritalStatus", "M", "M"),
                         communication=[{"language": _concept("urn:ietf:bcp:47", "fr-FR", "French")}])  # fmt: skip

    def _about(self, kind: str, **fields: Any) -> str:
        return self._add(kind, subject={"reference": self.patient}, **fields)

    def _for(self, kind: str, **fields: Any) -> str:
        return self._add(kind, patient={"reference": self.patient}, **fields)

    def _add(self, kind: str, **fields: Any) -> str:
        name = self._id()
        held = {
            "resourceType": kind,
            "id": name,
            **fields,
            "meta": {"tag": [{"system": "https://example.org/tags", "code": "drawn-by-seed"}]},
        }
        self.entries.append(
            {"fullUrl": f"urn:uuid:{name}", "resource": held, "request": {"method": "POST", "url": kind}}
        )
        return f"urn:uuid:{name}"

    def _in(self) -> Resource:
        return {"reference": self.visit}

    def _id(self) -> str:
        return str(uuid.UUID(int=self.dice.getrandbits(128), version=4))

    def _identifier(self) -> list[Resource]:
        return [{"system": "https://example.org/drawn", "value": self._id()}]

    def _name(self) -> str:
        return "".join(self.dice.choices(SYLLABLES, k=3)).title()

    def _address(self) -> Resource:
        city = f"Saint-{self._name()}"
        return {
            "line": [f"{self.dice.randrange(1, 90)} rue {self._name()}"],
            "city": city,
            "state": "Bretagne",
            "postalCode": "35000",
            "country": "FR",
        }

    def _quantity(self, mean: float, spread: float, unit: str) -> Resource:
        # Fifteen digits, as that generator writes them.
        value = min(max(self.dice.gauss(mean, spread), mean - 3 * spread), mean + 3 * spread)
        return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}

    def _amount(self, most: float) -> Resource:
        return {
            "value": float(Decimal(self.dice.uniform(20, most)).quantize(Decimal("0.01"))),
            "currency": "USD",
        }


def _concept(system: str, code: str, display: str = "", *, text: bool = True) -> Resource:
    coding = {"system": system, "code": code, **({"display": display} if display else {})}
    return {"coding": [coding], **({"text": display} if display and text else {})}


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def _times(dice: random.Random, mean: float) -> int:
    """0, 1 or 2, `mean` on the average."""
    return (dice.random() < mean / 2) + (dice.random() < mean / 2)
