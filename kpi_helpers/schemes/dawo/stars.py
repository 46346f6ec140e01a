"""服务之星 and 合理化建议: nominations in three stages, one star per period, and the money of both (7.2, 7.4)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number, Whole
from kpi_helpers.book import Book
from kpi_helpers.calendar import Period
from kpi_helpers.checks import RowFault
from kpi_helpers.errors import KpiError
from kpi_helpers.language import say
from kpi_helpers.lines import Cells, Lines
from kpi_helpers.numbers import ExactArray, count_by, half_up, places_of, sum_by
from kpi_helpers.period_rows import named_periods
from kpi_helpers.schemes.dawo.days import first_given
from kpi_helpers.schemes.dawo.months import numbers_of
from kpi_helpers.schemes.dawo.points import counted_events, suggestion_authors
from kpi_helpers.tables import Tables

Kind = Literal["month", "quarter", "year"]
_ROLES = {
    **{role: role for role in ("manager", "gm_office", "supervisor")},
    **{"经理": "manager", "总经办": "gm_office", "主管": "supervisor"},
}
_STATES = {
    "nominated": ("已推荐", "nominated"),
    "preselected": ("已初选", "preselected"),
    "needs_decision": ("待决定", "needs a decision"),
    "decided": ("已决定", "decided"),
}


def check_star_periods(tables: Tables) -> list[RowFault]:
    """服务之星提名、决定: every period is a month, a quarter or a year."""
    problem = say("不是月份、季度或年度", "is no month, quarter or year")
    return [
        RowFault(name, int(row), "period", tables[name]["period"].iloc[row], "not_a_period", problem)
        for name in ("nominations", "star_decisions")
        for row in np.flatnonzero([_kind(period) is None for period in tables[name]["period"]])
    ]


def suggestion_reward(book: Book, amount: Number, paid: Literal["both", "points_only"], event_clause: str) -> Lines:
    """7.2 建议被采纳奖励50元: for each suggestion adopted in the month; joint authors share it, each share rounded (元).

    An event of `event_clause` is an adopted suggestion as well; people in one incident are its joint authors.
    """
    rows, authors = suggestion_authors(book)
    found, persons = counted_events(book, event_clause)
    facts = book.events["event_id"].iloc[found]
    if "incident_id" in book.events:
        facts = book.events["incident_id"].iloc[found].fillna(facts)
    times = book.events["count"].array[found]
    value = _shared(book, amount, rows, authors) + _shared(book, amount, pd.factorize(facts)[0], persons, times)
    cells = [Cells("suggestions", rows, authors, "authors"), Cells("events", found, persons, "clause")]
    return Lines(value if paid == "both" else value * 0, None, cells)


def star_decisions(book: Book, month: Literal["manager", "gm_office"], longer: Literal["manager"]) -> None:
    """7.4h 由经理宣布最终结果: who decides the monthly and the longer stars; a decision of another role is refused.

    A decision by name, or without one, is taken at its word.
    """
    rows = book.once(_with_periods, "star_decisions")
    decider = [month if kind == "month" else longer for kind in book.once(_kinds)]
    decided = rows["decided_by"] if "decided_by" in rows else [None] * len(rows)
    wrong = np.array([_ROLES.get(who, due) != due for who, due in zip(decided, decider, strict=True)], dtype=bool)
    book.kept["refused_stars"], book.kept["star_rewards"] = np.flatnonzero(wrong), {}
    book.kept["decided_stars"] = _decided(rows[~wrong])
    book.refuse("star_decisions", np.flatnonzero(wrong), "wrong_decider", "decided_by")


def star_reward(book: Book, period: Kind, amount: Number) -> Lines:
    """7.4b-d 荣誉海报+奖金: to the star of a month, a quarter or a year, in the month of the announcement (元)."""
    rows = book.kept["decided_stars"]
    rows = rows[book.once(_kinds)[rows] == period]
    stars = book.once(_with_periods, "star_decisions").iloc[rows]
    known = stars if book.period is None else stars[stars["announced_on"] <= pd.Timestamp(book.period.last)]
    book.kept["star_rewards"] |= dict.fromkeys(known["period"], half_up(amount))
    inside = book.in_period(stars["announced_on"])
    rows, stars = rows[inside], stars[inside]
    book.outputs.setdefault("posters", []).extend(stars[["employee_id", "period", "announced_on"]].to_dict("records"))
    person = book.codes(stars["employee_id"])
    count = count_by(person, len(book.people))
    return Lines(count * half_up(amount), count, Cells("star_decisions", rows, person, "employee_id"))


def nominees(book: Book, per_group: Whole) -> None:
    """7.4e 每个主管可以推荐本小组最优秀的人员: so many people of a group and period; further ones are refused."""
    rows = book.once(_with_periods, "nominations")
    named = pd.DataFrame({"period": rows["period"], "group": book.unit_codes(rows, "group"), "employee": rows["employee_id"]})
    once = named[named["group"] >= 0].drop_duplicates()  # who is of no group has no limit
    late = once[once.groupby(["period", "group"]).cumcount() >= per_group]
    extra = pd.MultiIndex.from_frame(named).isin(pd.MultiIndex.from_frame(late))
    book.refuse("nominations", np.flatnonzero(extra), "too_many_nominees", "employee_id")
    book.kept["nominations"] = rows[~extra].drop_duplicates(["period", "employee_id"], keep="last").reset_index(drop=True)


def nomination_form(book: Book, support: Literal["score"]) -> None:
    """7.4a 服务之星 has no measurable criterion: the form shows a support score, the month's own where none is given."""
    rows = book.kept["nominations"].drop(columns="_row")
    given = numbers_of(rows, "support_score")
    person = np.where(given.isna() & (rows["period"] == book.policy.month), book.codes(rows["employee_id"]), -1)
    if (person >= 0).any():
        given = first_given(given, book.people[support].array.take(person, allow_fill=True))
    rows["support_score"] = given
    book.kept["nominations"] = book.outputs["nomination_form"] = rows


def preselection(book: Book) -> None:
    """7.4g 总经办初次评选后递交经理: once somebody is preselected (已初选), only the preselected are in the field."""
    rows = book.kept["nominations"]
    chosen = rows["stage"] == "preselected" if "stage" in rows else pd.Series(False, index=rows.index)
    book.kept["nominations"] = rows.assign(chosen=chosen)[chosen | ~chosen.groupby(rows["period"]).transform("any").astype(bool)]


def one_star(book: Book, tie: Literal["needs_decision"]) -> None:
    """7.4f 只能产生一名: `stars` by period: its one star, or who leads; several leaders or stars wait for a decision."""
    field, decisions = book.kept["nominations"], book.once(_with_periods, "star_decisions").drop(index=book.kept["refused_stars"])
    names = decisions.groupby("period", sort=False)["employee_id"].unique()
    paid = book.kept["star_rewards"]
    stars = {
        period: {**_standing(tie, field[field["period"] == period], list(names.get(period, []))), "reward_paid": paid.get(period, 0)}
        for period in dict.fromkeys([*field["period"], *decisions["period"]])
    }
    book.outputs["stars"] = stars
    shown = [{"period": period, **one, "state": say(*_STATES[one["status"]])} for period, one in stars.items()]
    book.outputs["star_list"] = [{name: one[name] for name in ("period", "state", "star", "leading", "reward_paid")} for one in shown]


# -- parts -----------------------------------------------------------------------------------------------------------


def _with_periods(tables: Tables, name: str) -> pd.DataFrame:
    """A sheet with every period written in one way: 2026-Q3 is 2026Q3, and has but one star."""
    return tables[name].assign(period=named_periods(tables[name], "period"))


def _kinds(tables: Tables) -> np.ndarray:
    """The kind of period of every decision."""
    return np.array([_kind(period) for period in tables["star_decisions"]["period"]], dtype=object)


def _decided(decisions: pd.DataFrame) -> np.ndarray:
    """Rows of announced stars; a period with several different people has none, since only one may be chosen (7.4f)."""
    several = decisions.groupby("period")["employee_id"].transform("nunique") > 1
    announced = decisions[decisions["announced_on"].notna() & ~several]
    return announced.index[~announced.duplicated("period")].to_numpy(dtype=np.intp)


def _shared(book: Book, amount, facts: np.ndarray, persons: np.ndarray, times=1) -> ExactArray:
    """The amount of each fact split equally over its rows, each share rounded, and added up by person."""
    shares = half_up(amount / count_by(facts, int(facts.max(initial=-1)) + 1)[facts]) * times
    known = persons >= 0
    return sum_by(shares[known], persons[known], len(book.people))


def _standing(tie: str, field: pd.DataFrame, decided: list[str]) -> dict:
    """How far one period is: decided for one star, undecided among several, or at the stage of its only leader."""
    support = field["support_score"].array
    leading = list(field["employee_id"][places_of(support.fillna(0) if support.isna().all() else support) == 1])
    if len(decided) == 1:
        status = "decided"
    elif len(decided) > 1 or len(leading) > 1:
        status = tie
    else:
        status = "preselected" if field["chosen"].any() else "nominated"
    return {"status": status, "star": decided[0] if len(decided) == 1 else None, "leading": leading}


def _kind(period) -> str | None:
    """month, quarter or year; None for a text that is no period."""
    try:
        return Period.parse(period).kind
    except KpiError:
        return None
