"""考核指标 1a 至 4c: the score of every item, 0 to 100."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number, Whole, YesNo
from kpi_helpers.book import Book
from kpi_helpers.language import say
from kpi_helpers.lines import Cells, Lines, Records
from kpi_helpers.numbers import ExactArray, clip, count_by, minimum, missing, sum_by, where
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.quarterly_standard.sheets import HUNDRED, given_score, numbers_of, per_person, records_of
from kpi_helpers.schemes.quarterly_standard.spans import days_employed, months_employed, months_of, overlaps, weeks_of, within
from kpi_helpers.tables import Tables


def rated(book: Book, clause: Clause, records: Records) -> Lines:
    """主管评分: the supervisor's score of an item that is judged (0 to 100)."""
    book.kept["judged"].append(clause.result)
    mine = records.pick((records.column("item") == clause.result).to_numpy(dtype=bool))
    values = per_person(mine, "supervisor_score")
    return _item(book, clause, values, values, mine.cells("supervisor_score"))


def responsiveness(book: Book, clause: Clause, records: Records, source_of_score: Literal["rating", "measured"], target: Number) -> Lines:
    """1a 响应及时性: judged, or by choice the daily share of cases answered in time (on_time_count / handled_count)."""
    if source_of_score == "rating":
        return rated(book, clause, records)
    return _mean_of_days(book, clause, records_of(book, "daily_ops"), "on_time_count", "handled_count", target)


def survey_count(book: Book, clause: Clause, records: Records, target: Number, share: Number, with_score: YesNo) -> Lines:
    """1d.1 问卷数: mean over the months employed of min(1, count / target); a month without a row counts 0.

    share: its part of item 1d; the whole item where no questionnaire score counts or none is known.
    """
    spans = months_of(book, records.column("month"))
    rows = records.pick(within(book, records, spans))
    ratios = minimum(rows.column("completed_count").array / target, 1)
    months = months_employed(book, spans)
    given = count_by(rows.units, rows.size)
    value = where((given > 0) & (months > 0), rows.sum(ratios) / where(months == 0, None, months), None)
    _flag_silent_months(book, clause, (given > 0) & (given < months))
    part = where(_scored(rows) & with_score, share, 1)
    return _item(book, clause, value * part * HUNDRED, rows.sum("completed_count"), rows.cells("completed_count"))


def survey_score(book: Book, clause: Clause, records: Records, target: Number, share: Number, counts: YesNo) -> Lines:
    """1d.2 问卷得分: mean over the months with a score of min(1, score / target), times its part of item 1d."""
    rows = _scored_months(book, records)
    given, _ = given_score(book, clause.result)
    applies = _scored(rows) & counts & given.isna() & book.kept["assessed"]
    number = count_by(rows.units, rows.size)
    mean = rows.sum(minimum(rows.column("avg_score").array / target, 1)) / where(number == 0, None, number)
    return Lines(where(applies, mean * share * HUNDRED, None), where(applies, number, None), rows.cells("avg_score"))


def _scored_months(book: Book, records: Records) -> Records:
    """Rows of the months employed that have a questionnaire score."""
    rows = records.pick(within(book, records, months_of(book, records.column("month"))))
    return rows.pick(rows.column("avg_score").notna().to_numpy())


def _scored(rows: Records) -> np.ndarray:
    """Who has a questionnaire score at all."""
    scored = np.zeros(rows.size, dtype=bool)
    scored[rows.units[rows.column("avg_score").notna().to_numpy()]] = True
    return scored


def _flag_silent_months(book: Book, clause: Clause, chosen: np.ndarray) -> None:
    title = say("有在职月份没有问卷数据，按 0 份计", "months employed without survey data, counted as 0")
    book.flag("survey_month_missing", title, book.people.index[chosen & book.kept["assessed"]], clause)


def weekly_summaries(book: Book, clause: Clause, records: Records, per_week: Whole, belongs: Literal["sunday", "thursday"]) -> Lines:
    """2d 每周一篇: weeks with a summary / weeks employed; weeks of full leave are dropped, extra summaries count nothing."""
    week_ends = records.column("week_end")
    sundays = weeks_of(book, week_ends, belongs)
    place = sundays.get_indexer(week_ends)
    rows, place = records.pick(place >= 0), place[place >= 0]
    cell = place * records.size + rows.units
    written = sum_by(rows.column("summaries").array.fillna(0), cell, len(sundays) * records.size) >= per_week
    away = np.zeros(len(written), dtype=bool)
    away[cell[rows.column("full_leave").to_numpy(dtype=bool)]] = True
    due = np.concatenate([np.zeros(0, dtype=bool), *(overlaps(book, day - pd.Timedelta(days=6), day) for day in sundays)]) & ~away
    unit = np.tile(np.arange(records.size), len(sundays))
    done, weeks = count_by(unit[due & written], records.size), count_by(unit[due], records.size)
    ratio = done / where(weeks == 0, None, weeks) if len(rows.rows) else missing(records.size)
    return _item(book, clause, ratio * HUNDRED, done, rows.cells("summaries"))


def handling_time(book: Book, clause: Clause, records: Records, target: Number) -> Lines:
    """3a 处理时间: pooled minutes / cases of the quarter; full marks up to the target, beyond it target / actual."""
    sources = [numbers_of(records.source, name) for name in ("handled_count", "handle_minutes")]
    rows = days_employed(book, records, known=~np.any([source.isna() for source in sources], axis=0))
    cases, minutes = (rows.sum(source[rows.rows]) for source in sources)
    points = minimum(cases * target * HUNDRED / where(minutes == 0, None, minutes), HUNDRED)
    points = where(cases == 0, None, where(minutes == 0, HUNDRED, points))
    return _item(book, clause, points, minutes / where(cases == 0, None, cases), rows.cells("handle_minutes"))


def daily_volume(book: Book, clause: Clause, records: Records, target: Number) -> Lines:
    """3b 处理量: mean over the days worked of min(1, handled / target); a strong day does not offset a weak one."""
    return _mean_of_days(book, clause, records, "handled_count", None, target)


def tasks_on_time(book: Book, clause: Clause, records: Records) -> Lines:
    """3c 任务完成度: tasks done on or before the day they were due / tasks due in the quarter."""
    rows = days_employed(book, records, "due")
    number, done = count_by(rows.units, rows.size), rows.pick((rows.column("done") <= rows.column("due")).to_numpy())
    on_time = count_by(done.units, rows.size)
    return _item(book, clause, on_time / where(number == 0, None, number) * HUNDRED, number, rows.cells("done"))


def answer_rate(book: Book, clause: Clause, records: Records, target: Number) -> Lines:
    """3d 电话接听率: mean over the days with calls of min(1, (answered / offered) / target)."""
    return _mean_of_days(book, clause, records, "calls_answered", "calls_offered", target)


def survey_mean(book: Book, clause: Clause, records: Records, target: Number) -> Lines:
    """4a 评价分数: the mean score of all questionnaires of the quarter against the target."""
    rows = _scored_months(book, records)
    number = rows.sum("completed_count")
    mean = rows.sum(rows.column("completed_count").array * rows.column("avg_score").array) / where(number == 0, None, number)
    return _item(book, clause, minimum(mean / target, 1) * HUNDRED, mean, rows.cells("avg_score"))


def complaint_rate(
    book: Book, clause: Clause, records: Records, target: Number, zero_at: Number, counted: Literal["justified", "all"]
) -> Lines:
    """4b 投诉率: full marks up to the target, then falling evenly to 0 at `zero_at` times the target."""
    name = {"justified": "justified_complaints", "all": "complaints"}[counted]
    rows = records.pick(~records.values(book.policy, name).isna())
    contacts = rows.sum("contacts")
    rate = rows.sum(rows.values(book.policy, name)) / where(contacts == 0, None, contacts)
    return _item(book, clause, clip((zero_at - rate / target) / (zero_at - 1), 0, 1) * HUNDRED, rate, rows.cells(name))


def feedback_replied(book: Book, clause: Clause, records: Records) -> Lines:
    """4c 反馈回复: replied by the close of the quarter / received in the quarter."""
    rows = days_employed(book, records, "received_on")
    replied = rows.column("replied_on")
    in_time = replied.notna() if book.period is None else replied <= pd.Timestamp(book.period.last)
    number = count_by(rows.units, rows.size)
    done = count_by(rows.pick(in_time.to_numpy()).units, rows.size)
    return _item(book, clause, done / where(number == 0, None, number) * HUNDRED, number, rows.cells("replied_on"))


def _mean_of_days(book: Book, clause: Clause, records: Records, part: str, whole: str | None, target: Number) -> Lines:
    """100 × the mean of the daily part / whole against the target, 1 at most a day; days that have no such ratio are dropped."""
    ratios = book.once(_daily_ratios, records.table, part, whole)
    rows = days_employed(book, records, known=~ratios.isna())
    ratios = ratios[rows.rows]
    full = (ratios >= target) & (target > 0)
    lesser = rows.pick(~full).sum(ratios[~full])
    days = count_by(rows.units, rows.size)
    share = HUNDRED / target / where(days == 0, None, days)
    points = (lesser + count_by(rows.units[full], rows.size) * target) * share
    return _item(book, clause, points, days, rows.cells(part))


def _daily_ratios(tables: Tables, table: str, part: str, whole: str | None) -> ExactArray:
    parts = numbers_of(tables[table], part)
    wholes = 1 if whole is None else numbers_of(tables[table], whole)
    return parts / where(wholes == 0, None, wholes)


def _item(book: Book, clause: Clause, values: ExactArray, quantity: ExactArray, cells: Cells) -> Lines:
    """The score of an item: as handed in in `item_scores`, else as computed; none for people who are not assessed."""
    given, source = given_score(book, clause.result)
    own = given.isna()
    values = where(book.kept["assessed"], where(own, values, given), None)
    quantity = where(own & ~values.isna(), quantity, None)
    return Lines(values, quantity, [cells, source] if source else cells)
