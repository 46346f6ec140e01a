"""The repository itself: what the README says is there is there, and nothing stands where it should not."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FILES = subprocess.run(
    ["git", "-c", "core.quotePath=false", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.split("\n")[:-1]


def tree():
    block = re.search(r"### The tree\n\n```\n(.*?)```", README, re.S)[1]
    folders, found = [], {}
    for line in block.rstrip().split("\n"):
        indent, path, words = re.fullmatch(r"( *)(\S+) *(.*)", line).groups()
        del folders[len(indent) // 2 :]
        found["".join(folders) + path] = words
        folders.append(path)
    return found


def test_every_path_in_the_tree_exists():
    missing = [path for path in tree() if not list(ROOT.glob(path.rstrip("/")))]
    assert not missing


def test_every_file_of_the_package_stands_in_the_tree():
    shown = tree()
    package = [path for path in FILES if path.startswith("kpi_helpers/")]
    folders = tuple(
        path for path in shown if path.endswith("/") and path != "kpi_helpers/" and not any(p != path and p.startswith(path) for p in shown)
    )
    assert not [path for path in package if path not in shown and not path.startswith(folders) and not path.endswith("__init__.py")]


def test_the_top_level_holds_only_what_was_agreed():
    folders = {path.split("/")[0] for path in FILES if "/" in path}
    assert {name for name in folders if not name.startswith(".")} <= {"notebooks", "kpi_helpers", "params", "outputs", "tests"}


def test_the_readme_has_exactly_two_set_up_commands_and_ci_runs_them():
    assert len(re.findall(r"^python3 -m venv", README, re.M)) == 2
    assert "grep '^python3 -m venv' README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_command_of_the_readme_is_a_command():
    from kpi_helpers.__main__ import parser

    known = next(action.choices for action in parser()._actions if hasattr(action, "choices") and isinstance(action.choices, dict))
    named = set(re.findall(r"`kpi ([a-z-]+)", README)) | set(re.findall(r"bin/kpi ([a-z-]+)", README))
    assert named and named <= known.keys()


def test_the_python_of_the_readme_runs(monkeypatch):
    monkeypatch.chdir(ROOT)
    block = re.search(r"```python\n(.*?)```", README, re.S)[1]
    exec(compile(block, "README.md", "exec"), {})  # the example is our own text


@pytest.mark.parametrize("path", [p for p in FILES if p.endswith((".py", ".yaml", ".md", ".toml", ".ipynb", ".css", ".j2", ".html"))])
def test_texts_are_utf8_without_tabs_or_absolute_paths(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    assert "\t" not in text or path.endswith(".csv")
    assert not re.search(r"(?<![\w.])/(?:ro+t|home|wor+k)/\w", text), "a path of one machine"
