"""各表: the rows that may not count, and how the clauses read the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpi_helpers.book import Book
from kpi_helpers.checks import RowFault
from kpi_helpers.errors import did_you_mean
from kpi_helpers.language import say
from kpi_helpers.lines import Cells, Records
from kpi_helpers.numbers import ExactArray, is_number, missing, text
from kpi_helpers.period_rows import check_named_periods, check_period_rows
from kpi_helpers.policy import Policy
from kpi_helpers.tables import Tables

HUNDRED = 100  # items are scored, and weights given, out of a hundred
_KEYS = {  # what tells the rows of one quarter apart
    "ratings": ["employee_id", "item"],
    "adjustments": ["employee_id", "item"],
    "complaint_counts": ["employee_id"],
    "forms": ["employee_id"],
}


def check_rows(policy: Policy, tables: Tables) -> list[RowFault]:
    """Unknown items, rows of other quarters, weeks that do not end on a Sunday, parts that are larger than their whole."""
    faults = [*_unknown_items(policy, tables), *_odd_weeks(tables["weekly_summary"]), *_early_replies(tables["feedback"])]
    faults += _too_large(tables["daily_ops"], "calls_answered", "calls_offered")
    faults += _too_large(tables["daily_ops"], "on_time_count", "handled_count")
    for table, key in _KEYS.items():
        faults += check_period_rows(policy, tables, table, key, "quarter")
    return [*faults, *check_named_periods(tables, "meetings", [])]


def _early_replies(feedback):
    for row in np.flatnonzero(feedback["replied_on"] < feedback["received_on"]):
        problem = say("早于接到日期", "lies before the feedback was received")
        yield RowFault("feedback", int(row), "replied_on", feedback["replied_on"].iloc[row], "out_of_range", problem)


def _unknown_items(policy, tables):
    known = items_of(policy)
    for table in ("ratings", "adjustments"):
        names = tables[table]["item"]
        for row in np.flatnonzero(names.notna() & ~names.isin(known)):
            problem = say(f"没有项目“{names.iloc[row]}”", f"there is no item '{names.iloc[row]}'")
            yield RowFault(table, int(row), "item", names.iloc[row], "unknown_item", problem, did_you_mean(names.iloc[row], known))


def _odd_weeks(weeks):
    for row in np.flatnonzero(weeks["week_end"].notna() & (weeks["week_end"].dt.day_of_week != 6)):
        problem = say("不是星期日", "is no Sunday")
        yield RowFault("weekly_summary", int(row), "week_end", weeks["week_end"].iloc[row], "not_a_sunday", problem)


def _too_large(daily, part: str, whole: str) -> list[RowFault]:
    parts, wholes = numbers_of(daily, part), numbers_of(daily, whole)
    problem = say("大于对应的总量", f"is larger than {whole}")
    return [RowFault("daily_ops", int(row), part, parts[int(row)], "out_of_range", problem) for row in np.flatnonzero(parts > wholes)]


def items_of(policy: Policy) -> list[str]:
    """项目: the ids of all items, in the order of the document, one that counts in two indicators once."""
    return list(dict.fromkeys(item for clause in policy.clauses for item in clause.arguments.get("items", [])))


def judged_items(policy: Policy) -> list[str]:
    """The items whose score the supervisor gives, all others being measured."""
    return [item for item in items_of(policy) if is_judged(policy, item)]


def is_judged(policy: Policy, item: str) -> bool:
    made = [clause for clause in policy.clauses if clause.result == item and clause.table == "ratings"]
    return any(clause.arguments.get("source_of_score", "rating") == "rating" for clause in made)


def title_of(book: Book, item: str) -> str:
    return book.policy.results[item].title


def standards_of(policy: Policy) -> list[str]:
    """For each item the targets of its clauses in words: 每月问卷数目标 20份/月."""
    targets: dict[str, list[str]] = {item: [] for item in items_of(policy)}
    for clause in policy.clauses:
        if clause.result in targets:
            used = [part.partition("=")[0] for part in clause.in_force.split("；")]
            numbers = [policy.parameters[name] for name in used if name in policy.parameters]
            targets[clause.result] += [f"{one.title} {text(one.value)}{one.unit}" for one in numbers if is_number(one.value)]
    return ["；".join(targets[item]) for item in items_of(policy)]


def numbers_of(frame: pd.DataFrame, column: str) -> ExactArray:
    """A column of numbers; missing where it was not handed in."""
    return frame[column].array if column in frame else missing(len(frame))


def records_of(book: Book, table: str) -> Records:
    """All rows of a table that belong to somebody."""
    return book.once(_records, table)


def _records(tables: Tables, table: str) -> Records:
    frame, people = tables[table], staff_of(tables)
    units = people.index.astype(object).get_indexer(pd.Index(frame["employee_id"], dtype=object))
    return Records(table, frame, np.flatnonzero(units >= 0), units[units >= 0], len(people))


def staff_of(tables: Tables) -> pd.DataFrame:
    """Everybody on the sheet of employees, by id."""
    return tables["employees"].drop_duplicates("employee_id").set_index("employee_id")


def per_person(records: Records, column: str) -> ExactArray:
    """The value of each person's (one) row."""
    values = missing(records.size)
    values[records.units] = records.column(column).array
    return values


def rating(book: Book, records: Records, item: str, column: str) -> tuple[ExactArray, Cells]:
    """What a column of 评分 says of everybody for an item, with its cells."""
    return book.once(_rating, records, item, column)


def _rating(tables: Tables, records: Records, item: str, column: str) -> tuple[ExactArray, Cells]:
    mine = records.pick((records.column("item") == item).to_numpy(dtype=bool))
    return per_person(mine, column), mine.cells(column)


def given_score(book: Book, item: str) -> tuple[ExactArray, Cells | None]:
    """An item's scores as handed in, with their cells."""
    return book.once(_given_score, item)


def _given_score(tables: Tables, item: str) -> tuple[ExactArray, Cells | None]:
    rows = _records(tables, "item_scores")
    if item not in rows.source:
        return missing(rows.size), None
    rows = rows.pick(rows.column(item).notna().to_numpy())
    return per_person(rows, item), rows.cells(item)


def column_of(lists: list[list]) -> np.ndarray:
    column = np.empty(len(lists), dtype=object)
    column[:] = [list(one) for one in lists]
    return column
