"""考核指标 1a 至 4c: the score of every item, 0 to 100."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number, Whole, YesNo
from kpi_helpers.book import Book
from kpi_helpers.calendar import Period
from kpi_helpers.language import say
from kpi_helpers.lines import Cells, Lines, Records
from kpi_helpers.numbers import ExactArray, clip, constant, count_by, exact, minimum, missing, sum_by, where
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.quarterly_standard.sheets import HUNDRED, given_score, numbers_of, rating, records_of
from kpi_helpers.schemes.quarterly_standard.spans import days_employed, months_of, on_days_employed, overlaps, weeks_of
from kpi_helpers.tables import Tables


def rated(book: Book, clause: Clause, records: Records) -> Lines:
    """主管评分: the supervisor's score of an item that is judged (0 to 100)."""
    values, cells = rating(book, records, clause.result, "supervisor_score")
    return _item(book, clause, values, values, cells)


def responsiveness(book: Book, clause: Clause, records: Records, source_of_score: Literal["rating", "measured"], target: Number) -> Lines:
    """1a 响应及时性: judged, or by choice the daily share of cases answered in time (on_time_count / handled_count)."""
    if source_of_score == "rating":
        return rated(book, clause, records)
    return _mean_of_days(book, clause, records_of(book, "daily_ops"), "on_time_count", "handled_count", target)


def survey_count(book: Book, clause: Clause, records: Records, target: Number, share: Number, with_score: YesNo) -> Lines:
    """1d.1 问卷数: mean over the months employed of min(1, count / target); a month without a row counts 0.

    share: its part of item 1d; the whole item where no questionnaire score counts or none is known.
    """
    rows, with_scores, months = book.once(_months_surveyed, records, book.period)
    given = count_by(rows.units, rows.size)
    ratios = minimum(rows.column("completed_count").array / target, 1)
    value = where((given > 0) & (months > 0), rows.sum(ratios) / where(months == 0, None, months), None)
    _flag_silent_months(book, clause, (given > 0) & (given < months))
    scored = count_by(with_scores.units, rows.size) > 0
    part = where(scored & with_score, share, 1)
    return _item(book, clause, value * part * HUNDRED, rows.sum("completed_count"), rows.cells("completed_count"))


def survey_score(book: Book, clause: Clause, records: Records, target: Number, share: Number, counts: YesNo) -> Lines:
    """1d.2 问卷得分: mean over the months with a score of min(1, score / target), times its part of item 1d."""
    _, rows, _ = book.once(_months_surveyed, records, book.period)
    number = count_by(rows.units, rows.size)
    given, _ = given_score(book, clause.result)
    applies = (number > 0) & counts & given.isna() & book.kept["assessed"]
    mean = rows.sum(minimum(rows.column("avg_score").array / target, 1)) / where(number == 0, None, number)
    return Lines(where(applies, mean * share * HUNDRED, None), where(applies, number, None), rows.cells("avg_score"))


def _months_surveyed(tables: Tables, records: Records, period: Period | None) -> tuple[Records, Records, ExactArray]:
    """Rows of the months in which their person was employed, those of them with a score, and the number of such months for everybody."""
    spans = months_of(period, records.column("month"))
    employed = {name: overlaps(tables, *span) for name, span in spans.items()}
    month = records.column("month").to_numpy(dtype=object)
    found = np.zeros(len(month), dtype=bool)
    for name, people in employed.items():
        found |= (month == name) & people[records.units]
    rows, months = records.pick(found), exact(np.sum([*employed.values(), np.zeros(records.size, dtype=bool)], axis=0))
    return rows, rows.pick(rows.column("avg_score").notna().to_numpy()), months


def _flag_silent_months(book: Book, clause: Clause, chosen: np.ndarray) -> None:
    title = say("有在职月份没有问卷数据，按 0 份计", "months employed without survey data, counted as 0")
    book.flag("survey_month_missing", title, chosen & book.kept["assessed"], clause)


def weekly_summaries(book: Book, clause: Clause, records: Records, per_week: Whole, belongs: Literal["sunday", "thursday"]) -> Lines:
    """2d 每周一篇: weeks with a summary / weeks employed; weeks of full leave are dropped, extra summaries count nothing."""
    rows, due, summaries = book.once(_weeks_due, records, belongs, book.period)
    written = (summaries >= per_week).reshape(due.shape)
    weeks, done = (exact(one.sum(axis=0)) for one in (due, due & written))
    ratio = done / where(weeks == 0, None, weeks) if len(rows.rows) else missing(rows.size)
    return _item(book, clause, ratio * HUNDRED, done, rows.cells("summaries"))


def _weeks_due(tables: Tables, records: Records, belongs: str, period: Period | None) -> tuple[Records, np.ndarray, ExactArray]:
    """The rows of the quarter's weeks; week by week for everybody: is a summary due, and how many are there."""
    week_ends = records.column("week_end")
    sundays = weeks_of(period, week_ends, belongs)
    place = sundays.get_indexer(week_ends)
    rows, place = records.pick(place >= 0), place[place >= 0]
    due = np.zeros((len(sundays), records.size), dtype=bool)
    for week, day in zip(due, sundays, strict=True):
        week[:] = overlaps(tables, day - pd.Timedelta(days=6), day)
    away = rows.column("full_leave").to_numpy(dtype=bool)
    due[place[away], rows.units[away]] = False
    return rows, due, sum_by(rows.column("summaries").array.fillna(0), place * records.size + rows.units, due.size)


def handling_time(book: Book, clause: Clause, records: Records, target: Number) -> Lines:
    """3a 处理时间: pooled minutes / cases of the quarter; full marks up to the target, beyond it target / actual."""
    rows, cases, minutes = book.once(_handled, records, book.period)
    points = minimum(cases * target * HUNDRED / where(minutes == 0, None, minutes), HUNDRED)
    points = where(cases == 0, None, where(minutes == 0, HUNDRED, points))
    return _item(book, clause, points, minutes / where(cases == 0, None, cases), rows.cells("handle_minutes"))


def _handled(tables: Tables, records: Records, period: Period | None) -> tuple[Records, ExactArray, ExactArray]:
    """The days employed whose cases and minutes are known, and the sums of both."""
    rows = records.pick(on_days_employed(tables, records.table, "date", period)[records.rows])
    columns = [numbers_of(rows.source, name)[rows.rows] for name in ("handled_count", "handle_minutes")]
    known = ~np.any([column.isna() for column in columns], axis=0)
    rows = rows.pick(known)
    return rows, *(rows.sum(column[known]) for column in columns)


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
    _, rows, _ = book.once(_months_surveyed, records, book.period)
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
    rows, ratios, days = book.once(_daily_ratios, records, part, whole, book.period)
    points = rows.sum(minimum(ratios, target)) / target / where(days == 0, None, days) * HUNDRED
    return _item(book, clause, points, days, rows.cells(part))


def _daily_ratios(tables: Tables, records: Records, part: str, whole: str | None, period: Period | None):
    """The days employed that have a ratio (Records), the ratio of each, and their number for everybody (two ExactArrays)."""
    rows = records.pick(on_days_employed(tables, records.table, "date", period)[records.rows])
    rows = rows.pick(np.argsort(rows.units, kind="stable"))  # person by person they are summed quicker
    wholes = constant(1, len(rows.rows)) if whole is None else numbers_of(rows.source, whole)[rows.rows]
    ratios = numbers_of(rows.source, part)[rows.rows] / where(wholes == 0, None, wholes)
    known = ~ratios.isna()
    rows = rows.pick(known)
    return rows, ratios[known], count_by(rows.units, rows.size)


def _item(book: Book, clause: Clause, values: ExactArray, quantity: ExactArray, cells: Cells) -> Lines:
    """The score of an item: as handed in in `item_scores`, else as computed; none for people who are not assessed."""
    given, source = given_score(book, clause.result)
    own = given.isna()
    values = where(book.kept["assessed"], where(own, values, given), None)
    quantity = where(own & ~values.isna(), quantity, None)
    return Lines(values, quantity, [cells, source] if source else cells)
