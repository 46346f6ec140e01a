"""晋升: the ladder of levels, candidates for early regularisation and promotion, when a level is paid (6, 7.3)."""

from __future__ import annotations

from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import ConfigDict
from typing_extensions import TypedDict

from kpi_helpers.arguments import Number, Whole
from kpi_helpers.book import Book
from kpi_helpers.calendar import Period, month_of
from kpi_helpers.lines import Lines
from kpi_helpers.numbers import ExactArray, constant, half_up, missing, sum_by
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.dawo.months import numbers_of
from kpi_helpers.schemes.dawo.points import decided_stars
from kpi_helpers.schemes.dawo.staff import employment, is_trial, level_rows, person_levels, persons
from kpi_helpers.tables import Tables


class EarlyStandard(TypedDict, total=False):
    """提前转正标准: the least ratios and score, the most complaints; what is left out is not asked for."""

    __pydantic_config__ = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    basic_ratio: Number
    incentive_ratio: Number
    score: Number
    complaints: Number


def next_level(book: Book, levels: list[dict]) -> Lines:
    """6.0a 逐级晋升: the only level that may be proposed for each person; none on the highest or on no level."""
    ladder = level_rows(book, levels).index
    place = ladder.get_indexer(pd.Index(person_levels(book, levels), dtype=object))
    book.people["level_place"] = place
    following = np.append(ladder[1:], [None, None]).astype(object)
    return Lines(missing(len(place)), result=following[np.where(place < 0, len(ladder), place)])


def promotion_proposals(book: Book, levels: list[dict]) -> None:
    """6.0b 禁止跳级晋升: proposals (晋升提议) for the next level are listed, all others are refused with the reason."""
    rows = book.table("promotion_proposals")
    person, ladder = book.codes(rows["employee_id"]), level_rows(book, levels).index
    wanted = ladder.get_indexer(pd.Index(rows["to_level"], dtype=object))
    steps = wanted - np.append(book.people["level_place"].to_numpy(), -1)[person]
    unknown = wanted < 0
    for reason, mask in (("unknown_level", unknown), ("skips_a_level", ~unknown & (steps > 1)), ("no_promotion", ~unknown & (steps < 1))):
        book.refuse("promotion_proposals", np.flatnonzero(mask), reason, "to_level")
    book.outputs["proposals"] = rows[~unknown & (steps == 1)].drop(columns="_row").reset_index(drop=True)


def star_in_first_month(book: Book, clause: Clause, mode: Literal["candidate", "automatic"]) -> None:
    """6.2.4 首月服务之星，下个月可以提前转正: trial staff who were the star of their month of hire.

    `early_regularisation` holds the month for everybody. automatic: the person is regular from its first day.
    """
    decisions = book.table("star_decisions").iloc[decided_stars(book)]
    if book.period is not None:
        decisions = decisions[decisions["announced_on"] <= pd.Timestamp(book.period.last)]
    hired = employment(book)[0].astype("datetime64[M]")
    stars = pd.MultiIndex.from_frame(decisions[["employee_id", "period"]])
    first_months = pd.MultiIndex.from_arrays([book.people.index, hired.astype(str).astype(object)])
    star = first_months.isin(stars) & is_trial(book, None)
    book.outputs["early_regularisation"] = pd.Series(np.full(len(star), None, dtype=object), index=book.people.index)
    book.outputs["candidates"] = pd.DataFrame({"employee_id": [], "route": [], "month": []}, dtype=object)
    _regularise_early(book, clause, star, (hired + 1).astype(str).astype(object))
    if mode == "automatic":
        known = pd.to_datetime(book.people.get("regular_from", pd.Series(pd.NaT, index=book.people.index)))
        book.people["regular_from"] = known.where(~star | known.notna(), pd.Series((hired + 1).astype("datetime64[us]"), book.people.index))


def early_regularisation(book: Book, clause: Clause, standard: EarlyStandard, complaint_clauses: list[str]) -> None:
    """6.1b 提前转正: trial specialists who reach every value of the standard this month may be regular from the next."""
    if book.period is None:
        return
    reached = _specialists(book) & is_trial(book, book.period.last)
    for name in standard.keys() - {"complaints"}:
        reached &= book.people[name].array >= standard[name]
    if "complaints" in standard:
        reached &= _complaints(book, complaint_clauses) <= standard["complaints"]
    _regularise_early(book, clause, reached, _next_month(book))


def fast_promotion(book: Book, clause: Clause, months: Whole, complaint_clauses: list[str]) -> None:
    """6.1c 月度考核晋升: regular specialists above both quotas and without complaint this month, members at 100 % so many months in a row.

    months: with this one; earlier months come from 季度各月, and a month that is not there is not reached.
    """
    if book.period is None:
        return
    people = book.people
    reached = _specialists(book) & ~is_trial(book, book.period.last) & people["next_level"].notna().to_numpy()
    reached &= (people["r_talk"].array > 1) & (people["r_calls"].array > 1) & (_complaints(book, complaint_clauses) == 0)
    reached &= people["incentive_ratio"].array >= 1
    before = book.period
    for _ in range(months - 1):
        before = before.before()
        reached &= _incentive_ratio_in(book, str(before)) >= 1
    _propose(book, clause, reached, _next_month(book))


def level_pay_from(book: Book, effective: Literal["next_natural_quarter", "next_month"]) -> None:
    """6.2.2b 下一季度按照对应职级发放薪资: `level_pay_from`, the first day each decided level is paid.

    Decided are the windows met (6.2.1b) and what the sheet 职级起薪 names.
    """
    trial, probe = book.outputs["trial"], book.table("level_probe")
    passed = trial["regular_from"].dropna()
    decided = {one: str(Period.parse(month).before()) for one, month in passed.items()}
    decided |= dict(zip(probe["employee_id"], probe["decided_after_month"], strict=True))
    book.outputs["level_pay_from"] = {one: first_paid_day(month, effective) for one, month in decided.items()}


def first_paid_day(decided_after: str, effective: str) -> date:
    """The first day of the month, or of the natural quarter, after the month of the decision.

    >>> [str(first_paid_day("2024-04", effective)) for effective in ("next_natural_quarter", "next_month")]
    ['2024-07-01', '2024-05-01']
    """
    month = Period.parse(decided_after)
    return (month.quarter() if effective == "next_natural_quarter" else month).after().first


def raises(book: Book, levels: list[dict], amount: Number | None) -> None:
    """7.3 底薪上调: for every candidate the amount, or what the next level's base wage is more (元); people decide."""
    rows, ladder = book.outputs["candidates"], level_rows(book, levels)
    place = book.people["level_place"].to_numpy()[book.codes(rows["employee_id"])]
    names, wages = np.append(ladder.index, None), numbers_of(ladder, "base_wage")
    following = np.where((place >= 0) & (place + 1 < len(ladder)), place + 1, -1)
    rows["level"], rows["next_level"] = names[place], names[following]
    more = wages.take(following, allow_fill=True) - wages.take(place, allow_fill=True)
    rows["raise"] = more if amount is None else constant(half_up(amount), len(rows))


# -- parts -----------------------------------------------------------------------------------------------------------


def _specialists(book: Book) -> np.ndarray:
    return book.people["specialist"].to_numpy(dtype=bool)


def _complaints(book: Book, clauses: list[str]) -> ExactArray:
    """Confirmed complaints of the month, counted from the events under these clauses."""
    events, (rows, person) = book.events, book.once(_events_under, *clauses)
    kept = events["kept"].to_numpy(dtype=bool)[rows]
    return sum_by(events["count"].array[rows[kept]], person[kept], len(book.people))


def _events_under(tables: Tables, *clauses: str) -> tuple[np.ndarray, np.ndarray]:
    """The rows of these clauses, and whom they are of."""
    events = tables["events"]
    rows = np.flatnonzero(events["clause"].isin(clauses))
    return rows, persons(tables, events["employee_id"].iloc[rows])


def _incentive_ratio_in(book: Book, month: str) -> ExactArray:
    """激励量达成率 of an earlier month, from 季度各月."""
    rows = book.table("quarter_months")
    rows = rows[rows["month"] == month]
    return numbers_of(rows, "incentive_ratio").take(pd.Index(rows["employee_id"]).get_indexer(book.people.index), allow_fill=True)


def _next_month(book: Book) -> np.ndarray:
    return np.full(len(book.people), str(month_of(book.period.last).after()), dtype=object)


def _regularise_early(book: Book, clause: Clause, chosen: np.ndarray, months: np.ndarray) -> None:
    """Candidates for early regularisation, each with the first month proposed."""
    early = book.outputs["early_regularisation"]
    book.outputs["early_regularisation"] = early.where(early.notna() | ~chosen, pd.Series(months, index=early.index))
    _propose(book, clause, chosen, months)


def _propose(book: Book, clause: Clause, chosen: np.ndarray, months: np.ndarray) -> None:
    """Add people to the list of candidates (候选名单): what for, and from which month."""
    found = pd.DataFrame({"employee_id": book.people.index[chosen], "route": clause.title, "month": months[chosen]})
    book.outputs["candidates"] = pd.concat([book.outputs["candidates"], found], ignore_index=True)
