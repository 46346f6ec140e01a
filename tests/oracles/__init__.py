"""The seven policies reckoned a second time: slow plain programs, written from the policies' text alone.

They know nothing of kpi_helpers. A month is {table: [record, …]}, a record a dict of plain values; `reckon` gives what a
person with paper and patience would get. The numbers are those of the executable specification and its clauses.
"""

from oracles import dawo, quarterly_standard, six_dimension, team_pool, three_dimension, weighted_grades, weikang

ORACLES = {
    oracle.__name__.removeprefix("oracles."): oracle.reckon
    for oracle in (dawo, quarterly_standard, six_dimension, team_pool, three_dimension, weighted_grades, weikang)
}
