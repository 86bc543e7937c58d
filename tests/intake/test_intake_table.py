"""docs/intake.md says what the readers do of the public samples, and nothing of what is in them."""

from __future__ import annotations

import pytest

from lanterne.intake.reading import ReadIdentity
from tools import intake_table

needs_samples = pytest.mark.skipif(
    not intake_table.SAMPLES.is_dir(), reason="the public sample files are not at ../shared/samples"
)


@needs_samples
def test_the_committed_table_is_what_the_readers_say() -> None:
    committed = intake_table.TARGET.read_text(encoding="utf-8")
    assert intake_table.written() == committed, "run tools/intake_table.py and look at what changed"


@needs_samples
def test_every_sample_is_in_the_table() -> None:
    committed = intake_table.TARGET.read_text(encoding="utf-8")
    names = [
        path.name for folder in intake_table.FOLDERS for path in (intake_table.SAMPLES / folder).iterdir()
    ]
    assert len(names) > 20
    assert [name for name in names if f"| {name} |" not in committed] == []


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Section « A » : 1 entrée restée en texte (dit absent : Choléra).", "Section « A » : 1 entrée restée en texte (dit absent)."),
        ("2 lignes de résultat sans valeur : IGE, TSH.", "2 lignes de résultat sans valeur."),
        ("La clé est fausse : il ne sert pas.", "La clé est fausse : il ne sert pas."),
    ],
)  # fmt: skip
def test_a_sentence_quotes_nothing(said: str, kept: str) -> None:
    assert intake_table.general(said) == kept
    assert intake_table.general(said.replace(" :", "\u00a0:")) == kept.replace(" :", "\u00a0:")


def test_identity_gives_no_value() -> None:
    said = intake_table.identity(
        ReadIdentity(birth_name="BAPTISTE", matricule="152047512345625", key_agrees=False)
    )
    assert (
        said == "strict traits but first given name, birth date, sex, birth place, matricule, **key wrong**"
    )
    assert intake_table.identity(None) == "none"
