"""状态: where a person's result stands, the mildest word first, and what it lacks."""

from __future__ import annotations

import numpy as np
import pandas as pd

# a later word wins over an earlier one
STATUSES = ("complete", "needs_decision", "under_appeal", "incomplete", "error", "not_assessed", "out_of_scope")


def graver(current: np.ndarray, rows: np.ndarray, status: str) -> np.ndarray:
    """Everybody's status with that of some rows raised; the very same array where it is grave enough already."""
    weaker = rows[pd.Index(STATUSES).get_indexer(current[rows]) < STATUSES.index(status)]
    if not len(weaker):
        return current
    raised = current.copy()
    raised[weaker] = status
    return raised


def lacking(known: dict[str, list], ids, missing: dict | list) -> dict[str, list]:
    """缺项: whose list of what is lacking grows by new names, and to what."""
    found = {}
    for unit in ids:
        before, names = known.get(unit), missing.get(unit, ()) if isinstance(missing, dict) else missing
        if before is None:
            found[unit] = list(dict.fromkeys(names))
        elif new := dict.fromkeys(name for name in names if name not in before):
            found[unit] = [*before, *new]
    return found
