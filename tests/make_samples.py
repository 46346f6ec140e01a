"""Write the sample workbooks of params/sample from the data in tests/samples: python tests/make_samples.py [SCHEME …]"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from kpi_helpers.calendar import Period
from kpi_helpers.policy_file import load_policy
from kpi_helpers.workbook.template import write_workbook

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent / "params" / "sample"
MONTHS = ("2026-09", "2026-10")
PERIODS = {"quarterly_standard": ("2026-Q2", "2026-Q3")}


def schemes() -> list[str]:
    return sorted(path.stem for path in (HERE / "samples").glob("*.py") if path.stem != "__init__")


def periods(scheme: str) -> tuple[str, ...]:
    return PERIODS.get(scheme, MONTHS)


def rows(scheme: str, period: str) -> dict[str, list[dict]]:
    """The tables of one sample department in one period."""
    spec = importlib.util.spec_from_file_location(f"samples_{scheme}", HERE / "samples" / f"{scheme}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found, latest = module.tables(period), periods(scheme)[-1]
    return found if period == latest else one_period_earlier(found, period, module.tables(latest)["employees"])


def one_period_earlier(found: dict[str, list[dict]], period: str, later: list[dict]) -> dict[str, list[dict]]:
    """The same department before: who joins or leaves in the later period has not come yet, or is still there."""
    known = {one["employee_id"]: {name: one[name] for name in ("hire_date", "leave_date", "regular_from") if name in one} for one in later}
    end = Period.parse(period).last
    absent = {id for id, dates in known.items() if dates.get("hire_date") and dates["hire_date"] > end}
    kept = {name: [row for row in rows if row.get("employee_id") not in absent] for name, rows in found.items()}
    return kept | {"employees": [one | known[one["employee_id"]] for one in kept["employees"]]}


def write(scheme: str, period: str, folder: Path = FOLDER) -> Path:
    """One sample workbook, in params/sample/<period>/<scheme>.xlsx."""
    path = folder / period / f"{scheme}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    policy = load_policy(HERE.parent / "params" / "policies" / f"{scheme}.yaml", period)
    return write_workbook(policy, rows(scheme, period), path)


if __name__ == "__main__":
    for name in sys.argv[1:] or schemes():
        for one in periods(name):
            print(write(name, one))
