"""The KPI workbench: Chinese customer-service KPI policies as data, scored exactly, explained line by line."""

from kpi_helpers.departments import prepare as prepare
from kpi_helpers.errors import DataError as DataError
from kpi_helpers.errors import KpiError as KpiError
from kpi_helpers.errors import PolicyError as PolicyError
from kpi_helpers.errors import UsageError as UsageError
from kpi_helpers.history import before as before
from kpi_helpers.outputs import save as save
from kpi_helpers.policy import Policy as Policy
from kpi_helpers.policy_file import load_policy as load_policy
from kpi_helpers.result import Result as Result
from kpi_helpers.schemes import score as score
from kpi_helpers.what_if import show_panel as show_panel
from kpi_helpers.workbook import read_workbook as read_workbook
