"""Documents of the kinds a practice receives, made at random from the specifications, with what each states.

Every maker returns an entry and what it states by construction (`Counts` of tools/count_entries.py): a third witness,
besides the reader and the independent count. Structure follows CI-SIS VSM, IPS-FR, CR-BIO, TROD and VAC (IHE PCC, IHE
PaLM); what varies is what software varies: prefixes, order, batteries in batteries, negation, nullFlavor, references.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable

from tests.intake.cda.chance import Chance
from tests.intake.cda.writing import (
    ABSENT,
    ATC,
    FR,
    ICD10,
    LAB,
    LOINC,
    PCC,
    SNOMED,
    cd,
    comment,
    detail,
    document,
    templates,
)
from tools.count_entries import NONE, NOT_DONE, Counts

Entry = tuple[str, dict[str, int]]
# Values of the data types a laboratory may use (HL7 V3: ST, BL, RTO, IVL_PQ, INT, REAL, PQ with a comma).
_OTHER_VALUES = (
    '<value xsi:type="ST">Flore polymorphe</value>', '<value xsi:type="BL" value="false"/>',
    '<value xsi:type="RTO"><numerator value="1"/><denominator value="80"/></value>',
    '<value xsi:type="IVL_PQ"><low value="1" unit="g/L"/><high value="2" unit="g/L"/></value>',
    '<value xsi:type="INT" value="0"/>', '<value xsi:type="REAL" value="1.5"/>', '<value xsi:type="PQ" value="1,5" unit="g/L"/>',
    '<value xsi:type="CD" code="260385009" codeSystem="2.16.840.1.113883.6.96"/>',
)  # fmt: skip
_UNDONE = ("aborted", "cancelled", "nullified")


class Maker(Chance):
    """Entries of every sort."""

    # ------------------------------------------------------------- one entry of each sort

    def _illness(self) -> tuple[str, str]:
        """One problem observation, and what it is: a kind, "none" or ""."""
        turn = self.dice.randrange(13)
        value, kind, negated, text = self.coded("value"), "problem.recorded", "false", ""
        if turn == 0:
            value, kind, negated = cd("value", "I21", ICD10, "Infarctus"), "", "true"
        elif turn == 1:
            value, kind = cd("value", "no-known-problems", ABSENT, "Aucun problème connu"), NONE
        elif turn == 2:
            value, kind = self.null("value"), ""
        elif turn == 3:
            value, kind = cd("value", "no-problem-info", ABSENT, "Information non disponible"), ""
        elif turn == 4:
            value, text = self.null("value"), f'<text><reference value="#{self.told("Épilepsie")}"/></text>'
        elif turn == 5:
            value, kind, negated = self.null("value"), "", "1"
            text = f'<text><reference value="#{self.told("Tuberculose")}"/></text>'
        elif turn == 6:
            value, kind, negated = '<value xsi:type="CD" nullFlavor="MSK"/>', "", "true"
        elif turn == 7:
            value, kind, negated = cd("value", "55607006", SNOMED, "Problème"), NONE, "true"
        qualifiers = [
            detail("33999-4", cd("value", "active", LOINC, "Actif")),
            detail("SEV", cd("value", "6736007", SNOMED, "Modéré"), kind="SUBJ"),
            detail("66455-7", cd("value", "confirmed", LOINC, "Confirmé"), kind="SUBJ"),
            comment("suivi"),
        ]
        inside = "".join(self.dice.sample(qualifiers, self.dice.randint(0, 4)))
        xml = (
            f'<observation classCode="OBS" moodCode="EVN" negationInd="{negated}">{self.templates(f"{PCC}.4.5")}'
            f'{self.ident()}<code code="282291009" codeSystem="{SNOMED}"/>{text}{self.when()}{value}{inside}</observation>'
        )
        return xml, kind

    def problem(self) -> Entry:
        """A concern with one to four problems, or a problem alone."""
        found = [self._illness() for _ in range(self.dice.choice((1, 1, 2, 4)))]
        if self.dice.random() < 0.15:
            return found[0][0], {found[0][1]: 1}
        held = "".join(f'<entryRelationship typeCode="SUBJ">{xml}</entryRelationship>' for xml, _ in found)
        status = self.dice.choice(("active", "completed", "suspended", "aborted", "nullified", "active"))
        act = (
            f'<act classCode="ACT" moodCode="EVN">{self.templates(f"{PCC}.4.5.1", f"{PCC}.4.5.2")}{self.ident()}'
            f'<code nullFlavor="NA"/><statusCode code="{status}"/>{self.when()}{held}</act>'
        )
        if status == "nullified":  # written in error: nothing it says was meant
            return act, {}
        return act, dict(Counter(kind for _, kind in found))

    def allergy(self) -> Entry:
        """A concern with one allergy."""
        turn = self.dice.randrange(10)
        kind, negated = "allergy.recorded", "false"
        sort = cd("code", "419199007", SNOMED, "allergie à une substance")
        agent = f"<playingEntity>{self.coded('code')}</playingEntity>"
        if turn == 0:
            agent = f"<playingEntity>{self.null('code')}<name>Kiwi</name></playingEntity>"
        elif turn == 1:
            agent, kind = f"<playingEntity>{self.null('code')}</playingEntity>", ""
        elif turn == 2:
            agent = f"<playingEntity>{cd('code', 'J01CA04', ATC, 'Amoxicilline')}</playingEntity>"
            kind, negated = "", "true"
        elif turn == 3:
            agent, kind, negated = "", NONE, "true"
        elif turn == 6:
            agent = f"<playingEntity>{self.null('code')}<name>Latex</name></playingEntity>"
            kind, negated = "", "1"
        elif turn == 7:
            agent, kind, negated = '<playingEntity><code nullFlavor="NA"/></playingEntity>', NONE, "true"
        elif turn == 8:
            agent, kind, negated = '<playingEntity><code nullFlavor="UNK"/></playingEntity>', "", "true"
        value = "" if agent else self.null("value")
        if turn == 4:
            agent, kind = "", NONE
            value = cd("value", "no-known-allergies", ABSENT, "Aucune allergie connue")
        elif turn == 5:
            agent, kind = "", ""
            value = cd("value", "no-known-food-allergies", ABSENT, "Pas d'allergie alimentaire")
        part = (
            f'<participant typeCode="CSM"><participantRole>{agent}</participantRole></participant>'
            if agent
            else ""
        )
        reaction = detail("418799008", cd("value", "L50", ICD10, "Urticaire"), kind="MFST")
        inside = reaction if kind == "allergy.recorded" and self.dice.random() < 0.5 else ""
        xml = (
            f'<act classCode="ACT" moodCode="EVN">{self.templates(f"{PCC}.4.5.1", f"{PCC}.4.5.3")}<statusCode code="active"/>'
            f'<entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN" negationInd="{negated}">'
            f"{self.templates(f'{PCC}.4.5', f'{PCC}.4.6')}{self.ident()}{sort}{self.when()}{value}{part}{inside}"
            "</observation></entryRelationship></act>"
        )
        return xml, {kind: 1}

    def procedure(self) -> Entry:
        """An act undergone, planned, undone or denied."""
        turn = self.dice.randrange(8)
        mood, status, negated, code, kind = "EVN", "completed", "", self.coded("code"), "procedure.recorded"
        if turn == 0:
            mood, kind = "INT", ""
        elif turn == 1:
            status, kind = self.dice.choice(_UNDONE), ""
        elif turn == 2:
            negated, kind = self.negation(), ""
        elif turn == 3:
            code, kind = self.null("code"), ""
        elif turn == 4:
            code, kind = cd("code", "no-known-procedures", ABSENT, "Aucun acte connu"), NONE
        reason = f'<entryRelationship typeCode="RSON"><act classCode="ACT" moodCode="EVN">{cd("code", "I20", ICD10, "Angor")}</act></entryRelationship>'
        xml = (
            f'<procedure classCode="PROC" moodCode="{mood}"{negated}>{self.templates(f"{PCC}.4.19", f"{FR}.62")}{self.ident()}{code}'
            f'<statusCode code="{status}"/>{self.when()}{reason if self.dice.random() < 0.4 else ""}</procedure>'
        )
        return xml, {kind: 1}

    def _given(self, template: str, mood: str, negated: str, status: str, product: str, inside: str) -> str:
        held = f"<consumable><manufacturedProduct><manufacturedMaterial>{product}</manufacturedMaterial></manufacturedProduct></consumable>"
        return (
            f'<substanceAdministration classCode="SBADM" moodCode="{mood}"{negated}>{self.templates(template)}{self.ident()}'
            f'<statusCode code="{status}"/>{self.when()}{held}{inside}</substanceAdministration>'
        )

    def treatment(self) -> Entry:
        """A medicine taken, with the parts of its posology now and then."""
        turn = self.dice.randrange(10)
        mood, status, negated, product, kind = (
            "EVN",
            "completed",
            "",
            self.coded("code"),
            "treatment.recorded",
        )
        if turn == 0:
            mood = "INT"
        elif turn == 1:
            negated, kind = self.negation(), ""
        elif turn == 2:
            product, kind = self.null("code"), ""
        elif turn == 3:
            product = f"{self.null('code')}<name>KARDEGIC</name>"
        elif turn == 4:
            product, kind = cd("code", "no-known-medications", ABSENT, "Aucun traitement connu"), NONE
        elif turn == 5:
            status, kind = self.dice.choice(_UNDONE), ""
        elif turn == 6:
            negated, kind = self.negation(), ""
            product = f"{self.null('code')}<name>PREVISCAN</name>"
        split = ""
        if self.dice.random() < 0.3:
            dose = f'<substanceAdministration classCode="SBADM" moodCode="EVN">{self.templates(f"{PCC}.4.7")}<doseQuantity value="1"/></substanceAdministration>'
            split = f'<entryRelationship typeCode="COMP">{dose}</entryRelationship>' * 2
        return self._given(f"{PCC}.4.7", mood, negated, status, product, split), {kind: 1}

    def vaccine(self) -> Entry:
        """An injection done, not done, or planned."""
        turn = self.dice.randrange(7)
        mood, status, negated, product, kind = (
            "EVN",
            "completed",
            "",
            self.coded("code"),
            "immunization.recorded",
        )
        if turn == 0:
            negated, kind = self.negation(), NOT_DONE
        elif turn == 1:
            mood, kind = "INT", ""
        elif turn == 2:
            product, kind = self.null("code"), ""
        elif turn == 3:
            product, kind = cd("code", "no-known-immunizations", ABSENT, "Aucune vaccination connue"), NONE
        elif turn == 4:
            status, kind = "active", ""
        rank = detail("30973-2", '<value xsi:type="INT" value="2"/>', kind="SUBJ")
        fever = detail("418799008", cd("value", "R50.2", ICD10, "Fièvre"), kind="CAUS")
        inside = "".join(self.dice.sample([rank, fever, comment("ras")], self.dice.randint(0, 3)))
        return self._given(f"{PCC}.4.12", mood, negated, status, product, inside), {kind: 1}

    def relative(self) -> Entry:
        """One relative with one to three illnesses."""
        found: list[tuple[str, str]] = []
        for _ in range(self.dice.choice((1, 2, 3))):
            xml, kind = self._illness()
            xml = xml.replace(templates(f"{PCC}.4.5"), templates(f"{PCC}.4.13", f"{PCC}.4.13.3"))
            # What denies problems in general denies only a part of a family's.
            kind = "family.recorded" if kind == "problem.recorded" else "" if kind == NONE else kind
            found.append((xml, kind))
        held = "".join(f'<component typeCode="COMP">{xml}</component>' for xml, _ in found)
        subject = f'<subject><relatedSubject classCode="PRS">{cd("code", self.dice.choice(("MTH", "FTH", "SIS", "NCHILD")), "2.16.840.1.113883.5.111", "Parent")}</relatedSubject></subject>'
        xml = f'<organizer classCode="CLUSTER" moodCode="EVN">{self.templates(f"{PCC}.4.15")}<statusCode code="completed"/>{subject}{held}</organizer>'
        return xml, dict(Counter(kind for _, kind in found))

    def habit(self) -> Entry:
        """A question about the way of life, answered or not."""
        turn = self.dice.randrange(7)
        value, kind, negated, status = (
            '<value xsi:type="PQ" value="5" unit="/d"/>',
            "lifestyle.recorded",
            "",
            "completed",
        )
        if turn == 0:
            value = cd("value", "LA18976-3", LOINC, "Fumeur")
        elif turn == 1:
            value, kind = self.null("value"), ""
        elif turn == 2:
            value = '<value xsi:type="INT" value="0"/>'
        elif turn == 3:
            negated, kind = self.negation(), ""
        elif turn == 4:
            status, kind = self.dice.choice(_UNDONE), ""
        elif turn == 5:
            value, kind = "", ""
        xml = (
            f'<observation classCode="OBS" moodCode="EVN"{negated}>{self.templates(f"{PCC}.4.13", f"{PCC}.4.13.4")}{self.ident()}'
            f'{cd("code", "74013-4", LOINC, "Alcool")}<statusCode code="{status}"/>{self.when()}{value}</observation>'
        )
        return xml, {kind: 1}

    def vitals(self) -> Entry:
        """One taking of several measures; pressures come alone or by two."""
        chosen = self.dice.sample(
            [("29463-7", "kg", 70), ("8302-2", "cm", 170), ("8480-6", "mm[Hg]", 130), ("8462-4", "mm[Hg]", 80), ("8867-4", "/min", 70)],
            self.dice.randint(1, 5),
        )  # fmt: skip
        held, number = "", 0
        for code, unit, value in chosen:
            turn = self.dice.randrange(6)
            said = (
                self.null("value") if turn == 0 else f'<value xsi:type="PQ" value="{value}" unit="{unit}"/>'
            )
            negated = self.negation() if turn == 1 else ""
            number += turn > 1
            held += (
                f'<component typeCode="COMP"><observation classCode="OBS" moodCode="EVN"{negated}>{self.templates(f"{PCC}.4.13.2")}'
                f'{self.ident()}{cd("code", code, LOINC, "Mesure")}<effectiveTime value="20240105"/>{said}</observation></component>'
            )
        if self.dice.random() < 0.3:  # LOINC 85354-9: a pressure that holds its two numbers
            both = "".join(
                f'<entryRelationship typeCode="COMP"><observation classCode="OBS" moodCode="EVN">{cd("code", code, LOINC, "Pression")}'
                f'<value xsi:type="PQ" value="{value}" unit="mm[Hg]"/></observation></entryRelationship>'
                for code, value in (("8480-6", 121), ("8462-4", 71))
            )
            held += f'<component typeCode="COMP"><observation classCode="OBS" moodCode="EVN"><code code="85354-9"/>{both}</observation></component>'
            number += 2
        return (
            f'<organizer classCode="CLUSTER" moodCode="EVN">{self.templates(f"{PCC}.4.13.1")}<code code="85353-1"/>{held}</organizer>',
            {"measure.recorded": number},
        )

    # ------------------------------------------------------------- laboratory

    def test(self) -> tuple[str, int]:
        """One test of a laboratory; the count is of results, former ones recalled are none."""
        turn = self.dice.randrange(12)
        value, number, status, negated, mood = (
            '<value xsi:type="PQ" value="7.1" unit="g/L"/>',
            1,
            "completed",
            "",
            "EVN",
        )
        if turn == 0:
            value, number = self.null("value"), 0
        elif turn == 1:
            value = '<value xsi:type="IVL_PQ"><high value="0.5" unit="mg/L" inclusive="false"/></value>'
        elif turn == 2:
            value = '<value xsi:type="CD" nullFlavor="OTH"><originalText>Absence</originalText></value>'
        elif turn == 3:
            value, number = "", 0
        elif turn == 4:
            status, number = self.dice.choice(_UNDONE), 0
        elif turn == 5:
            negated, number = self.negation(), 0
        elif turn == 6:
            value = f'{self.null("value")}<interpretationCode code="R" codeSystem="2.16.840.1.113883.5.83"/>'
        elif turn == 7:
            value = f'<value xsi:type="ED"><reference value="#{self.told("Négatif")}"/></value>'
        elif turn == 8:
            mood, number = "RQO", 0
        elif turn == 9:
            value = self.dice.choice(_OTHER_VALUES)
        inside = ""
        if self.dice.random() < 0.25:
            former = self._test(
                "1-1", '<value xsi:type="PQ" value="6" unit="g/L"/>', "completed", "", "EVN", ""
            )
            inside += f'<entryRelationship typeCode="REFR">{former}</entryRelationship>' * self.dice.randint(
                1, 3
            )
        if self.dice.random() < 0.25:
            inside += comment("Contrôlé")
        if self.dice.random() < 0.3:
            inside += (
                '<referenceRange typeCode="REFV"><observationRange><value xsi:type="IVL_PQ"><low value="1" unit="g/L"/>'
                '<high value="9" unit="g/L"/></value></observationRange></referenceRange>'
            )
        return self._test(f"{self.number()}-1", value, status, negated, mood, inside), number

    def _test(self, code: str, value: str, status: str, negated: str, mood: str, inside: str) -> str:
        return (
            f'<observation classCode="OBS" moodCode="{mood}"{negated}>{templates(f"{LAB}.6", f"{FR}.80")}{self.ident()}'
            f'{cd("code", code, LOINC, f"Test {code}")}<statusCode code="{status}"/><effectiveTime value="20240104"/>{value}{inside}</observation>'
        )

    def battery(self, depth: int) -> tuple[str, int]:
        """Tests and batteries in a battery (1.3.1.4) or an isolate (1.3.1.5)."""
        held, total = "", 0
        for _ in range(self.dice.randint(1, 5)):
            xml, number = self.battery(depth - 1) if depth and self.dice.random() < 0.4 else self.test()
            if self.dice.random() < 0.06:  # of a donor, of a foetus
                who = f'<subject><relatedSubject classCode="PRS">{cd("code", "CHILD", "2.16.840.1.113883.5.111", "Fœtus")}</relatedSubject></subject>'
                xml, number = re.sub(r"(<statusCode [^>]*/>)", rf"\1{who}", xml, count=1), 0
            held, total = held + f'<component typeCode="COMP">{xml}</component>', total + number
        isolate = self.dice.random() < 0.3
        germ = (
            '<specimen><specimenRole><specimenPlayingEntity classCode="MIC">'
            f"{cd('code', '112283007', SNOMED, 'Escherichia coli')}</specimenPlayingEntity></specimenRole></specimen>"
        )
        name = (
            cd("code", "18769-0", LOINC, "Antibiogramme") if self.dice.random() < 0.7 else self.null("code")
        )
        xml = (
            f'<organizer classCode="{"CLUSTER" if isolate else "BATTERY"}" moodCode="EVN">'
            f'{templates(f"{LAB}.5" if isolate else f"{LAB}.4")}{name}<statusCode code="completed"/>{germ if isolate and total else ""}{held}</organizer>'
        )
        return xml, total

    def laboratory(self) -> Entry:
        """An XD-LAB entry: batteries and tests in an act, a comment of the whole now and then."""
        held, total = "", 0
        for _ in range(self.dice.randint(1, 5)):
            xml, number = self.battery(3) if self.dice.random() < 0.6 else self.test()
            held, total = (
                held + f'<entryRelationship typeCode="COMP">{xml}</entryRelationship>',
                total + number,
            )
        held += comment("Prélèvement à jeun") if self.dice.random() < 0.3 else ""
        act = _chapter(held)
        turn = self.dice.randrange(6)
        if turn == 0:  # a chapter in a chapter
            xml, number = self.test()
            tie = '<entryRelationship typeCode="COMP">'
            act = _chapter(f"{tie}{act}</entryRelationship>{tie}{xml}</entryRelationship>")
            total += number
        elif turn == 1:  # a battery, or a test, straight in its entry
            act, total = self.battery(2)
        elif turn == 2:
            act, total = self.test()
        return act, {"result.recorded": total}

    def panel(self) -> Entry:
        """A group of results in a synthesis (CI-SIS FR-Groupe-de-resultats): an organizer in the entry."""
        xml, number = self.battery(1)
        return xml.replace(f"{LAB}.4", f"{FR}.208").replace(f"{LAB}.6", f"{FR}.209"), {
            "result.recorded": number
        }


def _chapter(held: str) -> str:
    coded = cd("code", "18719-5", LOINC, "Biochimie")
    return f'<act classCode="ACT" moodCode="EVN">{coded}<statusCode code="completed"/>{held}</act>'


# Section → its makers, by document.
_SYNTHESIS: dict[str, Callable[[Maker], Entry]] = {
    "11450-4": Maker.problem, "11348-0": Maker.problem, "47519-4": Maker.procedure, "48765-2": Maker.allergy,
    "29762-2": Maker.habit, "10157-6": Maker.relative, "10160-0": Maker.treatment, "30954-2": Maker.panel,
}  # fmt: skip
_IPS = {**_SYNTHESIS, "8716-3": Maker.vitals, "11369-6": Maker.vaccine, "10161-8": Maker.habit}
_CHAPTERS: dict[str, Callable[[Maker], Entry]] = dict.fromkeys(
    ("18719-5", "18725-2", "18723-7", "18728-6", "18768-2"), Maker.laboratory
)
DOCUMENTS: dict[str, tuple[str, dict[str, Callable[[Maker], Entry]]]] = {
    "vsm": ("SYNTH", _SYNTHESIS),
    "ips": ("60591-5", _IPS),
    "laboratory": ("11502-2", _CHAPTERS),
    "rapid test": ("34807-8", {"18725-2": Maker.laboratory}),
    "vaccination": ("11369-6", {"11369-6": Maker.vaccine}),
}


def generated(kind: str, seed: int, most: int = 8) -> tuple[bytes, Counts]:
    """A document of that kind, and what it states; `most` entries a section."""
    maker = Maker(f"{kind} {seed}")
    code, makers = DOCUMENTS[kind]
    chosen = list(makers)
    maker.dice.shuffle(chosen)
    chosen = chosen[: maker.dice.randint(1, len(chosen))]
    sections, expected = [], {}
    for section in chosen:
        found = [makers[section](maker) for _ in range(maker.dice.randint(0, most))]
        sections.append(_section(section, [xml for xml, _ in found], maker))
        totals: Counter[str] = Counter()
        for _, kinds in found:
            totals.update({name: number for name, number in kinds.items() if name and number})
        if totals:
            expected[section] = dict(totals)
    return _prefixed(document(*_nested(sections, maker), code=code), maker.dice), expected


def _section(code: str, entries: list[str], maker: Maker) -> str:
    held = "".join(f'<entry typeCode="DRIV">{entry}</entry>' for entry in entries)
    block = "".join(maker.texts)
    maker.texts.clear()
    return f"<section>{cd('code', code, LOINC, 'Rubrique')}<title>Rubrique</title><text>{block}</text>{held}</section>"


def _nested(sections: list[str], maker: Maker) -> list[str]:
    """Some sections within one that has no entry of its own (VSM), or within the chapter before (CR-BIO)."""
    if len(sections) < 2 or maker.dice.random() < 0.5:
        return sections
    inner = "".join(f"<component>{one}</component>" for one in sections[1:])
    outer = f"<section>{cd('code', '46612-8', LOINC, 'Synthèse')}<title>Synthèse</title>{inner}</section>"
    return [sections[0], outer]


def _prefixed(content: bytes, dice: random.Random) -> bytes:
    """The same under another prefix, as software writes it; types follow or not."""
    prefix = dice.choice(("", "", "cda", "n1", "hl7"))
    if not prefix:
        return content
    text = content.decode().replace('xmlns="urn:hl7-org:v3"', f'xmlns:{prefix}="urn:hl7-org:v3"')
    text = re.sub(r"<(/?)(?=[A-Za-z])", rf"<\1{prefix}:", text)
    if dice.random() < 0.5:
        text = text.replace('xsi:type="', f'xsi:type="{prefix}:')
    return text.encode()
