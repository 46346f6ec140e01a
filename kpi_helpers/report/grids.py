"""表格: what stands in a table for readers, whoever draws it: titled columns, rows of plain values, a total."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True)
class Column:
    """One column of a grid: what stands above it and how its values are written (unit 元: two decimals).

    right: words that end in a number, such as +12.50 or 63.6%, are set flush right like numbers.
    """

    title: str
    unit: str = ""
    basis: str = ""
    right: bool = False


@dataclass(frozen=True)
class Bar:
    """条: how long a bar is drawn beside its number, as a part (0 to 1) of the longest; 0 is no bar; hollow for what is taken away."""

    part: Fraction
    hollow: bool = False


@dataclass
class Grid:
    """One table for readers: rows of plain values; `assumed` holds the (row, column) that rest on an assumption.

    total: a last row that is the sum of the others. units: those of single cells, where they differ from their column.
    links: where the values of the first column lead to on the page.
    """

    title: str
    columns: list[Column]
    rows: list[list]
    assumed: set[tuple[int, int]] = field(default_factory=set)
    total: list | None = None
    links: dict[str, str] = field(default_factory=dict)
    units: dict[tuple[int, int], str] = field(default_factory=dict)

    def unit(self, row: int, column: int) -> str:
        """The unit of one cell."""
        return self.units.get((row, column), self.columns[column].unit)

    def __len__(self):
        return len(self.rows)

    def pick(self, columns: list[int], title: str = "") -> Grid:
        """Some of the columns, in this order."""
        assumed = {(row, columns.index(column)) for row, column in self.assumed if column in columns}
        rows = [[row[i] for i in columns] for row in self.rows]
        total = None if self.total is None else [self.total[i] for i in columns]
        return Grid(title or self.title, [self.columns[i] for i in columns], rows, assumed, total, self.links)

    def take(self, order: list[int]) -> Grid:
        """Some of the rows, in this order."""
        place = {row: new for new, row in enumerate(order)}
        assumed = {(place[row], column) for row, column in self.assumed if row in place}
        return Grid(self.title, self.columns, [self.rows[row] for row in order], assumed, self.total, self.links)

    def compact(self) -> Grid:
        """Without the columns in which nothing stands."""
        said = [any(row[i] not in (None, "", []) for row in self.rows) for i in range(len(self.columns))]
        return self.pick([i for i, one in enumerate(said) if one])

    def split(self, keep: int, widest: int) -> list[Grid]:
        """Pieces that fit on a page, numbered in their titles: the first `keep` columns stand in each of them."""
        rest = range(keep, len(self.columns))
        if len(self.columns) <= widest:
            return [self]
        step = widest - keep
        pieces = [list(rest[start : start + step]) for start in range(0, len(rest), step)]
        return [self.pick([*range(keep), *piece], f"{self.title} {place}/{len(pieces)}") for place, piece in enumerate(pieces, 1)]


def bars(values: list[Fraction]) -> list[Bar]:
    """A bar for each number, as long as it is large; hollow below 0."""
    longest = max((abs(value) for value in values), default=Fraction(0)) or Fraction(1)
    return [Bar(Fraction(abs(value), 1) / longest, value < 0) for value in values]
