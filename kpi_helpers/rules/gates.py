"""Rules that open and close (门槛、一票否决): who is not assessed, what is forfeited, moves along a scale, what people must decide."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import numpy as np
import pandas as pd

from kpi_helpers.arguments import Figure, Number, Round, figure
from kpi_helpers.book import Book
from kpi_helpers.errors import DataError, Fault, did_you_mean
from kpi_helpers.language import say
from kpi_helpers.lines import Lines, Records
from kpi_helpers.numbers import ExactArray, clip, constant, is_missing, missing, rounded_to, text, where
from kpi_helpers.policy import Clause


def excluded(book: Book, clause: Clause, status: Literal["out_of_scope", "not_assessed"] = "not_assessed") -> None:
    """不参加考核: the people whom `who` names get no result, and no open questions either; from this clause on.

    status: what stands as the person's status. A clause without `who` is a PolicyError.
    """
    book.mark(book.chosen(clause), status)


excluded.needs_who = True
excluded.check_clause = lambda clause, table: _people_only(clause)


def _people_only(clause: Clause):
    if clause.per != "employee":
        yield say(f"规则 {clause.rule.__name__} 只用于个人（不写 per）。", f"rule {clause.rule.__name__} is for people only (no per:).")


def forfeited(
    book: Book,
    clause: Clause,
    records: Records,
    part: Number = 1,
    sections: list[str] | None = None,
    clauses: list[str] | None = None,
    round: Round | None = None,  # of what is taken
) -> Lines:
    """一票否决（清零）: what was posted so far in the clause's unit is taken back, in whole or in part, by a line of its own.

    For the people whom `who` names; without `who`, for whoever has a record of the clause. part: 1 takes all, 0.5 half
    (more than 1 or less than 0 is a PolicyError). sections, clauses: only what these have given, less what earlier clauses
    of this rule have taken from them. `as:` names what is left.
    """
    hit = book.concerned(clause) if clause.who else (records.count() > 0)
    posted = book.posted(clause.per, clause.unit, None, sections, clauses) + _taken_before(book, clause)
    taken = where(hit, -posted * part, None)
    taken = taken if round is None else rounded_to(taken, round.step, round.mode)
    return Lines(taken, None if clause.who else records.count(), None if clause.who else records.cells(), result=posted + taken.fillna(0))


def _taken_before(book: Book, clause: Clause) -> ExactArray:
    """What earlier clauses of this rule have taken from the sections or clauses that this one names."""
    taken, mine = constant(0, len(book.units(clause.per))), _aimed_at(book, clause)
    for post in book.posts if mine is not None else ():
        other = post.clause
        same = other.rule is forfeited and (other.per, other.unit) == (clause.per, clause.unit)
        counted = other.id in (clause.arguments.get("clauses") or ()) or other.section in (clause.arguments.get("sections") or ())
        aim = _aimed_at(book, other) if same and not counted else set()
        if aim is None or aim & mine:
            taken = taken + post.lines.value.fillna(0)
    return taken


def _aimed_at(book: Book, clause: Clause) -> set[str] | None:
    """The clauses whose points or yuan a forfeit takes; None: all of them, its own lines included."""
    sections, clauses = (clause.arguments.get(name) for name in ("sections", "clauses"))
    if sections is None and clauses is None:
        return None
    chosen = (one for one in book.policy.order if sections is None or one.section in sections)
    return {one.id for one in chosen if clauses is None or one.id in clauses}


def _check_part(part=Fraction(1), sections=None, clauses=None, **_):
    if isinstance(part, Fraction) and not 0 <= part <= 1:
        yield say(f"part 应在 0 与 1 之间，不是 {text(part)}。", f"part: {text(part)} must lie between 0 and 1.")
    if sections == [] or clauses == []:
        yield say("sections、clauses 不能是空表；不写即全部。", "sections and clauses must not be empty; leave them out for all.")


forfeited.check, forfeited.who_or_records = _check_part, True


@figure
def moved(book: Book, clause: Clause, of: Figure, scale: list[str], by: Number | None = None, to: str | None = None) -> Lines:
    """升降档: a word on a scale (low to high) moved up by so many steps (negative: down), held at its ends, or put at one word.

    of: the figure with the word. `who` says for whom; everybody else keeps the word. A word that is not on the scale and
    a step that is not whole are DataErrors.
    """
    words = np.array([None if is_missing(word) else str(word) for word in book.figure(of, clause.per)] + [None], dtype=object)[:-1]
    place = pd.Index(scale).get_indexer(words)
    hit = book.concerned(clause) & (words != None)  # noqa: E711 - row by row
    for row in np.flatnonzero(hit & (place < 0))[:1]:
        problem = say(f"“{words[row]}”不在 scale 中。", f"'{words[row]}' is not on the scale.")
        raise DataError(Fault(f"{book.policy.title} {clause.id}", problem, did_you_mean(words[row], scale)))
    unknown = np.zeros(len(words), dtype=bool)
    if to is not None:
        target = np.full(len(words), scale.index(to))
    else:
        steps = constant(0, len(words)) + by
        whole, unknown = rounded_to(steps, Fraction(1), "down"), hit & steps.isna()
        for row in np.flatnonzero(hit & (steps != whole))[:1]:
            problem = say(f"升降档数 {text(steps[int(row)])} 不是整数。", f"{text(steps[int(row)])} steps are not whole.")
            raise DataError(Fault(f"{book.policy.title} {clause.id}", problem))
        whole = clip(whole.fillna(0), -len(scale), len(scale))
        target = np.clip(place + np.array([int(one) for one in whole], dtype=np.intp), 0, len(scale) - 1)
    result = np.where(hit, np.array(scale, dtype=object)[target], words)
    return Lines(missing(len(words)), result=np.where(unknown, None, result))


def _check_moved(scale, by=None, to=None, **_):
    if not scale or len(set(scale)) < len(scale):
        yield say("scale 由低到高列出各档，不能为空，不得重复。", "scale: lists the words from low to high, none twice.")
    if (by is None) == (to is None):
        yield say("by（升降几档）与 to（定为哪一档）应写一个。", "write either by or to.")
    if to is not None and to not in scale:
        yield say(f"to: “{to}”不在 scale 中。", f"to: '{to}' is not on the scale.")


moved.check, moved.words = _check_moved, True


def flagged(book: Book, clause: Clause, records: Records, show: list[Figure] | None = None, note: str = "") -> None:
    """待决定: a proposal for people to decide, with the figures it rests on; nothing is done.

    For the people whom `who` names; without `who`, for whoever has a record of the clause. show: figures given as evidence.
    """
    hit = book.concerned(clause) if clause.who else (records.count() > 0)
    units = book.units(clause.per).index
    figures = {name: book.figure(name, clause.per) for name in show or []}
    rows = [row for row in np.flatnonzero(hit) if clause.per != "employee" or book.assessed()[row]]
    detail = {units[row]: {name: _shown(values, int(row)) for name, values in figures.items()} or None for row in rows}
    book.flag(clause.id, clause.title, [units[row] for row in rows], clause, clause.per, detail, note or clause.note)


flagged.who_or_records = True


flagged.proposes = True
moved.keeps_others = True


def _shown(values, row: int):
    value = values[row]
    return None if is_missing(value) else value
