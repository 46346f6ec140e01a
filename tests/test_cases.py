"""Every worked case in tests/cases passes through the same runner as `kpi cases`; a wrong value is found."""

from pathlib import Path

import pytest

from kpi_helpers.cases import compare, run_cases

FILES = sorted(Path(__file__).with_name("cases").glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_worked_case_passes(path):
    failed = [f"{outcome.id}: {line}" for outcome in run_cases(path) for line in outcome.differences]
    assert not failed, "\n".join(failed)


def test_the_119_agreed_cases_are_all_here():
    agreed = [path for path in FILES if not path.stem.startswith("more_")]
    assert sum(len(run_cases(path)) for path in agreed) == 119


def test_a_wrong_value_is_named_with_place_expected_and_got(tmp_path):
    text = FILES[[path.stem for path in FILES].index("team_pool")].read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(text.replace("share: 267.00", "share: 300.00"), encoding="utf-8")
    failed = [outcome for outcome in run_cases(wrong) if not outcome.passed]
    assert [outcome.id for outcome in failed] == ["TP02"]
    assert failed[0].differences == ["groups G1 share：应为 300，实为 267"]


def test_comparison_is_exact_after_rounding_to_the_fen():
    assert compare("x", 2, 2) == []
    assert compare("x", None, 0) != []
    assert compare("x", 0, None) != []
    assert compare("x", True, 1) != []
    assert compare("x", [1, 2], [2, 1]) != []
    assert compare("x", {"a": 1}, {"a": 1, "b": 2}) == []
    assert compare("x", {"a": 1}, {"b": 1}) != []
