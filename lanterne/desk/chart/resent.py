"""A form sent again after its answer was lost: the same words are written once, other words are never dropped.

The first sending may have been written although nobody saw the answer (a kill, a cut, a second tab). The door
recognises its fact id and writes nothing again, which is right for the same words and would lose what was typed since.
"""

from __future__ import annotations

from django.http import HttpRequest

from lanterne.desk.forms.base import ItemForm
from lanterne.desk.opening import Opened
from lanterne.desk.sentences import sentence
from lanterne.practice.chart.statements import Statement, one
from lanterne.practice.errors import Refusal, UnknownFact
from lanterne.practice.kinds import Body
from lanterne.wire.errors import LanterneError
from lanterne.wire.names import FactId


def written(seen: Opened, fact: str) -> Statement[Body] | None:
    """What was written in this chart under a form's fact id, None when nothing was."""
    if len(fact) != 32 or any(sign not in "0123456789abcdef" for sign in fact):
        return None
    try:
        return one(seen.chart, FactId(fact))
    except UnknownFact:
        return None


def refuse_other_words(seen: Opened, fact: str, body: Body) -> None:
    """Let the same words pass.

    Raises:
        Refusal: "written_in_other_words": under this id something else is written.
    """
    first = written(seen, fact)
    if first is not None and first.body != body:
        raise Refusal("written_in_other_words")


def keep_on_screen(request: HttpRequest, form: ItemForm, fault: LanterneError) -> None:
    """The disk refused: say so above the form, which is shown again with its text. A script has the form still, and
    only needs the sentence.

    Raises:
        LanterneError: `fault`, for a script.
    """
    if request.headers.get("HX-Request"):
        raise fault
    form.add_error(None, sentence(fault))


def next_fact(seen: Opened, fact: str) -> str:
    """The fact id of a form shown again: a new one (empty: to be drawn) when its own is written already."""
    return "" if written(seen, fact) is not None else fact
