"""待人决定: what a clause proposes to people, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kpi_helpers.lines import UNIT_KEYS
from kpi_helpers.listing import named

COLUMNS = ["flag", "title", "employee_id", "group_id", "clause", "source", "detail", "note"]


@dataclass(frozen=True, eq=False)
class Flag:
    """One proposal for some units of a kind; `detail` is one value for all, or a dict by id."""

    name: str
    title: str
    ids: tuple
    clause: str
    source: str
    per: str
    detail: object
    note: str

    def rows(self) -> list[dict]:
        """The proposal for each of them."""
        own = self.detail.get if isinstance(self.detail, dict) else lambda _: self.detail
        said = {"clause": self.clause, "source": self.source, "note": self.note}
        return [{"flag": self.name, "title": self.title, UNIT_KEYS[self.per]: id, "detail": own(id), **said} for id in self.ids]


def flags_of(flags: list[Flag]) -> pd.DataFrame:
    """Everything that people must decide, a row each."""
    return pd.DataFrame([row for flag in flags for row in flag.rows()], columns=COLUMNS)


def flag_names(flags, people: pd.Index) -> np.ndarray:
    """The flags of each person, every one once."""
    flags = [flag for flag in flags if flag.per == "employee"]
    masks = np.zeros((len(flags), len(people)), dtype=bool)
    for mask, flag in zip(masks, flags, strict=True):
        rows = people.get_indexer(flag.ids)
        mask[rows[rows >= 0]] = True
    return named([flag.name for flag in flags], masks)
