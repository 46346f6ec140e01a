"""No policy file can break the machine: whatever is done to one, it loads or is refused in plain words, and an empty month is scored."""

import copy
import resource
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kpi_helpers as kpi
from kpi_helpers import strict_yaml
from kpi_helpers.cases import case_tables, run_cases
from kpi_helpers.errors import KpiError, PolicyError
from kpi_helpers.strict_yaml import flow

ROOT = Path(__file__).parents[1]
POLICIES = sorted((ROOT / "params" / "policies").glob("*.yaml")) + sorted((ROOT / "tests" / "policies").glob("*.yaml"))
WHOLE = {path.stem: strict_yaml.load(path.read_text(encoding="utf-8"), path.name).data for path in POLICIES}

JUNK = [
    *(None, True, False, 0, -1, 1, 3, 10**17, -(10**17), Fraction(1, 10**12), Fraction(-5, 2), "", " ", "x", "9" * 5000, "1e999999"),
    *(
        "nan",
        "inf",
        "none",
        "$",
        "$none",
        "get",
        "os",
        "../../etc/passwd",
        "__import__",
        "__init__",
        "score",
        "status",
        "得分",
        "employee_id",
    ),
    *("2026-10", "2026-10-05", "2026-13", "department", "A.B.C", "员工.工号", "x" * 9000, "\u202e", "合计"),
    *(
        [],
        {},
        [[]],
        [None],
        ["x"],
        [1, 2],
        [{}],
        {"": None},
        {"by": "岗位"},
        {"by": [], "x": 1},
        {"2026-01": 1},
        {"2026-01": {"2026-01": "x"}},
    ),
    *({"by": "得分", "otherwise": {}}, {"column": "x"}, {"at_least": "x"}, {"at_least": []}, {"is": {}}, {"in": {"a": 1}}, {"given": 3}),
    *(
        [{"from": 1, "give": 2}, {"from": [], "give": {}}],
        {"places": 10**9},
        {"to": 0},
        {"x": {"after": None}},
        {"kind": "number", "min": "x"},
    ),
]
KINDS = ["replace", "replace", "replace", "delete", "double", "rename", "add", "wrap", "swap"]
CHANGES = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=4)


def places(node, found=None):
    """Every (container, key) of a document."""
    found = [] if found is None else found
    for key, value in list(node.items()) if isinstance(node, dict) else list(enumerate(node)) if isinstance(node, list) else ():
        found.append((node, key))
        places(value, found)
    return found


def changed(data, changes):
    """A copy of a document with values replaced, deleted, doubled, renamed, wrapped or swapped."""
    data = copy.deepcopy(data)
    for kind, first, second in changes:
        spots = places(data)
        if not spots:
            break
        (node, key), junk = spots[first % len(spots)], copy.deepcopy(JUNK[second % len(JUNK)])
        if kind == "delete":
            del node[key]
        elif kind == "double" and isinstance(node, list):
            node.insert(key, copy.deepcopy(node[key]))
        elif kind == "rename" and isinstance(node, dict):
            node[str(junk)[:100]] = node.pop(key)
        elif kind == "add" and isinstance(node, dict):
            known = [name for _, name in spots if isinstance(name, str)]
            node[known[second % len(known)]] = junk
        elif kind == "wrap":
            node[key] = [node[key]] if second % 2 else {"x": node[key]}
        elif kind == "swap":
            other, name = spots[second % len(spots)]
            node[key] = copy.deepcopy(other[name])
        else:
            node[key] = junk
    return data


def survives(text, folder, month="2026-10"):
    """Load a policy and score an empty month; anything but a KpiError comes through. Does it load?"""
    path = folder / "p.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        policy = kpi.load_policy(path, month)
    except PolicyError as error:
        assert error.faults and len(str(error)) < 500_000
        return False
    try:
        kpi.score(policy, case_tables(policy, {}))
    except KpiError as error:
        assert error.faults
    return True


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(changes=CHANGES)
def test_a_changed_policy_loads_or_is_refused(name, changes, folder):
    survives(flow(changed(WHOLE[name], changes)), folder)


@pytest.mark.parametrize("name", WHOLE)
def test_an_unchanged_policy_survives_being_written_as_one_line(name, folder):
    assert survives(flow(WHOLE[name]), folder, None)


SIGNS = list(":,{}[]\"'#-\n\t ：，【“”甲b1.*&!|>%@`\u3000\u200b\x07\x85") + [": ", "- ", ", "]


@settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(text=st.lists(st.sampled_from(SIGNS), max_size=30).map("".join))
def test_any_text_is_read_or_refused_with_its_line(text):
    try:
        strict_yaml.load(text, "x.yaml")
    except PolicyError as error:
        assert all(fault.where.startswith("x.yaml:") and len(fault.problem) > 4 for fault in error.faults)


# -- hostile files, one by one ---------------------------------------------------------------------------------------------

HEAD = "scheme: trial\ntitle: x\ntables: {员工: {required: [工号], key: [工号]}}\n"
CLAUSE = '{id: "1", title: x, source: x, basis: S, rule: flat, amount: 1}'
HOSTILE = {
    "a million clauses": HEAD + "clauses: [" + "1," * 900_000 + "1]",
    "thousands of clauses": HEAD + "clauses: [" + ",".join([CLAUSE] * 9_000) + "]",
    "a megabyte title": f"scheme: x\ntitle: {'x' * 1_000_000}\nclauses: [{CLAUSE}]",
    "a hundred thousand bands": HEAD + f"clauses: [{CLAUSE[:-1]}, bands: [{'{from: 1, give: 1},' * 90_000}]}}]",
    "twenty thousand bands": HEAD
    + 'clauses: [{id: "1", title: x, source: x, basis: S, rule: banded, measure: 工号, bands: ['
    + ",".join(f"{{from: {20_000 - i}, give: {i}}}" for i in range(15_000))
    + "]}]",
    "ten thousand wrong keys": HEAD + "".join(f"wrong{i}: 1\n" for i in range(10_000)) + f"clauses: [{CLAUSE}]",
    "ten thousand faults": HEAD + "clauses: [" + ",".join(["{rule: flaat}"] * 1_900) + "]",
    "deep": "scheme: " + "[" * 100_000,
    "laughs": "a: &a [x, x]\n" + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)),
    "tag": HEAD + "clauses: !!python/object/apply:os.system [echo]",
    "own tag": HEAD + "clauses: !run [x]",
    "control characters": HEAD.replace("title: x", 'title: "\\e[2J"') + f"clauses: [{CLAUSE}]",
    "a list as key": HEAD + "? [a, b]\n: c\n",
    "huge number": HEAD + f"clauses: [{CLAUSE.replace('amount: 1', 'amount: 1e999999')}]",
    "many digits": HEAD + f"clauses: [{CLAUSE.replace('amount: 1', 'amount: ' + '9' * 9_000)}]",
    "not a number": HEAD + f"clauses: [{CLAUSE.replace('amount: 1', 'amount: .nan')}]",
    "infinite": HEAD + f"clauses: [{CLAUSE.replace('amount: 1', 'amount: -.inf')}]",
    "import": HEAD + f"clauses: [{CLAUSE.replace('rule: flat', 'rule: __import__')}]",
    "a function of a module": HEAD + f"clauses: [{CLAUSE.replace('rule: flat', 'rule: np')}]",
    "tabs": "scheme: x\n\ttitle: y",
    "two documents": "scheme: x\n---\nscheme: y",
    "empty": "",
    "a number": "1",
    "another file": "password: hunter2\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_policy_is_refused_before_it_grows(text, folder):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert not survives(text, folder)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # kB


@pytest.mark.parametrize("scheme", ["../../x", "os", "os.path", "__init__", "a b", "kpi_helpers.errors", "字"])
def test_a_scheme_names_no_other_module(scheme, folder):
    assert survives(HEAD.replace("trial", f'"{scheme}"') + f"clauses: [{CLAUSE}]", folder)
    assert kpi.load_policy(folder / "p.yaml").module is None


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks_change_nothing(ending, mark, folder):
    assert survives(mark + (HEAD + f"clauses: [{CLAUSE}]\n").replace("\n", ending), folder)


def test_what_is_no_utf8_is_said_to_be_none(folder):
    for encoding in ("utf-16", "gb18030"):
        (folder / "q.yaml").write_bytes((HEAD + "about: 考核").encode(encoding))
        with pytest.raises(PolicyError, match="UTF-8"):
            kpi.load_policy(folder / "q.yaml")
        with pytest.raises(PolicyError, match="UTF-8"):
            run_cases(folder / "q.yaml")


def test_a_file_that_is_no_policy_is_not_shown(folder):
    (folder / "secret.yaml").write_text("password: hunter2\n")
    with pytest.raises(PolicyError) as caught:
        kpi.load_policy(folder / "secret.yaml")
    assert "password" not in str(caught.value) and "hunter2" not in str(caught.value)


@pytest.mark.parametrize("text", ["a: &x [*x]", "a: &x {b: *x}", "a: &x [1, {b: [*x]}]"])
def test_aliases_that_stand_for_themselves(text):
    with pytest.raises(PolicyError, match="引用了自己"):
        strict_yaml.load(text, "x.yaml", aliases=True)


def test_aliases_of_cases_may_not_explode():
    with pytest.raises(PolicyError, match="超过"):
        strict_yaml.load(HOSTILE["laughs"], "x.yaml", aliases=True)
    assert strict_yaml.load("a: &x [1, 2]\nb: [*x, *x]", "x.yaml", aliases=True).data["b"] == [[1, 2], [1, 2]]


CASES = strict_yaml.load((ROOT / "tests" / "cases" / "inbound.yaml").read_text(encoding="utf-8"), "inbound.yaml", aliases=True).data


@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(changes=CHANGES)
def test_a_changed_file_of_cases_is_run_or_refused(changes, folder):
    cases_survive(flow(changed(CASES, changes)), folder)


def cases_survive(text, folder):
    """Run a file of cases; what is wrong with it is a message, and what differs is explained."""
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "cases").mkdir(exist_ok=True)
    (folder / "policies" / "inbound.yaml").write_text((ROOT / "tests" / "policies" / "inbound.yaml").read_text(encoding="utf-8"))
    path = folder / "cases" / "c.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        for outcome in run_cases(path):
            assert all(len(line) < 3_000 for line in [*outcome.differences, *outcome.explanation])
    except PolicyError as error:
        assert error.faults
