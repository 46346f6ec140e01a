"""个人绩效单: one page a person, holding nothing about anybody else."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator

from kpi_helpers.departments import Job
from kpi_helpers.language import say
from kpi_helpers.report.render import page
from kpi_helpers.report.sections import Figure, Fold
from kpi_helpers.report.views import View, plain
from kpi_helpers.report.words import show, status_word
from kpi_helpers.result import Result


def statement_name(digest: str, employee_id: str) -> str:
    """The file of one person's slip: fixed for one workbook, not to be guessed from the id.

    digest: sha256 of the workbook, which employees do not have.
    """
    return hashlib.sha256(f"{digest}\0{employee_id}".encode()).hexdigest()[:16] + ".html"


def statements(job: Job, result: Result) -> Iterator[tuple[str, str]]:
    """(file name, page) of every person of a result."""
    view, digest = View(result), job.digest()
    own, shared = defaultdict(list), defaultdict(list)
    for row in view.ledger:
        (shared[row["group_id"]] if row["employee_id"] is None else own[row["employee_id"]]).append(row)
    for employee_id, person in result.employees.iterrows():
        group = shared.get(plain(person.get("group_id")), []) if plain(person.get("group_id")) is not None else []
        yield statement_name(digest, employee_id), _statement(job, view, employee_id, person, own[employee_id], group)


def _statement(job, view, employee_id, person, own, group) -> str:
    results = [
        (shown, view.word(shown, plain(person[shown.name])), view.rests_on_assumption(employee_id, shown, plain(person[shown.name])))
        for shown in view.shown(view.result.employees)
        if not _compares(shown)
    ]
    heads = [one for one in results if one[0].role in ("score", "grade", "pay") and one[1] is not None]
    figures = [Figure(say("状态", "status"), status_word(person["status"]))]
    figures += [Figure(shown.title, show(value, shown.unit), shown.unit, assumed) for shown, value, assumed in heads]
    folds = [Fold(say("各项明细", "Lines"), "", own, evidence=False)] if own else []
    if group:
        folds.append(Fold(say("小组的计算", "The group's calculation"), "", group, evidence=False))
    return page(
        "statement.html.j2",
        title=f"{say('个人绩效单', 'Personal statement')} {view.policy.period}",
        job=job,
        policy=view.policy,
        person=view.person(employee_id),
        figures=figures,
        missing=view.lacking(person["missing"]),
        results=[one for one in results if one[0].role == "detail" and one[1] is not None],
        folds=folds,
    )


def _compares(shown) -> bool:
    """A place among others says something about the others."""
    return shown.unit == "名" or "rank" in shown.name
