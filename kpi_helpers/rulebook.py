"""规则: which rules a policy may name: the shared ones and those of its scheme's own module."""

from __future__ import annotations

import importlib
import inspect
import re
from types import ModuleType

from kpi_helpers import rules


def scheme_module(scheme: str) -> ModuleType | None:
    """The module kpi_helpers.schemes.<scheme>, or None for a policy that needs no code."""
    name = f"kpi_helpers.schemes.{scheme}"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", scheme) or importlib.util.find_spec(name) is None:
        return None
    return importlib.import_module(name)


def rules_of(module: ModuleType | None) -> dict:
    """Every rule a policy may name: the shared ones and those of its scheme."""
    found = {name: getattr(rules, name) for name in rules.__all__}
    for name, function in vars(module).items() if module else ():
        own = inspect.isfunction(function) and f"{function.__module__}.".startswith(f"{module.__name__}.")
        if own and name[0] != "_" and name != "score":
            found[name] = function
    return found
