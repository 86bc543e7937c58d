"""BMI and eGFR: known values, and refusal rather than a guess."""

import pytest

from lanterne.reference.formulas import CannotCompute, bmi, cockcroft_gault, egfr


@pytest.mark.parametrize(
    ("weight", "height", "expected"), [(70, 175, 22.9), (81.5, 170, 28.2), (3.4, 50, 13.6), (120, 160, 46.9)]
)
def test_bmi(weight, height, expected):
    assert bmi(weight_kg=weight, height_cm=height).value == expected


@pytest.mark.parametrize(
    ("creatinine", "age", "sex", "expected"),
    [
        # CKD-EPI 2021 worked by hand from the published equation (Inker 2021, table S)
        (88.4, 50, "female", 69),  # 142 × (1.0/0.7)^-1.2 × 0.9938^50 × 1.012
        (88.4, 50, "male", 92),  # 142 × (1.0/0.9)^-1.2 × 0.9938^50
        (53.04, 30, "female", 124),  # Scr 0.6: 142 × (0.6/0.7)^-0.241 × 0.9938^30 × 1.012
        (176.8, 78, "male", 34),  # Scr 2.0
        (70.72, 20, "male", 130),  # Scr 0.8, below kappa
    ],
)
def test_egfr(creatinine, age, sex, expected):
    computed = egfr(creatinine_umol_l=creatinine, age_years=age, sex=sex)
    assert computed.value == expected
    assert "2021" in computed.source


@pytest.mark.parametrize(
    ("inputs", "missing"),
    [
        ({"creatinine_umol_l": None, "age_years": 50, "sex": "male"}, "creatinine"),
        ({"creatinine_umol_l": 80, "age_years": None, "sex": "male"}, "age"),
        ({"creatinine_umol_l": 80, "age_years": 50, "sex": "unknown"}, "sex"),
        ({"creatinine_umol_l": 80, "age_years": 17, "sex": "male"}, "adult"),
        ({"creatinine_umol_l": 0.9, "age_years": 50, "sex": "male"}, "bounds"),  # mg/dL typed for µmol/L
    ],
)
def test_egfr_refuses(inputs, missing):
    with pytest.raises(CannotCompute) as refused:
        egfr(**inputs)
    assert refused.value.missing == missing


@pytest.mark.parametrize(
    ("weight", "height", "missing"),
    [(None, 170, "weight"), (70, None, "height"), (70, 1.70, "bounds"), (7000, 170, "bounds")],
)
def test_bmi_refuses(weight, height, missing):
    with pytest.raises(CannotCompute) as refused:
        bmi(weight_kg=weight, height_cm=height)
    assert refused.value.missing == missing


@pytest.mark.parametrize(
    ("creatinine", "age", "sex", "weight", "expected"),
    [
        (88.4, 40, "male", 72, 100),  # (140 − 40) × 72 / (72 × 1.0)
        (88.4, 40, "female", 72, 85),
        (176.8, 80, "male", 72, 30),  # Scr 2.0
        (176.8, 80, "female", 48, 17),  # 60 × 48 / 144 × 0.85
    ],
)
def test_cockcroft_gault(creatinine, age, sex, weight, expected):
    computed = cockcroft_gault(creatinine_umol_l=creatinine, age_years=age, sex=sex, weight_kg=weight)
    assert (computed.value, computed.unit) == (expected, "mL/min")


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"creatinine_umol_l": None}, "creatinine"),
        ({"age_years": None}, "age"),
        ({"sex": ""}, "sex"),
        ({"weight_kg": None}, "weight"),
        ({"age_years": 17}, "adult"),
        ({"weight_kg": 19}, "bounds"),
        ({"creatinine_umol_l": 0.9}, "bounds"),
    ],
)
def test_cockcroft_gault_refuses(changed, missing):
    inputs = {"creatinine_umol_l": 80, "age_years": 50, "sex": "male", "weight_kg": 70}
    with pytest.raises(CannotCompute) as refused:
        cockcroft_gault(**{**inputs, **changed})
    assert refused.value.missing == missing
