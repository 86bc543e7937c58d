"""What every chart form is: fields ↔ the body of one kind, and refusals shown beside the field they are about."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from lanterne.desk.forms.fields import WhenField
from lanterne.desk.sentences import sentence
from lanterne.practice.errors import Refusal
from lanterne.practice.kinds import Body

# A code says what these words say: when the words change, it would lie.
NAMING = ("label", "substance", "vaccine")
CODES = ("coding", "targets", "code")


class ItemForm(forms.Form):
    """A form about one statement. Subclasses name their `noun` (the word in addresses), `body_type`, and titles."""

    noun: ClassVar[str]
    body_type: ClassVar[type[Body]]
    title: ClassVar[Any]
    correct_title: ClassVar[Any]
    error_css_class = "wrong"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def body(self) -> Body:
        """What the valid form states. A correction keeps what the form does not show; a code goes with its words."""
        names = set(self.body_type.__struct_fields__)
        kept = {name: value for name, value in self.initial.items() if name in names - set(self.fields)}
        if any(
            self.cleaned_data.get(name) != self.initial.get(name) for name in self.fields if name in NAMING
        ):
            kept = {name: value for name, value in kept.items() if name not in CODES}
        stated = {name: value for name, value in self.cleaned_data.items() if name in names}
        return self.body_type(**{**kept, **stated})

    def moment(self) -> str | None:
        """When it happened, as typed (ISO at the precision known), or None: now."""
        return self.cleaned_data.get("at") or None

    @classmethod
    def initial_of(cls, body: Body, at: str | None) -> dict[str, Any]:
        """What fields hold when the form corrects a statement."""
        values = {name: getattr(body, name) for name in body.__struct_fields__}
        values["at"] = at or ""
        return values

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal of the record beside its field, or above the form."""
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, sentence(refusal))


def moment_field(label: Any) -> WhenField:
    """The date something happened; empty: now."""
    return WhenField(label=label)
