"""Worked cases (样例): files of cases, in YAML or Excel, held against a policy; what differs is named and explained by the ledger."""

from kpi_helpers.cases.compare import compare, plain
from kpi_helpers.cases.inputs import case_tables
from kpi_helpers.cases.run import Outcome, run_cases

__all__ = ["Outcome", "case_tables", "compare", "plain", "run_cases"]
