"""What one run leaves: results.xlsx, personal statements, and the manifest that says what they were made from."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import datetime
from pathlib import Path

from kpi_helpers.departments import Job, package_version
from kpi_helpers.errors import Fault, KpiError
from kpi_helpers.history import job_before
from kpi_helpers.language import say
from kpi_helpers.policy import value_text
from kpi_helpers.report.published import published
from kpi_helpers.report.results import write_results
from kpi_helpers.report.sections import Html
from kpi_helpers.report.statements import all_statements, slips, statement_name, statement_page
from kpi_helpers.report.views import View
from kpi_helpers.report.words import yuan
from kpi_helpers.result import Result

MANIFEST = "manifest.json"


def save(job: Job, result: Result, output: str = "", earlier: Result | None = None) -> Html:
    """存档: write results.xlsx, statements/, statements.html and manifest.json below `output`; '' writes nothing.

    earlier: the result of the period before, which the personal slips are compared with.
    """
    if not output:
        return Html("save", f"<p>{say('没有指定 output，未写文件。', 'No output folder was given; nothing was written.')}</p>")
    folder = Path(output)
    (folder / "statements").mkdir(parents=True, exist_ok=True)
    write_results(job, result, folder / "results.xlsx")
    made, digest = slips(job, result, earlier), job.digest()
    for employee_id, slip in made.items():
        (folder / "statements" / statement_name(digest, employee_id)).write_text(statement_page(slip), encoding="utf-8")
    (folder / "statements.html").write_text(all_statements(job, list(made.values())), encoding="utf-8")
    if (page := published(job, result)) is not None:
        (folder / "published.html").write_text(page, encoding="utf-8")
    write_json(folder / MANIFEST, facts(job, result, earlier))
    return Html("save", f"<p>results.xlsx · statements/（{len(result.employees)}）· statements.html · {MANIFEST}</p>")


def facts(job: Job, result: Result, earlier: Result | None = None) -> dict:
    """The run in figures: what it was made from and what came out; nothing personal, no time, no path."""
    policy, pay = result.policy, View(result).pay
    statuses = Counter(result.employees["status"])
    return {
        "department": job.name,
        "folder": job.folder,
        "month": job.asked,
        "period": str(policy.period),
        "language": job.language,
        "audiences": list(job.audiences),
        "policy": {
            "file": job.policy.name,
            "scheme": policy.scheme,
            "title": policy.title,
            "version": policy.version,
            "sha256": policy.digest,
            "in_force_sha256": policy.in_force,
        },
        "workbook": {"file": job.workbook.name, "sha256": job.digest()},
        "earlier": None if earlier is None else _earlier(job, earlier),
        "scenario": {"name": job.scenario.name, "sha256": job.scenario.digest} if job.scenario else None,
        "overrides": {name: value_text(value) for name, value in job.overrides.items()},
        "parameters": {name: value_text(parameter.value) for name, parameter in policy.parameters.items()},
        "program": {"name": "kpi-helpers", "version": package_version()},
        "people": len(result.employees),
        "complete": statuses["complete"],
        "statuses": dict(sorted(statuses.items())),
        "groups": len(result.groups),
        "flags": len(result.flags),
        "refused": len(result.errors),
        "assumptions": len(result.assumptions),
        "amount": yuan(pay.grand_total()) if pay.clauses else None,
    }


def _earlier(job: Job, earlier: Result) -> dict:
    """The period before and the workbook that it was scored from."""
    before = job_before(job)
    workbook = before and {"file": before.workbook.name, "sha256": before.digest()}
    return {"period": str(earlier.policy.period), "workbook": workbook, "in_force_sha256": earlier.policy.in_force}


def seal(folder: Path, job: Job) -> dict:
    """Check that the results are of the month that was asked for, and add time and hashes of all files to the manifest."""
    found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    asked = {"month": job.asked, "period": str(job.period), "department": job.name, "folder": job.folder}
    for name, value in asked.items():
        if found[name] != value:
            raise KpiError(
                Fault(MANIFEST, say(f"{name} 应为 {value}，实为 {found[name]}。", f"{name} should be {value}, is {found[name]}."))
            )
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    found["outputs"] = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    found["made_at"] = datetime.now().astimezone().isoformat(timespec="seconds")
    write_json(folder / MANIFEST, found)
    return found


def write_json(path: Path, data) -> None:
    """Readable JSON, keys in the order given."""
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
