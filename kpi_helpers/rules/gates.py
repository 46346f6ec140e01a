"""Rules that open and close (门槛、一票否决): who is not assessed, what is forfeited, moves along a scale, what people must decide."""

from __future__ import annotations

from typing import Literal

import numpy as np

from kpi_helpers.arguments import Figure, Number, figure
from kpi_helpers.book import Book, Lines, Records
from kpi_helpers.errors import DataError, Fault, did_you_mean
from kpi_helpers.language import say
from kpi_helpers.numbers import ExactArray, constant, is_missing, missing, text, where
from kpi_helpers.policy import Clause


def excluded(book: Book, clause: Clause, status: Literal["out_of_scope", "not_assessed"] = "not_assessed") -> None:
    """不参加考核: the people whom `who` names get no result, and no open questions either."""
    book.mark(book.chosen(clause), status)


excluded.needs_who = True


def forfeited(
    book: Book,
    clause: Clause,
    records: Records,
    part: Number = 1,
    sections: list[str] | None = None,
    clauses: list[str] | None = None,
) -> Lines:
    """一票否决（清零）: what was posted so far in the clause's unit is taken back, in whole or in part, by a line of its own.

    For the people whom `who` names; without `who`, for whoever has a record of the clause. sections, clauses: only what
    these have given. `as:` names what is left.
    """
    hit = book.chosen(clause) if clause.who else (records.count() > 0)
    posted = book.posted(clause.per, clause.unit, None, sections, clauses)
    taken = where(hit, -posted * part, None)
    return Lines(taken, None if clause.who else records.count(), None if clause.who else records.cells(), result=posted + taken.fillna(0))


@figure
def moved(book: Book, clause: Clause, of: Figure, scale: list[str], by: Number | None = None, to: str | None = None) -> Lines:
    """升降档: a word on a scale (low to high) moved up by so many steps (negative: down), held at its ends, or put at one word.

    of: the figure with the word. `who` says for whom; everybody else keeps the word.
    """
    words = np.array([None if is_missing(word) else str(word) for word in book.figure(of, clause.per)], dtype=object)
    for word in words:
        if word is not None and word not in scale:
            problem = say(f"“{word}”不在 scale 中。", f"'{word}' is not on the scale.")
            raise DataError(Fault(f"{book.policy.title} {clause.id}", problem, did_you_mean(word, scale)))
    place = np.array([-1 if word is None else scale.index(word) for word in words], dtype=np.intp)
    if to is not None:
        target = np.full(len(words), scale.index(to))
    else:
        steps = constant(0, len(words)) + by
        for row in np.flatnonzero((steps.den != 1) & (steps.den != 0))[:1]:
            problem = say(f"升降档数 {text(steps[int(row)])} 不是整数。", f"{text(steps[int(row)])} steps are not whole.")
            raise DataError(Fault(f"{book.policy.title} {clause.id}", problem))
        target = np.clip(place + np.where(steps.isna(), 0, steps.num).astype(np.intp), 0, len(scale) - 1)
    result = np.array([*scale, None], dtype=object)[np.where(place < 0, -1, target)]
    return Lines(missing(len(words)), result=np.where(book.chosen(clause), result, words))


def _check_moved(scale, by=None, to=None, **_):
    if (by is None) == (to is None):
        yield say("by（升降几档）与 to（定为哪一档）应写一个。", "write either by or to.")
    if to is not None and to not in scale:
        yield say(f"to: “{to}”不在 scale 中。", f"to: '{to}' is not on the scale.")


moved.check = _check_moved


def flagged(book: Book, clause: Clause, records: Records, show: list[Figure] | None = None, note: str = "") -> None:
    """待决定: a proposal for people to decide, with the figures it rests on; nothing is done.

    For the people whom `who` names; without `who`, for whoever has a record of the clause. show: figures given as evidence.
    """
    hit = book.chosen(clause) if clause.who else (records.count() > 0)
    units = book.units(clause.per).index
    figures = {name: book.figure(name, clause.per) for name in show or []}
    rows = [row for row in np.flatnonzero(hit) if clause.per != "employee" or book.assessed()[row]]
    detail = {units[row]: {name: _shown(values, int(row)) for name, values in figures.items()} or None for row in rows}
    book.flag(clause.id, clause.title, [units[row] for row in rows], clause, clause.per, detail, note or clause.note)


def _shown(values, row: int):
    value = values[row]
    return None if is_missing(value) else text(value) if isinstance(values, ExactArray) else value
