"""Notebooks are tables of contents: imports, calls and displays; the parameters cell is what papermill shows as help."""

import ast
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TAGS = {"parameters", "interactive", "internal"}
NODES = (
    ast.Module,
    ast.Import,
    ast.ImportFrom,
    ast.alias,
    ast.Assign,
    ast.Expr,
    ast.Call,
    ast.keyword,
    ast.Name,
    ast.Attribute,
    ast.Constant,
    ast.Load,
    ast.Store,
)


def cells(notebook, tag=None):
    found = [cell for cell in nbformat.read(notebook, 4).cells if cell.cell_type == "code"]
    return [cell for cell in found if tag is None or tag in cell.metadata.get("tags", [])]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_cells_hold_imports_calls_and_displays_only(path):
    for cell in cells(path):
        if "parameters" in cell.metadata.get("tags", []):
            continue
        assert len(cell.source.splitlines()) <= 5, cell.source
        strange = [type(node).__name__ for node in ast.walk(ast.parse(cell.source)) if not isinstance(node, NODES)]
        assert not strange, f"{strange} in\n{cell.source}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_the_parameters_are_literals_with_a_type_and_an_explanation(path):
    (cell,) = cells(path, "parameters")
    for line in cell.source.splitlines():
        code, _, comment = line.partition("#")
        (statement,) = ast.parse(line).body
        assert isinstance(statement, ast.AnnAssign) and isinstance(statement.value, ast.Constant), line
        assert comment.strip() and "#" not in comment, line
        assert type(statement.value.value).__name__ == statement.annotation.id, line


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebooks_are_kept_without_outputs_and_traces(path):
    notebook = nbformat.read(path, 4)
    nbformat.validate(notebook)
    assert notebook.metadata.keys() <= {"kernelspec", "language_info"}
    for cell in notebook.cells:
        assert cell.metadata.keys() <= {"tags"}, cell.id
        assert set(cell.metadata.get("tags", [])) <= TAGS, cell.id
        assert cell.cell_type != "code" or (cell.outputs == [] and cell.execution_count is None), cell.id


@pytest.mark.parametrize("folder", [".", "notebooks"])
def test_plain_papermill_runs_the_month_from_both_folders(folder, tmp_path):
    out = tmp_path / "out.ipynb"
    notebook = (ROOT / "notebooks" / "kpi_monthly.ipynb").relative_to((ROOT / folder).resolve())
    given = ["-p", "month", "2026-10", "-p", "department", "维康", "--no-progress-bar"]
    command = [sys.executable, "-m", "papermill", str(notebook), str(out), *given]
    ran = subprocess.run(command, cwd=ROOT / folder, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert "2026-10" in out.read_text(encoding="utf-8") and "widget" not in out.read_text(encoding="utf-8")
