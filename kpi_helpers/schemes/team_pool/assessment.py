"""标题 to 三: when the policy is in force, whom it covers, who assesses, what is published when."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Number
from kpi_helpers.book import Book
from kpi_helpers.calendar import Period, in_period
from kpi_helpers.events import event_day
from kpi_helpers.language import say
from kpi_helpers.listing import listing
from kpi_helpers.policy import Clause
from kpi_helpers.schemes.team_pool.sheets import covered
from kpi_helpers.tables import Tables


def scope(book: Book, roles: Literal["all"] | list) -> None:
    """1 适用范围: people of other roles are out of scope; score() has left out their rows."""
    book.mark(~covered(book.policy, book.people["role"]), "out_of_scope")


def assessment_record(book: Book, clause: Clause) -> None:
    """2a 专人: the list of events still to be confirmed, and a flag where one person recorded and confirmed an event."""
    events, words = book.events, book.policy.tables["events"].columns["status"].words
    book.outputs["open_events"] = listing(_open_events, book.table("events"), book.period, words)
    if {"recorded_by", "confirmed_by"} <= set(events):
        rows = book.once(_confirmed_by_recorder)
        title = say("同一人记录并确认", "recorded and confirmed by the same person")
        flag_rows(book, clause, "conflict", title, events.iloc[rows[events["kept"].to_numpy(dtype=bool)[rows]]])


def _open_events(events: pd.DataFrame, period: Period | None, words: dict) -> pd.DataFrame:
    pending = events["status"].isin(["recorded", "pending"]).to_numpy(dtype=bool) & in_period(event_day(events), period)
    columns = [name for name in ("event_id", "clause", "group_id", "employee_id", "area", "date") if name in events]
    shown = events.loc[pending, columns].assign(event_status=events["status"][pending].map(words))
    return shown.reset_index(drop=True)


def _confirmed_by_recorder(tables: Tables) -> np.ndarray:
    events = tables["events"]
    return np.flatnonzero(events["recorded_by"].notna() & (events["recorded_by"] == events["confirmed_by"]))


def issue_log(book: Book) -> None:
    """2b 问题记录: this month's issues, handed out with the result."""
    issues = book.table("issues")
    book.outputs["issues"] = issues[book.in_period(issues["date"])].drop(columns="_row").reset_index(drop=True)


def publication(book: Book, clause: Clause, due: Literal["end_of_next_month"] | Number) -> None:
    """3b 次月公布: the last day to publish, the day it was published, and a flag if that was too late."""
    if book.period is None:
        return
    following = book.period.after()
    last = following.last if due == "end_of_next_month" else min(following.last, following.first + timedelta(days=int(due) - 1))
    record = book.table("publications")
    days = record["published_on"][record["month"] == book.policy.month].dropna()
    day = days.iloc[0].date() if len(days) else None
    overdue = day is not None and day > last
    book.outputs["publish_by"] = str(last)
    book.outputs["publication"] = {book.policy.month: {"publish_by": str(last), "published_on": day and str(day), "overdue": overdue}}
    if overdue:
        facts = {"detail": str(day), "term": "published_on", "line": str(last)}
        book.flag("overdue", say("逾期公布", "published too late"), ["department"], clause, "department", **facts)


def flag_rows(
    book: Book, clause: Clause, name: str, title: str, frame: pd.DataFrame, units: np.ndarray | None = None, key: str = "event_id"
) -> None:
    """One flag for each group, with the ids of its rows."""
    groups = book.groups.index[book.unit_codes(frame, "group") if units is None else units]
    detail = {group: list(ids) for group, ids in frame[key].groupby(groups.to_numpy(dtype=object), sort=True)}
    book.flag(name, title, detail, clause, "group", detail, term=key)
