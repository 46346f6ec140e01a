"""四、五: who is assessed, when ratings are given, and which of them count."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Whole, YesNo
from kpi_helpers.book import Book
from kpi_helpers.calendar import Period, month_of
from kpi_helpers.events import has_text
from kpi_helpers.language import say
from kpi_helpers.lines import Records
from kpi_helpers.listing import listing, named, names_of
from kpi_helpers.period_rows import days_of
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.three_dimension.sheets import indicator_codes, this_month
from kpi_helpers.tables import Tables

Assessed = Literal["previous", "current"]


def scope(book: Book, clause: Clause, include_trial: YesNo) -> None:
    """4a 适用对象: everybody but cleaners (and, by choice, trial staff); who has left or not begun only if rated."""
    people = book.people
    partial, gone, elsewhere = book.once(_employment, book.period)
    people["partial_month"], book.kept["whole_month"] = partial, ~(partial | elsewhere)
    book.mark(_is(people, "role", "cleaner"), "out_of_scope")
    if not include_trial:
        book.mark(_is(book.table("employees"), "status", "trial"), "out_of_scope")
    refused = book.meant(_refused_people(book))
    book.mark(gone & ~book.once(_rated_people) & ~refused, "not_assessed")
    book.mark(refused, "error")
    if any(row["table"] == "indicators" for row in book.refused()):
        book.mark(np.ones(len(people), dtype=bool), "error")
    title = say("本月不满月", "employed for part of the month only")
    book.flag("partial_month", title, partial & book.complete(), clause)


def _rated_people(tables: Tables) -> np.ndarray:
    """Who of the roster has any score."""
    ratings, ids = tables["ratings"], tables["employees"]["employee_id"].drop_duplicates()
    return ids.isin(ratings["employee_id"][ratings["score"].notna()]).to_numpy()


def _employment(tables: Tables, period: Period | None) -> tuple[np.ndarray, ...]:
    """Who joined or left within the month, who had left by its end or had not begun, and who was not there on any of its days."""
    roster = tables["employees"].drop_duplicates("employee_id")
    if period is None:
        return (np.zeros(len(roster), dtype=bool),) * 3
    first, last = np.datetime64(period.first), np.datetime64(period.last)
    hired, left = (days_of(roster, name) for name in ("hire_date", "leave_date"))
    joined, leaver = (hired > first) & (hired <= last), (left >= first) & (left < last)
    return joined | leaver, (left <= last) | (hired > last), (left < first) | (hired > last)


def _refused_people(book: Book) -> list:
    refused = [row for row in book.refused() if row["table"] == "ratings" and row["reason"] != "other_period"]
    return [row["employee_id"] for row in refused if "employee_id" in row]


def month_assessed(book: Book, assessed: Assessed) -> None:
    """5a 月度考核: which month a rating of a given moment assesses, for every moment asked in `window_probe`."""
    probe = book.table("window_probe")
    if not len(probe):
        return
    readings = probe.get("assessed_month_param", pd.Series(None, index=probe.index, dtype=object)).fillna(assessed)
    months = [month_of(moment) for moment in probe["rated_at"]]
    chosen = [month.before() if reading == "previous" else month for month, reading in zip(months, readings, strict=True)]
    book.outputs["assessed_months"] = list(map(str, chosen))


def rating_window(
    book: Book, clause: Clause, records: Records, first_day: Whole, last_day: Whole, assessed: Assessed, shift_holidays: YesNo
) -> None:
    """5b 每月的1-5日: the ratings of the month, and which of them were given outside the window (last day to 24:00)."""
    scored = records.column("score").notna().to_numpy()
    ratings = records.pick(scored & book.complete()[records.units])
    given = ratings.column("rated_at")
    late, window = np.zeros(len(given), dtype=bool), None
    if book.period is not None:
        window = _window(book, book.period.after() if assessed == "previous" else book.period, first_day, last_day, shift_holidays)
        inside = (given >= pd.Timestamp(window[0])) & (given < pd.Timestamp(window[1]) + pd.Timedelta(days=1))
        late = (given.notna() & ~inside).to_numpy()
        book.outputs["rating_window"] = {book.policy.month: {"first": window[0], "last": window[1]}}
    book.kept.update(ratings=ratings, late=late, window=window)
    title = say("未填评分时间，无法判断是否在窗口内", "no time of rating: whether it was in the window is unknown")
    _flag_ratings(book, clause, "no_rated_at", title, _rated(book, ratings, given.isna().to_numpy()))


def _window(book, month: Period, first_day: int, last_day: int, shift_holidays: bool) -> tuple[date, date]:
    """First and last day of the window: days of the month, or by choice its working days counted from the first."""
    days = book.workdays().between(month.first, month.last) if shift_holidays else []
    if not days:
        return month.first + timedelta(days=first_day - 1), month.first + timedelta(days=last_day - 1)
    return days[min(first_day, len(days)) - 1], days[min(last_day, len(days)) - 1]


def special_circumstances(book: Book, clause: Clause, enforcement: Literal["flag", "reject"], everybody: list) -> None:
    """4c 特殊情况: an accepted exemption, reported by the last day of the window, lifts lateness; late ratings are listed.

    everybody: words for the whole department; any other unit is a group, department or employee id.
    """
    ratings, window = book.kept["ratings"], book.kept["window"]
    records = book.table("exemptions")
    records = records[this_month(book, records)]
    in_time = records["reported_on"] <= pd.Timestamp(window[1]) if window else records["reported_on"].notna()
    counts = (records["decision"] == "accepted") & in_time
    exempt = _covered(book, records.loc[counts, "unit"], everybody)
    late = book.kept["late"] & ~exempt[ratings.units]
    book.kept["rejected"] = late & (enforcement == "reject")
    listed = _rated(book, ratings, late)
    book.people["late"] = named(*listed)
    _flag_ratings(book, clause, "late", say("评分时间在窗口之外", "rated outside the window"), listed)
    if len(records):
        book.outputs["exemption_records"] = records.drop(columns="_row").assign(counts=counts.to_numpy()).reset_index(drop=True)


def _covered(book: Book, units: pd.Series, everybody: list) -> np.ndarray:
    """Whom the units name: all, a group, a department, or one person."""
    if units.isin(everybody).any():
        return np.ones(len(book.people), dtype=bool)
    covered = book.people.index.isin(units)
    for place in ("group_id", "department"):
        covered |= book.people[place].isin(units).to_numpy() if place in book.people else False
    return covered


def evidence(book: Book, clause: Clause, required: YesNo) -> None:
    """2e 数据佐证: the list of ratings with their evidence; by default a rating without any is refused and listed."""
    ratings = book.kept["ratings"]
    refused = book.once(_bare)[ratings.rows] & required
    book.refuse("ratings", ratings.rows[refused], "no_evidence", "evidence_ref")
    listed = _rated(book, ratings, refused)
    book.people["refused"] = named(*listed)
    _flag_ratings(book, clause, "no_evidence", say("评分没有数据佐证", "rated without evidence"), listed)
    counted = ~refused & ~book.kept["rejected"]
    book.kept["counted"] = ratings.pick(counted)
    book.outputs["evidence_list"] = listing(_evidence_list, ratings, counted)


def _bare(tables: Tables) -> np.ndarray:
    """Which ratings have no evidence."""
    ratings = tables["ratings"]
    return ~has_text(ratings["evidence_ref"]) if "evidence_ref" in ratings else np.ones(len(ratings), dtype=bool)


def _evidence_list(ratings: Records, counted: np.ndarray) -> pd.DataFrame:
    names = ("employee_id", "indicator_id", "score", "evidence_ref", "rated_by", "rated_at")
    shown = ratings.frame[[name for name in names if name in ratings.source]]
    return shown.assign(counts=counted).reset_index(drop=True)


def _is(frame: pd.DataFrame, column: str, word: str) -> np.ndarray:
    return (frame[column] == word).to_numpy(dtype=bool) if column in frame else np.zeros(len(frame), dtype=bool)


def _rated(book: Book, ratings: Records, chosen: np.ndarray) -> tuple[list, np.ndarray]:
    """The indicators, and for each of them who has one of the chosen ratings."""
    codes, names = book.once(indicator_codes)
    rated = ratings.pick(chosen)
    masks = np.zeros((len(names), ratings.size), dtype=bool)
    masks[codes[rated.rows], rated.units] = True
    return list(names), masks


def _flag_ratings(book: Book, clause: Clause, name: str, title: str, listed: tuple[list, np.ndarray]) -> None:
    names, masks = listed
    detail = partial(names_of, dict(zip(names, masks, strict=True)), book.people.index)
    book.flag(name, title, masks.any(axis=0), clause, detail=detail, term="indicators")
