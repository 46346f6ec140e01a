"""格: a book in cells, each replaced as a whole and never changed in place, so that the same cell means the same content."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpi_helpers.book import Book
from kpi_helpers.numbers import ExactArray
from kpi_helpers.statuses import graver, lacking
from kpi_helpers.what_if.copies import alike, apart

FRAMES = ("people", "groups", "department")
SHELVES = ("outputs", "kept")
LISTS = ("_posts", "_flags", "_errors")
PLAIN = ("policy", "period", "tables", "clause", "facts", "_units_of", "_told", "_workdays")  # what a book of cells has like any other
EVERY = slice(None)
ALL = "*"  # all cells of a part, or all parameters


class Frame:
    """人员、小组或部门: units whose columns are cells; whatever is not asked by column counts as a look at all of them."""

    def __init__(self, book: Cells, part: str, index: pd.Index, rows=EVERY):
        self.book, self.part, self.units, self.rows = book, part, index, rows
        self.index = index if rows is EVERY else index[rows]

    def __len__(self):
        return len(self.index)

    def __contains__(self, name):
        return self.book.look(self.part, name) is not None

    def __getitem__(self, name):
        if isinstance(name, str):
            column = self.get(name)
            if column is None:
                raise KeyError(name)
            return column
        if isinstance(name, list) and all(isinstance(one, str) for one in name):
            return self.whole(name)
        mask = np.asarray(name)
        if mask.dtype != bool or mask.shape != (len(self.units),) or self.rows is not EVERY:
            return self.whole()[name]
        return Frame(self.book, self.part, self.units, mask)

    def __setitem__(self, name, value):
        if isinstance(value, (ExactArray, np.ndarray)):
            column = pd.Series(value.copy(), index=self.units, name=name, copy=False)
        else:
            frame = pd.DataFrame(index=self.units)
            frame[name] = value
            column = frame[name]
        self.book.put(self.part, name, column)

    def get(self, name, default=None):
        column = self.book.look(self.part, name)  # closed to writing, so that it needs no copy
        return default if column is None else column if self.rows is EVERY else column[self.rows]

    @property
    def loc(self):
        return Located(self)

    def __iter__(self):
        return iter(self.whole())

    def __getattr__(self, name):
        return getattr(self.whole(), name)

    def whole(self, names: list | None = None) -> pd.DataFrame:
        """A frame of its own: what is done to it does not reach the book."""
        cells = self.book.look_at_all(self.part) if names is None else {name: self.book.look(self.part, name) for name in names}
        return pd.DataFrame(cells, index=self.units)[self.rows] if all(cell is not None for cell in cells.values()) else self.whole()[names]


class Located:
    """`loc` of a frame, which looks at the named columns only where they are named."""

    def __init__(self, frame: Frame):
        self.frame = frame

    def __getitem__(self, place):
        names = place[1] if isinstance(place, tuple) and len(place) == 2 else None
        named = [names] if isinstance(names, str) else names if isinstance(names, list) else None
        return self.frame.whole(named).loc[place]


class Shelf:
    """产出: values by name, handed out as copies that are put back if the clause has changed them."""

    def __init__(self, book: Cells, part: str):
        self.book, self.part = book, part

    def __contains__(self, name):
        return (self.part, name) in self.book.open or self.book.look(self.part, name) is not None

    def __getitem__(self, name):
        key = (self.part, name)
        if key not in self.book.open:
            value = self.book.look(*key)
            if value is None:
                raise KeyError(name)
            self.book.open[key] = apart(value[0])
        return self.book.open[key]

    def __setitem__(self, name, value):
        self.book.open[self.part, name] = value
        self.book.written.add((self.part, name))
        self.book.held[self.part].setdefault(name)  # its place in the order

    def get(self, name, default=None):
        return self[name] if name in self else default

    def setdefault(self, name, default):
        if name not in self:
            self[name] = default
        return self[name]

    def update(self, **values):
        for name, value in values.items():
            self[name] = value


def _listed(name: str) -> property:
    """A list of a book; whoever asks for it may look at all of it."""

    def get(book):
        book.seen((name, ""), getattr(book, name))
        return getattr(book, name)

    return property(get, lambda book, value: setattr(book, name, value))


def _cell(part: str, name: str) -> property:
    """What a plain book has as an attribute, and a divided one as a cell."""
    plain = f"_{part if name == ALL else name}"

    def put(book, value):
        if book.divided:
            book.put(part, name, value)
        else:
            setattr(book, plain, value)

    return property(lambda book: book.look(part, name) if book.divided else getattr(book, plain), put)


class Cells(Book):
    """A book in cells, each replaced as a whole and never changed in place, so that the same cell means the same content."""

    divided = False  # while it is being opened, it is like any other book

    def divide(self) -> None:
        """Put what a plain book holds into cells."""
        self.held = {part: {name: getattr(self, part)[name] for name in getattr(self, part)} for part in FRAMES}
        self.held |= {part: {} for part in SHELVES}
        self.held["events"] = {**self._events_of, ALL: self._events}
        self.held["book"] = {"missing": self._missing, "excused": self._excused}
        for part in FRAMES:
            setattr(self, part, Frame(self, part, getattr(self, part).index))
        self.shelve()

    def shelve(self) -> None:
        self.divided = True
        self.open: dict[tuple, object] = {}  # what of the shelves the clause at work has in hand
        self.written: set[tuple] = set()  # what of it is new
        self.outputs, self.kept = Shelf(self, "outputs"), Shelf(self, "kept")
        self._events_of = EventRows(self)

    def content(self) -> dict[str, dict]:
        return {part: dict(cells) for part, cells in self.held.items()}

    def put_back(self) -> None:
        """What a clause has put on the shelves, or changed there, becomes the content of their cells."""
        for (part, name), value in self.open.items():
            if (part, name) in self.written or not alike(value, self.held[part][name][0]):
                self.put(part, name, (apart(value),))
        self.open.clear()
        self.written.clear()

    def look(self, part: str, name: str):
        """The cell's content, or None."""
        return self.held[part].get(name)

    def look_at_all(self, part: str) -> dict:
        return self.held[part]

    def seen(self, key: tuple, value) -> None:
        """Somebody looks at something that is no single cell."""

    def now(self, key: tuple):
        """What somebody who looks there would see now."""
        part, name = key
        if part == "posted":
            return tuple(Book.values_posted(self, *name))
        if part in LISTS:
            return tuple(getattr(self, part))
        return tuple(self.held[part].values()) if name == ALL and part in FRAMES else self.held[part].get(name)

    def put(self, part: str, name: str, value) -> None:
        self.held[part][name] = value

    # -- what a plain book has as attributes ----------------------------------------------------------------------

    posts, flags, errors = map(_listed, LISTS)
    events, missing, excused = _cell("events", ALL), _cell("book", "missing"), _cell("book", "excused")

    # -- what clauses do ------------------------------------------------------------------------------------------

    def mark(self, units, status, missing=None) -> None:
        if not self.divided:
            super().mark(units, status, missing)
            return
        (cell, lists), rows = self.marks(), np.flatnonzero(self.meant(units))
        current = cell.to_numpy(dtype=object)
        raised = graver(current, rows, status)
        if raised is not current:
            self.held["people"]["status"] = pd.Series(raised, index=cell.index, name="status", copy=False)
        found = lacking(lists, cell.index[rows], missing) if missing else {}
        if found:
            self.held["book"]["missing"] = lists | found

    def marks(self) -> tuple:
        return self.held["people"]["status"], self.held["book"]["missing"]

    def workdays(self):
        self.policy.parameters.get("common.workday_calendar")  # whoever counts days depends on it
        return super().workdays()

    # -- doing again what a clause did ----------------------------------------------------------------------------

    def marked(self, units, status, missing, before: tuple, after: tuple) -> None:
        now = self.marks()
        if now[0] is before[0] and now[1] is before[1]:
            self.held["people"]["status"], self.held["book"]["missing"] = after
        else:
            self.mark(units, status, missing)

    def extend(self, name: str, added: list) -> None:
        getattr(self, name).extend(added)

    def unknown(self, years: set[int]) -> None:
        self._workdays.unknown_years |= years

    # -- the end --------------------------------------------------------------------------------------------------

    def plain(self) -> Book:
        """A plain book of the same content."""
        made = object.__new__(Book)
        made.__dict__.update({name: self.__dict__[name] for name in PLAIN if name in self.__dict__})
        made.__dict__.update({part: self.frame(part) for part in FRAMES} | {part: self.shelf(part) for part in SHELVES})
        made.posts, made.flags, made.errors = self._posts, self._flags, self._errors
        made.events, made.missing, made.excused = self.held["events"][ALL], *self.held["book"].values()
        return made

    def frame(self, part: str) -> pd.DataFrame:
        return pd.DataFrame(self.held[part], index=getattr(self, part).units, copy=False)

    def shelf(self, part: str) -> dict:
        return {name: apart(value[0]) for name, value in self.held[part].items()}


class EventRows:
    """Where the counted events of each clause stand."""

    def __init__(self, book: Cells):
        self.book = book

    def get(self, name, default):
        rows = self.book.look("events", name)
        return default if rows is None else rows
