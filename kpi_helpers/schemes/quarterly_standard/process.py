"""考核流程 1 至 4: the form, self-rating, the supervisor's rating and the review meeting."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number, Whole
from kpi_helpers.book import Book
from kpi_helpers.calendar import Period, quarter_of
from kpi_helpers.events import has_text
from kpi_helpers.language import say
from kpi_helpers.lines import Lines, Records
from kpi_helpers.listing import listing
from kpi_helpers.numbers import ExactArray, half_up, is_missing, missing, where
from kpi_helpers.period_rows import named_periods
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.quarterly_standard.sheets import (
    given_score,
    is_judged,
    items_of,
    judged_items,
    per_person,
    rating,
    staff_of,
    standards_of,
    title_of,
)
from kpi_helpers.tables import Tables


def standards(book: Book) -> None:
    """0c 绩效表现标准: every item with the numbers in force, as printed on the form."""
    titles = [book.policy.results[item].title for item in items_of(book.policy)]
    values = {"item": items_of(book.policy), "item_title": titles, "standard": standards_of(book.policy)}
    book.outputs["standards"] = pd.DataFrame(values)


def assessment_forms(book: Book, clause: Clause, records: Records, quarter: Literal["previous", "coming"], workdays: Whole) -> None:
    """F1 绩效考核表: a form per person with standards, measured items filled in, and the day by which it is due."""
    _answer_form_probe(book, quarter)
    items, people = items_of(book.policy), np.flatnonzero(book.kept["assessed"])
    measured = [missing(records.size) if is_judged(book.policy, item) else book.people[item].array for item in items]
    named = {"item_title": [title_of(book, item) for item in items], "standard": standards_of(book.policy)}
    book.outputs["assessment_forms"] = listing(_forms, book.people.index, people, items, named, measured, records)
    if book.period is not None:
        _form_deadline(book, clause, book.period.after() if quarter == "previous" else book.period, workdays)


def _forms(ids: pd.Index, people: np.ndarray, items: list, named: dict, measured: list, records: Records) -> pd.DataFrame:
    rows = records.pick(records.column("item").isin(items).to_numpy())
    source = np.full((records.size, len(items)), -1)
    source[rows.units, pd.Index(items).get_indexer(rows.column("item"))] = np.arange(len(rows.rows))
    form = {"employee_id": np.repeat(ids[people], len(items)), **{name: words * len(people) for name, words in named.items()}}
    form["measured"] = half_up(_interleaved(measured, people))
    ratings = {name: rows.column(name).array.take(source[people].ravel(), allow_fill=True) for name in ("self_score", "supervisor_score")}
    return pd.DataFrame(form | ratings)


def _interleaved(columns: list[ExactArray], people: np.ndarray) -> ExactArray:
    """Columns side by side, read row by row."""
    stacked = ExactArray._concat_same_type(columns)
    size = len(stacked) // len(columns)
    return stacked.take((np.arange(len(columns)) * size + people[:, None]).ravel().astype(np.intp))


def _answer_form_probe(book: Book, quarter: str) -> None:
    """Which quarter a form handed out on a given day is for."""
    probe = book.table("form_probe")
    if len(probe):
        readings = probe.get("form_quarter_param", pd.Series(None, index=probe.index, dtype=object)).fillna(quarter)
        quarters = [quarter_of(day) for day in probe["issue_date"]]
        book.outputs["form_quarters"] = [
            str(one.before() if reading == "previous" else one) for one, reading in zip(quarters, readings, strict=True)
        ]


def _form_deadline(book: Book, clause: Clause, issued_in: Period, workdays: int) -> None:
    due = book.workdays().after(issued_in.first - timedelta(days=1), workdays)
    book.outputs["form_issue"] = {str(book.period): {"first": issued_in.first, "due": due}}
    if not book.delivered("forms"):
        return
    in_time = book.once(_issued_by, pd.Timestamp(due))
    title = say("考核表未按时分发", "form not handed out in time")
    book.flag("form_late", title, book.kept["assessed"] & ~in_time, clause, detail=str(due), term="forms_due")


def _issued_by(tables: Tables, due: pd.Timestamp) -> np.ndarray:
    """Who had the form by that day."""
    forms = tables["forms"]
    return staff_of(tables).index.isin(forms["employee_id"][forms["issued_on"] <= due])


def self_rating(book: Book, records: Records, weight: Number) -> list[Lines]:
    """F2a 自评: by choice a share of the score of judged items, w × self + (1 − w) × supervisor; default none."""
    lines = []
    for item in judged_items(book.policy):
        scores, (given, _), (own, cells) = book.people[item].array, given_score(book, item), rating(book, records, item, "self_score")
        own = where(given.isna(), own, None)
        change = (own - scores) * weight
        book.people[item] = scores + change.fillna(0)
        lines.append(Lines(change, where(change.isna(), None, own), cells, note=title_of(book, item)))
    return lines


def missing_self_ratings(book: Book, clause: Clause, records: Records, missing: Literal["flag", "block"]) -> None:
    """F2b 填写自评: judged items that the supervisor has scored and the person has not; flagged, or by choice blocking."""
    rows = book.once(_without_self_rating, records, tuple(judged_items(book.policy)))
    rows = rows.pick(book.kept["assessed"][rows.units])
    units, items = rows.units, rows.column("item").to_numpy()
    lists: dict[str, list] = {}
    for unit, item in sorted(zip(units, items, strict=True)):
        lists.setdefault(book.people.index[unit], []).append(item)
    book.flag("self_missing", say("没有自评", "no self-rating"), lists, clause, detail=lists, term="not_self_rated")
    if missing == "block":
        book.mark(list(lists), "incomplete", lists)


def _without_self_rating(tables: Tables, records: Records, judged: tuple) -> Records:
    silent = records.column("supervisor_score").notna() & records.column("self_score").isna()
    return records.pick((silent & records.column("item").isin(judged)).to_numpy(dtype=bool))


def supervisor_overrides(book: Book, clause: Clause, records: Records, mode: Literal["with_reason", "never"]) -> list[Lines]:
    """F3 主管评分: a supervisor's score of a measured item replaces it if a reason is given; both values are kept."""
    rows, reasons = book.once(_given_for_measured, records, tuple(judged_items(book.policy)))
    allowed = has_text(reasons) & (mode == "with_reason")
    book.refuse("ratings", rows.rows[~allowed], "no_reason" if mode == "with_reason" else "override_not_allowed", "supervisor_score")
    kept = rows.pick(allowed & book.kept["assessed"][rows.units])
    if len(kept.rows):
        book.outputs["overrides"] = listing(_overrides, kept, _scores_of(book, kept), reasons)
    return _replaced(book, kept, "supervisor_score")


def _given_for_measured(tables: Tables, records: Records, judged: tuple) -> tuple[Records, pd.Series]:
    """Supervisors' scores of measured items, and the reasons given for them."""
    rows = records.pick(records.column("supervisor_score").notna().to_numpy() & ~records.column("item").isin(judged).to_numpy())
    none = pd.Series(None, index=rows.source.index[rows.rows], dtype=object)
    return rows, rows.column("reason") if "reason" in rows.source else none


def review_meeting(book: Book, clause: Clause, records: Records, frequency: Literal["quarter", "month"]) -> list[Lines]:
    """F4 绩效评估会议: meetings held and due, and the recorded adjustments (old, new, reason) applied to the items.

    An adjustment whose old value is not the item's score (to 0.01) rests on other facts: it is refused and listed.
    """
    _meetings(book, clause, frequency)
    rows = records.pick(book.kept["assessed"][records.units])
    if not len(rows.rows):
        return []
    sound = rows.frame["old_value"].array == half_up(_scores_of(book, rows))
    book.refuse("adjustments", rows.rows[~sound], "old_value_differs", "old_value")
    columns = ["employee_id", "item", "old_value", "new_value", "reason"]
    book.outputs["adjustment_records"] = rows.frame[columns].assign(applied=sound).reset_index(drop=True)
    return _replaced(book, rows.pick(sound), "new_value")


review_meeting.remakes = "items"


def _meetings(book: Book, clause: Clause, frequency: str) -> None:
    """The meetings due (one for the quarter, or one for each of its months) with what was recorded of them."""
    if book.period is None:
        return
    record = book.table("meetings")
    record = record.set_index(named_periods(record, "period"))
    held = {}
    for period in [str(book.period)] if frequency == "quarter" else book.period.months:
        row = record.loc[period] if period in record.index else {}
        held[period] = {"held_on": row.get("date"), "minutes": row.get("minutes")}
    book.outputs["review_meetings"] = held
    open_ones = [period for period, row in held.items() if is_missing(row["held_on"]) or row["held_on"] is pd.NaT]
    if book.delivered("meetings") and open_ones:
        title = say("没有评估会议记录", "no review meeting recorded")
        book.flag("meeting_open", title, ["department"], clause, "department", detail=open_ones, term="not_held")


def _scores_of(book: Book, rows: Records) -> ExactArray:
    """The score of each row's person and item."""
    scores, items = missing(len(rows.rows)), rows.column("item").to_numpy(dtype=object)
    for item in pd.unique(items):
        scores = where(items == item, book.people[item].array[rows.units], scores)
    return scores


def _overrides(rows: Records, scores: ExactArray, reasons: pd.Series) -> pd.DataFrame:
    own = {"employee_id": rows.column("employee_id").array, "item": rows.column("item").array}
    values = {"measured": half_up(scores), "given": rows.column("supervisor_score").array}
    return pd.DataFrame({**own, **values, "reason": reasons.loc[rows.column("item").index].to_numpy()})


def _replaced(book: Book, rows: Records, column: str) -> list[Lines]:
    """Put other values in the place of items' scores; each change is a line of its own."""
    lines = []
    items = rows.column("item").to_numpy(dtype=object)
    for item in pd.unique(items):
        mine = rows.pick(items == item)
        new, old = per_person(mine, column), book.people[item].array
        book.people[item] = where(new.isna(), old, new)
        lines.append(Lines(new - old.fillna(0), new, mine.cells(column), note=title_of(book, item)))
    return lines
