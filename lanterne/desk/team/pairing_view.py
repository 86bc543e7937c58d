"""A device being added, as its page shows it. No Django."""

from __future__ import annotations

from dataclasses import dataclass

from lanterne.desk.frame.view import Notice, When


@dataclass(frozen=True, slots=True)
class AddingPage:
    """One device being added.

    Attributes:
        stage: "request", "code", "copy" or "done" (practice.team.adding).
        carriage: "network", "relay", "folder" or "files".
        invitation: the text to type on the new machine; "" when a file or folder carries.
        others: the same by this machine's other addresses.
        where: the folder.
        signs: the name of the box, as it is read aloud.
        every_s: how often the page asks again; 0 when it waits for this person.
        percent: how much of the record the new device said it holds; None when it said nothing yet.
    """

    stage: str
    carriage: str
    whom: str
    ends: When
    state_url: str
    end_url: str
    code_url: str
    request_url: str
    file_url: str
    qr_url: str
    back_url: str
    invitation: str = ""
    others: tuple[str, ...] = ()
    where: str = ""
    signs: str = ""
    every_s: int = 0
    percent: int | None = None
    lacks: int = 0
    until: When | None = None
    notices: tuple[Notice, ...] = ()
