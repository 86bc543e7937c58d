"""Django forms as the rooms write them, to see the components dressed."""

from __future__ import annotations

from django import forms


class AllergyForm(forms.Form):
    """Text, choice, date in any French form, checkbox."""

    substance = forms.CharField(label="Substance", help_text="Médicament, aliment, matière…")
    type = forms.ChoiceField(
        label="Nature", choices=[("allergy", "allergie"), ("intolerance", "intolérance")]
    )
    criticality = forms.ChoiceField(
        label="Risque",
        choices=[("high", "élevé"), ("low", "faible"), ("unable-to-assess", "non évalué")],
        widget=forms.RadioSelect,
    )
    since = forms.CharField(label="Depuis", required=False, help_text="une année suffit")
    reaction = forms.CharField(label="Réaction", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    unconfirmed = forms.BooleanField(label="À confirmer", required=False)


class ConsultationForm(forms.Form):
    """What a consultation holds."""

    reason = forms.CharField(label="Motif", initial="Résultat d’INR à 4,8")
    findings = forms.CharField(label="Examen", required=False, widget=forms.Textarea(attrs={"rows": 5}))
    conclusion = forms.CharField(label="Conclusion", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    text = forms.CharField(label="Texte libre", required=False, widget=forms.Textarea(attrs={"rows": 4}))


class MeasuresForm(forms.Form):
    """Vital signs of the day."""

    systolic = forms.CharField(label="Systolique (mmHg)", required=False)
    diastolic = forms.CharField(label="Diastolique (mmHg)", required=False)
    pulse = forms.CharField(label="Pouls (/min)", required=False)
    weight = forms.CharField(label="Poids (kg)", required=False)
    temperature = forms.CharField(label="Température (°C)", required=False)
    saturation = forms.CharField(label="SpO₂ (%)", required=False)


class PassphraseForm(forms.Form):
    """Old and new."""

    old = forms.CharField(
        label="Phrase actuelle", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label="Nouvelle phrase",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="12 signes au moins",
    )
    again = forms.CharField(
        label="Nouvelle phrase, une fois encore",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class PeriodForm(forms.Form):
    """Filter of the traces."""

    person = forms.ChoiceField(label="Personne", required=False, choices=[("", "toutes")])
    first = forms.CharField(label="Du", required=False)
    last = forms.CharField(label="Au", required=False)


class DepositForm(forms.Form):
    """Kind, date and sender of a document."""

    kind = forms.ChoiceField(label="Genre", choices=[("letter", "lettre"), ("lab", "biologie")])
    day = forms.CharField(label="Date", required=False)
    sender = forms.CharField(label="De la part de", required=False)
