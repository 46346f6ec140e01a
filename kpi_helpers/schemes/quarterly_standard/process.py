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
from kpi_helpers.schemes.quarterly_standard.sheets import given_score, items_of, per_person, standard_of, title_of


def standards(book: Book) -> None:
    """0c 绩效表现标准: every item with the numbers in force, as printed on the form."""
    titles = [book.policy.results[item].title for item in items_of(book.policy)]
    values = [standard_of(book.policy, item) for item in items_of(book.policy)]
    book.outputs["standards"] = pd.DataFrame({"item": items_of(book.policy), "item_title": titles, "standard": values})


def assessment_forms(book: Book, clause: Clause, records: Records, quarter: Literal["previous", "coming"], workdays: Whole) -> None:
    """F1 绩效考核表: a form per person with standards, measured items filled in, and the day by which it is due."""
    _answer_form_probe(book, quarter)
    items, people = items_of(book.policy), np.flatnonzero(book.kept["assessed"])
    measured = [missing(records.size) if item in book.kept["judged"] else book.people[item].array for item in items]
    named = {"item_title": [title_of(book, item) for item in items], "standard": [standard_of(book.policy, item) for item in items]}
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
    forms = book.table("forms")
    in_time = book.people.index.isin(forms["employee_id"][forms["issued_on"] <= pd.Timestamp(due)])
    title = say("考核表未按时分发", "form not handed out in time")
    book.flag("form_late", title, book.people.index[book.kept["assessed"] & ~in_time], clause, detail=str(due))


def self_rating(book: Book, records: Records, weight: Number) -> list[Lines]:
    """F2a 自评: by choice a share of the score of judged items, w × self + (1 − w) × supervisor; default none."""
    lines, items = [], records.column("item").to_numpy(dtype=object)
    for item in book.kept["judged"]:
        mine, scores = records.pick(items == item), book.people[item].array
        given, _ = given_score(book, item)
        own = where(given.isna(), per_person(mine, "self_score"), None)
        change = (own - scores) * weight
        book.people[item] = scores + change.fillna(0)
        lines.append(Lines(change, where(change.isna(), None, own), mine.cells("self_score"), note=title_of(book, item)))
    return lines


def missing_self_ratings(book: Book, clause: Clause, records: Records, missing: Literal["flag", "block"]) -> None:
    """F2b 填写自评: judged items that the supervisor has scored and the person has not; flagged, or by choice blocking."""
    judged = records.column("item").isin(book.kept["judged"])
    silent = judged & records.column("supervisor_score").notna() & records.column("self_score").isna()
    rows = records.pick(silent.to_numpy(dtype=bool) & book.kept["assessed"][records.units])
    units, items = rows.units, rows.column("item").to_numpy()
    lists: dict[str, list] = {}
    for unit, item in sorted(zip(units, items, strict=True)):
        lists.setdefault(book.people.index[unit], []).append(item)
    book.flag("self_missing", say("没有自评", "no self-rating"), lists, clause, detail=lists)
    if missing == "block":
        book.mark(list(lists), "incomplete", lists)


def supervisor_overrides(book: Book, clause: Clause, records: Records, mode: Literal["with_reason", "never"]) -> list[Lines]:
    """F3 主管评分: a supervisor's score of a measured item replaces it if a reason is given; both values are kept."""
    judged = records.column("item").isin(book.kept["judged"]).to_numpy()
    rows = records.pick(records.column("supervisor_score").notna().to_numpy() & ~judged)
    reasons = rows.frame["reason"] if "reason" in rows.frame else pd.Series(None, index=rows.frame.index, dtype=object)
    allowed = has_text(reasons) & (mode == "with_reason")
    book.refuse("ratings", rows.rows[~allowed], "no_reason" if mode == "with_reason" else "override_not_allowed", "supervisor_score")
    kept = rows.pick(allowed & book.kept["assessed"][rows.units])
    if len(kept.rows):
        book.outputs["overrides"] = _both_values(book, kept, "supervisor_score").assign(reason=reasons[kept.frame.index].to_numpy())
    return _replaced(book, kept, "supervisor_score")


def review_meeting(book: Book, clause: Clause, records: Records, frequency: Literal["quarter", "month"]) -> list[Lines]:
    """F4 绩效评估会议: meetings held and due, and the recorded adjustments (old, new, reason) applied to the items.

    An adjustment whose old value is not the item's score (to 0.01) rests on other facts: it is refused and listed.
    """
    _meetings(book, clause, frequency)
    rows = records.pick(book.kept["assessed"][records.units])
    if not len(rows.rows):
        return []
    sound = rows.frame["old_value"].array == _scores_of(book, rows)
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
        book.flag("meeting_open", title, ["department"], clause, "department", detail=open_ones)


def _scores_of(book: Book, rows: Records) -> ExactArray:
    """The published score of each row's person and item."""
    scores = missing(len(rows.rows))
    for item in pd.unique(rows.frame["item"]):
        mine = (rows.frame["item"] == item).to_numpy()
        scores[mine] = half_up(book.people[item].array[rows.units[mine]])
    return scores


def _both_values(book: Book, rows: Records, column: str) -> pd.DataFrame:
    kept = {"employee_id": rows.frame["employee_id"].array, "item": rows.frame["item"].array, "measured": _scores_of(book, rows)}
    return pd.DataFrame({**kept, "given": rows.frame[column].array})


def _replaced(book: Book, rows: Records, column: str) -> list[Lines]:
    """Put other values in the place of items' scores; each change is a line of its own."""
    lines = []
    for item in pd.unique(rows.frame["item"]):
        mine = rows.pick((rows.frame["item"] == item).to_numpy())
        new, old = per_person(mine, column), book.people[item].array
        book.people[item] = where(new.isna(), old, new)
        lines.append(Lines(new - old.fillna(0), new, mine.cells(column), note=title_of(book, item)))
    return lines
