"""The form of each noun: the word used in addresses and by the chart page's quick actions."""

from __future__ import annotations

from lanterne.desk.forms.base import ItemForm
from lanterne.desk.forms.consultation import ConsultationForm
from lanterne.desk.forms.figures import MeasureForm, ResultForm
from lanterne.desk.forms.medical import (
    AldForm,
    AllergyForm,
    FamilyForm,
    ImmunizationForm,
    LifestyleForm,
    NoteForm,
    ProblemForm,
    ProcedureForm,
    TreatmentForm,
)

FORMS: dict[str, type[ItemForm]] = {
    form.noun: form
    for form in (
        AllergyForm,
        ProblemForm,
        AldForm,
        TreatmentForm,
        MeasureForm,
        ResultForm,
        ImmunizationForm,
        ProcedureForm,
        FamilyForm,
        LifestyleForm,
        NoteForm,
        ConsultationForm,
    )
}


def form_of(kind: str) -> type[ItemForm] | None:
    """The form that corrects statements of a kind."""
    return next((form for form in FORMS.values() if kind == form.body_type.KIND), None)
