"""The shared scoring rules (计分规则): plain functions on exact columns; a signature is the schema of its clause.

A rule gets what it names: `book`, `clause`, `measure` (the column of the clause's measure), `measures`, `records`
(the rows it counts). Everything else is an argument written in the policy. It returns an exact column or Lines.
"""

from kpi_helpers.rules.arithmetic import difference, flat, max_of, min_of, product_of, ratio, rounded, sum_of, tenure
from kpi_helpers.rules.dates import in_effect, rating_due
from kpi_helpers.rules.gates import excluded, flagged, forfeited, moved
from kpi_helpers.rules.groups import distributed, min_max, percent_rank, pooled, prizes, ranked, shared
from kpi_helpers.rules.maps import banded, interpolated, looked_up, per_unit, tiered
from kpi_helpers.rules.memory import earlier, kept, streak, window
from kpi_helpers.rules.ratings import rated, weighted, weighted_mean
from kpi_helpers.rules.records import discretionary, per_event, per_record, tally
from kpi_helpers.rules.totals import section, total

# in the order of the guide: what happened, what it comes to, what it is worth, who gets it
# fmt: off
__all__ = [
    "per_event", "discretionary", "tally", "per_record",
    "flat", "ratio", "sum_of", "product_of", "min_of", "max_of", "difference", "rounded", "tenure",
    "weighted", "weighted_mean", "rated",
    "banded", "tiered", "interpolated", "looked_up", "per_unit",
    "pooled", "ranked", "distributed", "prizes", "percent_rank", "min_max", "shared",
    "excluded", "forfeited", "moved", "flagged",
    "earlier", "window", "streak", "kept",
    "section", "total",
    "in_effect", "rating_due",
]
