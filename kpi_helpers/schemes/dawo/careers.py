"""晋升: the ladder of levels, candidates for early regularisation and promotion, when a level is paid (6, 7.3)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import ConfigDict
from typing_extensions import TypedDict

from kpi_helpers.arguments import Number, Whole
from kpi_helpers.book import Book
from kpi_helpers.calendar import Period
from kpi_helpers.lines import Lines
from kpi_helpers.listing import listing
from kpi_helpers.numbers import ExactArray, constant, half_up, missing, sum_by
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.dawo.months import check_standard, month_number, month_text, numbers_of
from kpi_helpers.schemes.dawo.points import counted_events
from kpi_helpers.schemes.dawo.staff import employment, is_trial, last_day, level_places, level_rows, roster_index, specialists
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
    place = level_places(book, levels)
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
    stars = book.table("star_decisions").iloc[book.kept["decided_stars"]]
    if book.period is not None:
        stars = stars[stars["announced_on"] <= pd.Timestamp(book.period.last)]
    hired, person = employment(book)[0].astype("datetime64[M]"), book.codes(stars["employee_id"])
    star = np.zeros(len(book.people), dtype=bool)
    star[person[hired[person].astype(str) == stars["period"].to_numpy(dtype=str)]] = True
    star &= is_trial(book, last_day(book))
    _regularise_early(book, clause, star, (hired[star] + 1).astype(str))
    if mode == "automatic":
        known = pd.to_datetime(book.people.get("regular_from", pd.Series(pd.NaT, index=book.people.index)))
        book.people["regular_from"] = known.where(~star | known.notna(), pd.Series((hired + 1).astype("datetime64[us]"), book.people.index))


def early_regularisation(book: Book, clause: Clause, standard: EarlyStandard, complaint_clauses: list[str]) -> None:
    """6.1b 提前转正: trial specialists who reach every value of the standard this month may be regular from the next."""
    if book.period is None:
        return
    reached = specialists(book) & is_trial(book, book.period.last)
    for name in standard.keys() - {"complaints"}:
        reached &= book.people[name].array >= standard[name]
    if "complaints" in standard:
        reached &= _complaints(book, complaint_clauses, reached) <= standard["complaints"]
    _regularise_early(book, clause, reached, _next_month(book))


early_regularisation.check = check_standard


def fast_promotion(book: Book, clause: Clause, months: Whole, complaint_clauses: list[str]) -> None:
    """6.1c 月度考核晋升: regular specialists above both quotas and without complaint this month, members at 100 % so many months in a row.

    months: with this one; earlier months come from 季度各月, and a month that is not there is not reached.
    """
    if book.period is None:
        return
    people = book.people
    reached = specialists(book) & ~is_trial(book, book.period.last) & people["next_level"].notna().to_numpy()
    reached &= (people["r_talk"].array > 1) & (people["r_calls"].array > 1) & (people["incentive_ratio"].array >= 1)
    reached &= _complaints(book, complaint_clauses, reached) == 0
    own = month_number(book.period.months[-1])
    for number in range(own - months + 1, own):
        reached &= book.once(_incentive_ratio_in, month_text(number)) >= 1
    _propose(book, clause, reached, _next_month(book))


def level_pay_from(book: Book, effective: Literal["next_natural_quarter", "next_month"]) -> None:
    """6.2.2b 下一季度按照对应职级发放薪资: `level_pay_from`, the first day each decided level is paid.

    Decided are the windows met (6.2.1b) and what the sheet 职级起薪 names.
    """
    trial, probe = book.kept["trial"], book.table("level_probe")
    met = trial.passed > 0
    decided = dict(zip(trial.ids[met], map(month_text, (trial.started + trial.passed - 1)[met].tolist()), strict=True))
    decided |= dict(zip(probe["employee_id"], probe["decided_after_month"], strict=True))
    book.outputs["level_pay_from"] = listing(_first_paid_days, decided, effective)


def first_paid_day(decided_after: str, effective: str) -> date:
    """The first day of the month, or of the natural quarter, after the month of the decision.

    >>> [str(first_paid_day("2024-04", effective)) for effective in ("next_natural_quarter", "next_month")]
    ['2024-07-01', '2024-05-01']
    """
    month = Period.parse(decided_after)
    return (month.quarter() if effective == "next_natural_quarter" else month).after().first


def raises(book: Book, levels: list[dict], amount: Number | None) -> None:
    """7.3 底薪上调: for every candidate the amount, or what the next level's base wage is more (元); people decide."""
    places, ladder = book.people["level_place"].to_numpy(), level_rows(book, levels)
    book.outputs["candidates"] = listing(_with_raises, book.kept["candidates"], book.people.index, places, ladder, amount)


# -- parts -----------------------------------------------------------------------------------------------------------


def _first_paid_days(decided: dict[str, str], effective: str) -> dict[str, date]:
    """新职级起薪日 of everybody for whom a level was decided, after which month."""
    days = {month: first_paid_day(month, effective) for month in set(decided.values())}
    return {one: days[month] for one, month in decided.items()}


def _complaints(book: Book, clauses: list[str], people: np.ndarray) -> ExactArray:
    """Confirmed complaints of the month about these people (a mask), counted from the events under these clauses."""
    rows, person = counted_events(book, *clauses)
    mine = people[person]
    return sum_by(book.events["count"].array[rows[mine]], person[mine], len(book.people))


def _incentive_ratio_in(tables: Tables, month: str) -> ExactArray:
    """激励量达成率 of an earlier month, from 季度各月."""
    rows = tables["quarter_months"]
    rows = rows[rows["month"] == month]
    return numbers_of(rows, "incentive_ratio").take(pd.Index(rows["employee_id"]).get_indexer(roster_index(tables)), allow_fill=True)


def _next_month(book: Book) -> str:
    return month_text(month_number(book.period.months[-1]) + 1)


def _regularise_early(book: Book, clause: Clause, chosen: np.ndarray, months: np.ndarray | str) -> None:
    """Candidates for early regularisation, each with the first month proposed."""
    early = book.kept.get("early_regularisation", np.full(len(chosen), None, dtype=object)).copy()
    early[chosen] = np.where(early[chosen] == None, months, early[chosen])  # noqa: E711 - of each person
    book.kept["early_regularisation"] = early
    book.outputs["early_regularisation"] = listing(pd.Series, early, book.people.index, object)
    _propose(book, clause, chosen, months)


def _propose(book: Book, clause: Clause, chosen: np.ndarray, months: np.ndarray | str) -> None:
    """Add people to the list of candidates (候选名单): what for, and from which month."""
    number = np.count_nonzero(chosen)
    route, month = (np.full(number, words, dtype=object) for words in (clause.title, months))
    found = {"person": np.flatnonzero(chosen), "route": route, "month": month}
    earlier = book.kept.get("candidates", {name: values[:0] for name, values in found.items()})
    book.kept["candidates"] = proposed = {name: np.append(earlier[name], values) for name, values in found.items()}
    book.outputs["candidates"] = listing(_candidates, proposed, book.people.index)


def _candidates(proposed: dict[str, np.ndarray], ids: pd.Index) -> pd.DataFrame:
    """候选名单: who, what for, and from which month."""
    return pd.DataFrame({"employee_id": ids[proposed["person"]], "route": proposed["route"], "month": proposed["month"]}, dtype=object)


def _with_raises(proposed: dict, ids: pd.Index, places: np.ndarray, ladder: pd.DataFrame, amount: Fraction | None) -> pd.DataFrame:
    """候选名单 with everybody's level and the next one, and the raise."""
    rows, place = _candidates(proposed, ids), places[proposed["person"]]
    names, wages = np.append(ladder.index, None), numbers_of(ladder, "base_wage")
    following = np.where((place >= 0) & (place + 1 < len(ladder)), place + 1, -1)
    more = wages.take(following, allow_fill=True) - wages.take(place, allow_fill=True)
    rises = {"raise": more if amount is None else constant(half_up(amount), len(rows))}
    return rows.assign(level=names[place], next_level=names[following], **rises)
