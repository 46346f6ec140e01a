"""The tables as the policy reads them: rows it refuses, roles in scope, owners of areas."""

from __future__ import annotations

from copy import copy

import numpy as np
import pandas as pd

from kpi_helpers.checks import RowFault
from kpi_helpers.errors import Fault, PolicyError, did_you_mean
from kpi_helpers.language import say
from kpi_helpers.period_rows import check_period_rows
from kpi_helpers.policy import Policy
from kpi_helpers.tables import Tables


def check_rows(policy: Policy, tables: Tables) -> list[RowFault]:
    """Events that belong to no group, payroll of another month or twice in one, complaints solved before they were received."""
    return [
        *_homeless_events(policy, tables),
        *check_period_rows(policy, tables, "payroll", ["employee_id"]),
        *_solved_too_early(tables["complaints"]),
    ]


def _homeless_events(policy, tables):
    events = tables["events"]
    owned = events["area"].map(_area_owners(policy, tables)).notna() if "area" in events else False
    homeless = events["group_id"].isna() & events["employee_id"].isna() & ~owned
    problem = say("没有小组、工号，区域也没有负责小组", "names no group, no person and no area with an owner")
    for row in np.flatnonzero(homeless):
        yield RowFault("events", int(row), "group_id", None, "no_group", problem)


def _solved_too_early(complaints):
    for column in ("self_resolved_at", "withdrawal_call_at", "manager_resolved_at"):
        for row in np.flatnonzero(complaints[column] < complaints["received_at"]):
            problem = say("早于接到时间", "lies before the complaint was received")
            yield RowFault("complaints", int(row), column, complaints[column].iloc[row], "out_of_range", problem)


def as_read(policy: Policy, tables: Tables) -> Tables:
    """Rows of covered people only, and events of areas with their group."""
    return _with_area_owners(policy, _without_outsiders(policy, tables))


def _without_outsiders(policy: Policy, tables: Tables) -> Tables:
    """Without the rows of people whose role the policy does not cover (in_scope_roles)."""
    people = tables["employees"]
    outside = set(people["employee_id"][~covered(policy, people["role"])])
    kept = copy(tables)
    for name, frame in tables.items() if outside else ():
        if name != "employees" and "employee_id" in frame:
            kept[name] = frame[~frame["employee_id"].isin(outside)].reset_index(drop=True)
    return kept


def covered(policy: Policy, roles: pd.Series) -> np.ndarray:
    if policy["in_scope_roles"] == "all":
        return np.ones(len(roles), dtype=bool)
    column = policy.tables["employees"].columns["role"]
    wanted = {role: column.word(str(role)) for role in policy["in_scope_roles"]}
    unknown = [role for role, word in wanted.items() if word is None]
    if unknown:
        hint = did_you_mean(unknown[0], [*column.words, *column.words.values()])
        raise PolicyError(Fault("in_scope_roles", say(f"没有岗位“{unknown[0]}”。", f"there is no role '{unknown[0]}'."), hint))
    return roles.isin(wanted.values()).to_numpy(dtype=bool)


def _area_owners(policy: Policy, tables: Tables) -> dict[str, str]:
    """区域负责小组: the HR parameter, overruled by the sheet; a group that is not on the roster owns nothing."""
    sheet = tables["area_owner"]
    owners = {**policy["area_owner"], **dict(zip(sheet["area"], sheet["group_id"], strict=True))}
    groups = set(tables["employees"]["group_id"])
    return {area: group for area, group in owners.items() if group in groups}


def _with_area_owners(policy: Policy, tables: Tables) -> Tables:
    """An event of an area that names no group belongs to the group that owns the area (6.9, 6.18)."""
    events = tables["events"]
    if "area" not in events:
        return tables
    kept = copy(tables)
    owner = events["area"].map(_area_owners(policy, tables))
    kept["events"] = events.assign(group_id=events["group_id"].where(events["group_id"].notna(), owner))
    return kept
