"""A month to be reckoned, and the dice that throw one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import yaml
from oracles.reckoning import span_of


@dataclass
class Month:
    """Numbers in force, and the records of every table: `{table: [{column: value}, …]}`."""

    scheme: str
    period: str
    params: dict
    tables: dict[str, list[dict]]

    def inputs(self) -> dict:
        """The tables as a worked case has them; one without records counts as handed in and empty, or as absent."""
        columns = {name: list(dict.fromkeys(key for row in rows for key in row)) for name, rows in self.tables.items() if rows}
        return {
            name: {"columns": own, "rows": [[row.get(one) for one in own] for row in self.tables[name]]} for name, own in columns.items()
        }

    def without(self, table: str, place: int) -> "Month":
        rows = self.tables[table]
        return replace(self, tables=self.tables | {table: rows[:place] + rows[place + 1 :]})

    def as_case(self, reckoned: dict) -> str:
        """This month as a file for `kpi cases`, with the single values that were reckoned for people and groups."""
        expected = {
            name: {key: {column: value for column, value in row.items() if not isinstance(value, list | set)} for key, row in rows.items()}
            for name, rows in reckoned.items()
            if name in ("employees", "groups")
        }
        case = {"id": "random", "month": self.period, "params": self.params, "inputs": self.inputs(), "expected": expected}
        file = {"scheme": self.scheme, "cases": [case]}
        return yaml.safe_dump(_written(file), allow_unicode=True, sort_keys=False, default_flow_style=None, width=200)


def _written(value):
    """Exact numbers as a file holds them."""
    if isinstance(value, dict):
        return {key: _written(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_written(one) for one in value]
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(round(value, 6))
    return value


class Dice:
    """What happens in one month, decided by a seed."""

    def __init__(self, seed: str):
        self.random = Random(seed)

    def one_of(self, *choices):
        return self.random.choice(choices)

    def often(self, usual, *others):
        """The usual value three times out of four."""
        return self.one_of(*others) if self.chance(25) else usual

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def number(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def several(self, make: Callable, most: int, least: int = 0) -> list:
        """From so few to so many of what `make` gives."""
        return [make() for _ in range(self.number(least, most))]

    def some(self, values, percent: int = 50) -> list:
        return [value for value in values if self.chance(percent)]

    def near(self, *edges, step=1):
        """An edge, or one step on either side of it."""
        return self.one_of(*edges) + self.one_of(0, -1, 1) * step

    def readings(self, others: dict[str, list], percent: int = 15) -> dict:
        """Another value than the default for some of the parameters."""
        return {name: self.one_of(*values) for name, values in others.items() if self.chance(percent)}


def numbered(column: str, letter: str, rows: list[dict]) -> list[dict]:
    """Rows with a key: E1, E2, …"""
    return [{column: f"{letter}{number}"} | row for number, row in enumerate(rows, 1)]


def months_about(period: str, before: int, after: int) -> list[str]:
    """The months from so many before one to so many after it."""
    year, month = map(int, period.split("-"))
    numbers = range(12 * year + month - 1 - before, 12 * year + month + after)
    return [f"{number // 12}-{number % 12 + 1:02}" for number in numbers]


class Days:
    """The days of a period that matter: its first and last, some between, and those just outside."""

    def __init__(self, dice: Dice, period: str):
        self.dice, (self.first, self.last) = dice, span_of(period)
        self.before, self.after = self.first - timedelta(1), self.last + timedelta(1)

    def inside(self) -> str:
        return str(self.dice.one_of(self.first, self.last, *self.middle()))

    def any(self) -> str:
        """Mostly a day of the period."""
        return str(self.dice.one_of(self.before, self.after)) if self.dice.chance(12) else self.inside()

    def middle(self) -> list[date]:
        return [self.first + timedelta(n) for n in (9, 10, 14, 19)]

    def employment(self) -> dict:
        """Most people were there all the time; others came or left about the ends of the period."""
        if not self.dice.chance(30):
            return {}
        edges = (
            self.before,
            self.first,
            self.first + timedelta(1),
            self.first + timedelta(14),
            self.last - timedelta(1),
            self.last,
            self.after,
        )
        hired = self.dice.one_of(None, *edges)
        left = self.dice.one_of(None, *(day for day in edges if hired is None or hired <= day))
        return {"hire_date": str(hired) if hired else None, "leave_date": str(left) if left else None}
