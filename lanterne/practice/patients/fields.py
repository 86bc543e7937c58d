"""Checks of one field of a form, shared with the team room: text of one line or several, phone, e-mail,
postcode.
"""

from __future__ import annotations

import re
import unicodedata

from lanterne.practice.errors import Refusal
from lanterne.practice.patients import phones

NAME_CHARACTERS = 100
TEXT_CHARACTERS = 1_000
# RFC 5321, 4.5.3.1.3: a path holds 256 octets with its brackets.
EMAIL_CHARACTERS = 254

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}")
# France, and the shapes of other countries: a patient may live abroad. Six digits are a slip of the keyboard.
_POSTCODE = re.compile(r"\d{4,5}|(?=.*[A-Z])[A-Z0-9][A-Z0-9 \-]{1,9}")


def tidy(text: str, *, field: str, limit: int = NAME_CHARACTERS) -> str:
    """One line, composed (NFC), single spaces. Raises Refusal "text_too_long"."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if len(line) > limit:
        raise Refusal("text_too_long", field=field, limit=str(limit))
    return line


def tidy_lines(text: str, *, field: str) -> str:
    """Several lines (an address), each tidied, empty ones left out. Raises Refusal "text_too_long"."""
    lines = [tidy(line, field=field, limit=TEXT_CHARACTERS) for line in text.splitlines()]
    whole = "\n".join(filter(None, lines))
    if len(whole) > TEXT_CHARACTERS:
        raise Refusal("text_too_long", field=field, limit=str(TEXT_CHARACTERS))
    return whole


def email(text: str, *, field: str = "email") -> str:
    """An address that can be written to, by its shape only. Raises Refusal "email_shape"."""
    address = tidy(text, field=field, limit=EMAIL_CHARACTERS)
    if address and not _EMAIL.fullmatch(address):
        raise Refusal("email_shape", field=field, typed=address)
    return address


def phone(text: str, *, field: str = "phone") -> str:
    """A number that can be dialled, as typed. Raises Refusal "phone_unreadable"."""
    number = tidy(text, field=field)
    if number and not phones.is_phone(number):
        raise Refusal("phone_unreadable", field=field, typed=number)
    return number


def postcode(text: str, *, field: str = "postcode") -> str:
    """A postcode of France or of another country, by its shape. Raises Refusal "postcode_shape"."""
    code = tidy(text, field=field).upper()
    if code and not _POSTCODE.fullmatch(code):
        raise Refusal("postcode_shape", field=field, typed=code)
    return code
