"""Every page and fragment of the desk with something in it: name → (template, context)."""

from __future__ import annotations

from typing import Any

from tests.desk import exchange_sample as exchange
from tests.desk import forms_sample as forms
from tests.desk import jean_baptiste as cast
from tests.desk.stage import engine


def every_page() -> dict[str, tuple[str, dict[str, Any]]]:
    """Rendered by the tests, photographed by preview.py."""
    engine()
    from lanterne.desk.exchange.choosing import ConfirmForm

    frame, band = exchange.quiet(cast.FRAME), cast.BAND
    refused = forms.AllergyForm(data={"substance": "", "type": "allergy", "since": "hier"})
    refused.add_error(
        "since", "Cette date n’est pas comprise. Écrivez une année, ou une date comme 12/03/2019."
    )
    chart = {"frame": frame, "band": band, "page": cast.CHART_PAGE}
    form = {"frame": frame, "band": band, "page": cast.ALLERGY_FORM, "form": forms.AllergyForm()}
    return {
        "home": (
            "desk/patients/home.html",
            {"frame": frame, "page": cast.HOME, "results": cast.HITS, "search_first": True},
        ),
        "chart": ("desk/chart/page.html", chart),
        "chart-empty": (
            "desk/chart/page.html",
            {"frame": frame, "band": cast.NEWCOMER, "page": cast.EMPTY_CHART},
        ),
        "form": ("desk/chart/form.html", {**form, "form": refused}),
        "consultation": (
            "desk/chart/consultation.html",
            {
                "frame": frame,
                "band": band,
                "page": cast.consultation(),
                "form": forms.ConsultationForm(),
                "measures": forms.MeasuresForm(),
            },
        ),
        "identity": ("desk/patients/identity.html", {"frame": frame, "band": band, "page": cast.IDENTITY}),
        "merge": ("desk/patients/merge.html", {"frame": frame, "band": band, "page": cast.MERGE}),
        "document": ("desk/documents/viewer.html", {"frame": frame, "band": band, "page": cast.LETTER}),
        "deposit": (
            "desk/documents/deposit.html",
            {"frame": frame, "band": band, "page": cast.DEPOSIT, "form": forms.DepositForm()},
        ),
        "team": ("desk/team/page.html", {"frame": frame, "page": cast.TEAM}),
        "trace": ("desk/trace/page.html", {"frame": frame, "page": cast.TRACE, "form": forms.PeriodForm()}),
        "settings": (
            "desk/settings/page.html",
            {"frame": frame, "page": cast.SETTINGS, "form": forms.PassphraseForm()},
        ),
        "exchange": ("desk/exchange/page.html", {"frame": frame, "page": exchange.PAGE}),
        "exchange-lied": (
            "desk/exchange/page.html",
            {"frame": exchange.alarmed(frame), "page": exchange.LIED},
        ),
        "exchange-alarm": ("desk/exchange/alarm.html", {"frame": frame, "page": exchange.ALARM}),
        "exchange-relay": (
            "desk/exchange/relay.html",
            {"frame": frame, "page": exchange.RELAY, "form": ConfirmForm(label_suffix="")},
        ),
        "error-403": ("desk/errors/403.html", {}),
        "error-404": ("desk/errors/404.html", {}),
        "error-500": ("desk/errors/500.html", {"incident": "K7Q2"}),
        "error-mismatch": (
            "desk/errors/mismatch.html",
            {
                "form_patient": "BAPTISTE Jean",
                "page_patient": "LEMOINE Zoé",
                "form_patient_url": band.chart_url,
                "page_patient_url": cast.NEWCOMER.chart_url,
                "kept": True,
            },
        ),
        "~form-dialog": ("desk/chart/form_dialog.html", form),
        "~curve": (
            "desk/chart/curve.html",
            {"band": band, "curve": cast.inr(), "values": cast.OUT.items[:2]},
        ),
        "~results": ("desk/patients/results.html", {"results": cast.HITS}),
        "~timeline": ("desk/chart/timeline.html", {"page": cast.CHART_PAGE, "timeline": cast.timeline()}),
        "~timeline-rows": ("desk/chart/timeline_rows.html", {"timeline": cast.timeline()}),
        "~trace-lines": ("desk/trace/lines.html", {"page": cast.TRACE}),
    }
