"""位置: where the project lies, and names and paths that are safe to write."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from kpi_helpers.errors import Fault, PolicyError, UsageError
from kpi_helpers.language import say

_RESERVED = {"con", "prn", "aux", "nul", "index.html", "packs", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def project() -> Path:
    """The folder that holds params/departments.yaml, looked for from here upwards, else beside the package."""
    for folder in (Path.cwd(), *Path.cwd().parents, Path(__file__).resolve().parent.parent):
        if (folder / "params" / "departments.yaml").is_file():
            return folder
    problem = say("找不到 params/departments.yaml。", "params/departments.yaml was not found.")
    raise UsageError(Fault(str(Path.cwd()), problem, say("请在项目文件夹中运行。", "Run this in the project's folder.")))


def find_file(name: str) -> Path:
    """A path as given, from the working folder or else from the project's."""
    path = Path(name).expanduser()
    return path if path.is_absolute() or path.exists() or not (project() / path).exists() else project() / path


def from_here(path: Path) -> Path:
    """A path as short as it can be written from the working folder."""
    return path.relative_to(Path.cwd()) if path.is_absolute() and path.is_relative_to(Path.cwd()) else path


def safe_name(name: str) -> str:
    """A department's name as the name of a folder: no path, no hidden or reserved name, at most 60 signs.

    >>> safe_name("../../客服 一部")
    '_.._客服 一部'
    """
    kept = (sign for sign in unicodedata.normalize("NFC", name) if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co"))
    plain = re.sub(r'[/\\:*?"<>|]', "_", "".join(kept)).strip(". ")[:60].strip(". ")
    if not plain:
        raise PolicyError(Fault(say("部门", "department"), say(f"部门名称“{name}”不能作文件夹名。", f"'{name}' cannot name a folder.")))
    return f"_{plain}" if plain.split(".")[0].casefold() in _RESERVED or plain.casefold() in _RESERVED else plain
