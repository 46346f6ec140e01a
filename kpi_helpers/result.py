"""结果 of one policy in one period, with its ledger."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from kpi_helpers.ledger import assemble
from kpi_helpers.lines import Post
from kpi_helpers.policy import Policy
from kpi_helpers.tables import Tables


@dataclass
class Result:
    """结果 of one policy in one period: frames by person and group, the ledger, flags, refused rows, assumptions."""

    policy: Policy
    employees: pd.DataFrame
    groups: pd.DataFrame
    department: pd.DataFrame
    tables: dict[str, object]
    flags: pd.DataFrame
    errors: pd.DataFrame
    assumptions: pd.DataFrame
    posts: list[Post] = field(repr=False, default_factory=list)
    inputs: Tables | None = field(repr=False, default=None)
    _ledger: pd.DataFrame | None = field(repr=False, default=None)

    @property
    def ledger(self) -> pd.DataFrame:
        """计分台账: a row per clause and unit; built when first asked for."""
        if self._ledger is None:
            self._ledger = assemble(self)
        return self._ledger
