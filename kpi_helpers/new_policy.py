"""新办法: a policy file to start from, by answers or from the closest existing policy, with a first case beside it."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from kpi_helpers import strict_yaml
from kpi_helpers.calendar import Period
from kpi_helpers.cases import case_tables, plain, run_cases
from kpi_helpers.checks import must_be_filled
from kpi_helpers.columns import NUMERIC
from kpi_helpers.dated_text import entries_of
from kpi_helpers.errors import Fault, KpiError, PolicyError, UsageError, did_you_mean
from kpi_helpers.language import say
from kpi_helpers.places import find_file, project
from kpi_helpers.policy import Policy
from kpi_helpers.policy_file import load_policy
from kpi_helpers.rulebook import scheme_module
from kpi_helpers.schemes import score
from kpi_helpers.strict_yaml import flow

QUESTIONS = ("title", "period", "scoring", "grades", "pay")


@dataclass(frozen=True)
class Made:
    """What was written: the policy, its first case, and the policy it was copied from, if any."""

    policy: Path
    cases: Path
    like: Policy | None = None


@cache
def _data() -> dict:
    path = Path(__file__).with_suffix(".yaml")
    return strict_yaml.load(path.read_text(encoding="utf-8"), path.name).data


def new_policy(output, given: dict, like: str = "", ask=None) -> Made:
    """Write a new policy to `output` and a case file beside it; nothing is ever overwritten.

    given: answers by the names of QUESTIONS, in the engine's or the reader's words. ask: asks a question that has no
    answer yet, by text and default; without it the default holds. Raises UsageError and PolicyError, having written nothing.
    """
    path = Path(output)
    cases = path.with_suffix(".cases.yaml")
    _check_place(path, cases)
    chosen = [f"--{name}" for name in QUESTIONS[1:] if given.get(name)]
    if like and chosen:
        problem = say(f"不能与 {'、'.join(chosen)} 一起写：照原来的办法写。", f"cannot go with {', '.join(chosen)}: it is a copy.")
        raise UsageError(Fault("--like", problem))
    like_path = closest(like) if like else None
    with tempfile.TemporaryDirectory() as folder:
        draft, draft_cases = Path(folder) / path.name, Path(folder) / cases.name
        if like_path:
            draft.write_text(_copy(like_path, path, given, ask), encoding="utf-8")
            draft_cases.write_text(_first_case(draft), encoding="utf-8")
        else:
            answers = _answers(given, ask)
            blocks = _blocks(answers)
            draft.write_text(_policy(answers, blocks, _scheme(path)), encoding="utf-8")
            draft_cases.write_text(_case_file(path.name, _worked(answers, blocks)), encoding="utf-8")
        failed = [line for outcome in run_cases(draft_cases) for line in outcome.differences]
        if failed:
            raise PolicyError([Fault(cases.name, line) for line in failed])
        for made, place in ((draft, path), (draft_cases, cases)):
            try:
                with made.open("rb") as source, place.open("xb") as target:
                    shutil.copyfileobj(source, target)
            except OSError as error:
                raise UsageError(Fault(str(place), say(f"写不了：{error.strerror}。", f"cannot be written: {error.strerror}."))) from None
    return Made(path, cases, load_policy(like_path) if like_path else None)


def _check_place(path: Path, cases: Path) -> None:
    if path.suffix not in (".yaml", ".yml"):
        raise UsageError(Fault(str(path), say("文件名应以 .yaml 结尾。", "the name must end in .yaml.")))
    if not path.parent.is_dir():
        raise UsageError(Fault(str(path.parent), say("没有这个文件夹。", "there is no such folder.")))
    for one in (path, cases):
        if one.exists():
            hint = say("请换一个名字。", "Choose another name.")
            raise UsageError(Fault(str(one), say("已经有这个文件，不覆盖。", "exists already and is not overwritten."), hint))


def _scheme(path: Path) -> str:
    """A code that no scheme with a module of its own has, from the file's name."""
    word = re.sub(r"[^a-z0-9]+", "_", path.stem.lower()).strip("_")
    word = word if re.match(r"[a-z]", word) else f"policy_{word}".strip("_")
    return word if scheme_module(word) is None else f"{word}_new"


# -- by answers ------------------------------------------------------------------------------------------------------


def _answers(given: dict, ask) -> dict[str, str]:
    """The answers to all questions; where nothing is scored there are no grades, and only pay that needs no score."""
    answers: dict[str, str] = {}
    for name in QUESTIONS:
        question = dict(_data()["questions"][name])
        if answers.get("scoring") == "none" and name in ("grades", "pay"):
            without = question["without_score"]
            question |= {"choices": {one: question["choices"][one] for one in without}, "default": without[0]}
        answers[name] = _answer(name, question, given.get(name), ask if len(question.get("choices", "ab")) > 1 else None)
    return answers


def _answer(name: str, question: dict, given: str | None, ask) -> str:
    """The answer to one question in the engine's word: as given, asked, or the default."""
    choices, default = question.get("choices"), question["default"]
    while True:
        word = given if given else ask(_asked(question), _word(choices, default)) if ask else ""
        try:
            return _understood(name, (word or "").strip() or default, choices)
        except UsageError as error:
            if given or not ask:
                raise
            print(error, file=sys.stderr)


def _asked(question: dict) -> str:
    choices = question.get("choices") or {}
    listed = "  ".join(f"{place} {say(*words)}" for place, words in enumerate(choices.values(), 1))
    return say(*question["ask"]) + (f"（{listed}）" if listed else "")


def _word(choices, value: str) -> str:
    return say(*choices[value]) if choices else value


def _understood(name: str, word: str, choices) -> str:
    if not choices or word in choices:
        return word
    if word.isdigit() and 0 < int(word) <= len(choices):
        return list(choices)[int(word) - 1]
    found = next((key for key, words in choices.items() if word in words), None)
    if found:
        return found
    known = [one for key, words in choices.items() for one in (say(*words), key)]
    raise UsageError(Fault(f"--{name}", say(f"没有“{word}”。", f"there is no '{word}'."), did_you_mean(word, known)))


def _blocks(answers: dict) -> list[dict]:
    """The blocks that the answers ask for, in the order of the file."""
    scoring, grades, pay = (answers[name] for name in ("scoring", "grades", "pay"))
    names = ["people"]
    names += [f"scoring.{one}" for one in ("weighted", "points") if scoring in (one, "both")]
    names += [f"score.{scoring}"] if scoring != "none" else []
    names += [f"grades.{grades}"] if grades != "none" else []
    names += [f"pay.{pay}.none" if f"pay.{pay}.{scoring}" in _data()["blocks"] else f"pay.{pay}", "paid"] if pay != "none" else []
    return [_data()["blocks"][name] for name in names]


def _policy(answers: dict, blocks: list[dict], scheme: str) -> str:
    """The policy file: the head, and the parts of its blocks."""
    title = json.dumps(answers["title"], ensure_ascii=False)
    parts = [f"{_data()['head']}scheme: {scheme}\ntitle: {title}\nperiod: {answers['period']}\n"]
    for part, indent in (("tables", "  "), ("parameters", "  "), ("clauses", "  ")):
        lines = [f"{indent}{line}" for block in blocks for line in block.get(part, "").splitlines()]
        parts += [f"{part}:\n" + "\n".join(lines) + "\n"] if lines else []
    return "\n".join(parts)


def _worked(answers: dict, blocks: list[dict]) -> dict:
    """The first case: what the blocks are given and what they come to."""
    inputs, people = {}, {}
    for block in blocks:
        inputs |= block.get("inputs", {})
        expected = block.get("expected", {})
        for employee, results in expected.get(answers["scoring"], expected).items():
            people.setdefault(employee, {}).update(results)
    month = _data()["periods"][answers["period"]]
    title = say("第一个样例：请换成自己手算的例子", "the first case: put your own in its place")
    return {"id": "1", "title": title, "month": month, "inputs": inputs, "expected": {"员工": dict(sorted(people.items()))}}


# -- from an existing policy -----------------------------------------------------------------------------------------


def closest(words: str) -> Path:
    """The policy that a file, a name or free words mean: the one whose title, about and clauses share most with them."""
    path = find_file(words)
    if path.is_file():
        return path
    known = sorted(one for one in (project() / "params" / "policies").glob("*.yaml") if not one.name.endswith(".cases.yaml"))
    named = next((one for one in known if one.stem == words), None)
    best = named or max(known, key=lambda one: _likeness(words, one), default=None)
    if best is None or best is not named and _likeness(words, best) == 0:
        titles = "、".join(f"{one.stem}（{_facts(one)[0]}）" for one in known)
        problem = say(f"没有与“{words}”相近的办法。", f"no policy is like '{words}'.")
        raise UsageError(Fault("--like", problem, say(f"现有：{titles}。", f"There are: {titles}.")))
    return best


def _likeness(words: str, path: Path) -> int:
    """How much of the words a policy speaks of: its title counts most, then its description, then its clauses."""
    title, about, clauses = _facts(path)
    text = re.sub(r"\s+", "", words.lower())
    pairs = {text[at : at + 2] for at in range(max(len(text) - 1, 1))}
    return sum(weight for pair in pairs for weight, part in ((3, title), (2, about), (1, clauses)) if pair in part.lower())


@cache
def _facts(path: Path) -> tuple[str, str, str]:
    try:
        data = strict_yaml.load(path.read_text(encoding="utf-8"), path.name).data
    except (KpiError, OSError, UnicodeDecodeError):
        return "", "", ""
    if not isinstance(data, dict) or not isinstance(data.get("clauses"), list):
        return "", "", ""
    titles = "\n".join(str(clause.get("title")) for clause in data["clauses"] if isinstance(clause, dict))
    return str(data.get("title") or ""), str(data.get("about") or ""), titles


def _copy(like: Path, path: Path, given: dict, ask) -> str:
    """The text of a policy with a new title, every comment kept; its code stays where its clauses need the module of its scheme."""
    policy, text = load_policy(like), like.read_text(encoding="utf-8-sig")
    default = say(f"{policy.title}（新）", f"{policy.title} (new)")
    title = given.get("title") or (ask(say(*_data()["questions"]["title"]["ask"]), default) if ask else "") or default
    text = _head_line(text, "title", json.dumps(title, ensure_ascii=False))
    return text if policy.module else _head_line(text, "scheme", _scheme(path))


def _head_line(text: str, key: str, value: str) -> str:
    """A key of the head with another value, however it was written; what stands around it stays."""
    old = entries_of(yaml.compose(text, Loader=yaml.SafeLoader))[key]
    end = "\n" if text[: old.end_mark.index].endswith("\n") else ""  # a text of several lines ends with the last of them
    return text[: old.start_mark.index] + value + end + text[old.end_mark.index :]


def _first_case(draft: Path) -> str:
    """A case of one person for whom nothing was entered, with what the policy makes of it."""
    month = _in_force(draft)
    policy = load_policy(draft, month)
    roster = policy.tables.get("employees")
    if roster is None:
        problem = say("没有“员工”表，写不出样例。", "has no sheet of employees to make a case of.")
        raise PolicyError(Fault(policy.path, problem))
    filled = {one.heading: _sample(one) for one in roster.columns.values() if one.name in _ROSTER or must_be_filled(roster, one)}
    inputs = {roster.sheet: {"columns": list(filled), "rows": [list(filled.values())]}}
    people = score(policy, case_tables(policy, inputs)).employees
    names = ["status", *(one.name for one in policy.results.values() if one.role in ("score", "grade", "pay"))]
    expected = {str(one): {name: plain(people.at[one, name]) for name in names if name in people} for one in people.index}
    title = say(
        "什么都没有填的一个人（结果由程序算出，请核对后换成自己的例子）",
        "one person, nothing entered: check, then put your own in its place",
    )
    return _case_file(draft.name, {"id": "1", "title": title, "month": month, "inputs": inputs, "expected": {"员工": expected}})


def _in_force(draft: Path) -> str:
    """A period in which all numbers of a policy are in force: the usual one, or that of the last number that starts later."""
    cycle = load_policy(draft).cycle
    usual = Period.parse(_data()["periods"].get(cycle, _data()["periods"]["month"]))
    last = max(re.findall(r"(\d{4}-(?:0[1-9]|1[0-2])) ?:", draft.read_text(encoding="utf-8")), default="")
    if last <= usual.months[-1]:
        return str(usual)
    return str({"quarter": Period.parse(last).quarter(), "year": Period.parse(last[:4])}.get(cycle, last))


_ROSTER = {"employee_id": "001", "name": "张三", "group_id": "A组"}


def _sample(column):
    """Something that may stand in a column of the roster."""
    if column.name in _ROSTER:
        return _ROSTER[column.name]
    if column.kind == "choice":
        return next(iter(column.words.values()))
    if column.kind in NUMERIC:
        return column.min or 1
    return {"bool": True, "date": "2020-01-01", "datetime": "2020-01-01", "month": "2026-10"}.get(column.kind, "甲")


# -- the case file ---------------------------------------------------------------------------------------------------


def _case_file(policy: str, case: dict) -> str:
    lines = [f"policy: {flow(policy)}", "cases:"]
    for place, (key, value) in enumerate(case.items()):
        start = "  - " if place == 0 else "    "
        if key == "inputs" and value:
            lines.append(f"{start}inputs:")
            for name, given in value.items():
                lines += [f"      {flow(name)}:", f"        columns: {flow(given['columns'])}", "        rows:"]
                lines += [f"          - {flow(row)}" for row in given["rows"]]
        elif key == "expected":
            lines.append(f"{start}expected:")
            for name, rows in value.items():
                lines += [f"      {flow(name)}:", *(f"        {flow(one)}: {flow(results)}" for one, results in rows.items())]
        else:
            lines.append(f"{start}{key}: {flow(value)}")
    return "\n".join(lines) + "\n"
