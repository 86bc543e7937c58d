"""Letters as plain PDF, a photo, a table of results: what says little of itself."""

from __future__ import annotations

import io
import random
from datetime import datetime

from lanterne.demo import letters
from lanterne.demo.mail.addressees import Addressee
from lanterne.demo.mail.charset import cp1252
from lanterne.demo.mail.reports import Report
from lanterne.demo.wording import pick


def letter(
    rng: random.Random, addressee: Addressee, specialist: str, at: datetime, body: str = ""
) -> tuple[str, str, str]:
    """Sender, title and text of a specialist's letter."""
    known = letters.SPECIALISTS[specialist]
    sender = rng.choice(known.names)
    figures = {"pa": "134/78", "rhythm": "rythme sinusal", "reason": "douleur"}
    years = at.year - addressee.born.year - ((at.month, at.day) < (addressee.born.month, addressee.born.day))
    text = "\n".join(
        (
            sender,
            known.place,
            f"Tél. 03 53 01 {20 + len(specialist):02d} {len(sender):02d}",
            "",
            f"Le {letters.french_date(at.date())}",
            "",
            f"Objet : {known.title}",
            f"Patient : {addressee.shown}, {'née' if addressee.female else 'né'} le {addressee.born:%d/%m/%Y}",
            "",
            "Chère consœur,",
            "",
            f"J'ai vu en consultation {addressee.shown}, {years} ans.",
            body or pick(rng, known.bodies, figures),
            "",
            "Bien confraternellement,",
            sender,
            "",
        )
    )
    return sender, known.title, text


def report_text(report: Report) -> str:
    """A report as the laboratory prints it."""
    lines = [
        report.laboratory,
        f"Dossier {report.number}",
        f"{report.addressee.shown}, {'née' if report.addressee.female else 'né'} le {report.addressee.born:%d/%m/%Y}",
        f"Prélevé le {report.taken:%d/%m/%Y} à {report.taken:%H:%M}",
        "",
    ]
    for line in report.lines:
        bounds = (
            f"({line.low or '…'} à {line.high or '…'})".replace(".", ",") if line.low or line.high else ""
        )
        lines.append(f"{line.test.label} : {line.shown} {line.unit} {bounds} {line.flag}".rstrip())
        lines += [line.comment] if line.comment else []
    return "\n".join([*lines, "", "Validé par : Mme Odile Prat, biologiste", ""])


def pdf(title: str, text: str, at: datetime) -> bytes:
    """A PDF of one page."""
    return letters.pdf(title, text, at)


def photo(rng: random.Random) -> bytes:
    """A photo of a mole taken with a telephone: skin, grain, a brown mark."""
    from PIL import Image, ImageDraw, ImageFilter

    width, height = 640, 480
    tones = [(206 + rng.randrange(-4, 5), 158 + rng.randrange(-4, 5), 132) for _ in range(64 * 48)]
    skin = Image.new("RGB", (64, 48))
    skin.putdata(tones)
    picture = skin.resize((width, height), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(picture)
    left, top = rng.randrange(240, 300), rng.randrange(170, 220)
    pen.ellipse((left, top, left + 110, top + 84), fill=(96, 58, 40))
    pen.ellipse((left + 52, top + 14, left + 126, top + 74), fill=(74, 44, 34))
    picture = picture.filter(ImageFilter.GaussianBlur(3))
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=80)
    return made.getvalue()


def table(report: Report) -> bytes:
    """Results as a spreadsheet sends them: semicolons, decimal commas, cp1252."""
    who = report.addressee.identity
    lines = ["Nom;Prénom;Date de naissance;Sexe;Date de prélèvement;Examen;Valeur;Unité;Min;Max"]
    lines += [
        ";".join(
            (
                who.birth_name,
                who.first_given,
                f"{report.addressee.born:%d/%m/%Y}",
                "F" if report.addressee.female else "M",
                f"{report.taken:%d/%m/%Y}",
                line.test.label,
                line.shown,
                line.unit,
                line.low.replace(".", ","),
                line.high.replace(".", ","),
            )
        )
        for line in report.lines
    ]
    return cp1252("\r\n".join(lines) + "\r\n")
