"""泄漏检查: what a file tells its reader beyond what its audience may know, wherever in the file it stands.

`scan(path, audience, owner, month)` reads whatever a run or a pack leaves (HTML, Excel, notebooks, JSON, zips in zips,
folders) down to comments, attributes, metadata and names. It is a test of its own making: it knows the people and the
pay from the result, never from the file, and shares no code with what writes the files. What is read out of a file is
in `leak_places`.
"""

from __future__ import annotations

import getpass
import re
import socket
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from numbers import Rational
from pathlib import Path
from urllib.parse import unquote

from leak_places import Piece, pieces

from kpi_helpers.numbers import is_missing
from kpi_helpers.report.statements import statement_name

AUTHORS = {"", "openpyxl", "kpi-helpers"}  # of a document's metadata: programs, not people
_TECHNICAL = {
    "path": r"(?<![\w.:/])/(?:home|root|tmp|var|usr|opt|work|mnt|srv|private|Users)/\w|(?<![A-Za-z])[A-Za-z]:\\\w|"
    r"(?<![A-Za-z])[A-Za-z]:/(?:Users|Windows)|\\\\\w+\\\w|file://",
    "traceback": r"Traceback \(most recent|File \"[^\"]+\", line \d|-{4,}> ?\d+ |\b[A-Z]\w+(?:Error|Exception)\b:",
    "source": r"\bimport [a-z_]+\b|\bdef \w+\(|\bkpi\.\w+\(|load_policy|injected-parameters|\bIn \[\d*\]:|papermill|ipykernel|%matplotlib|"
    r"\bclass=.jp-|nbconvert",
    "widget": r"application/vnd\.jupyter\.widget|ipywidgets|widget[-_]state|IPY_MODEL_|jupyter-widgets|\bwidgets\b",
    "contact": r"[\w.+-]+@[\w-]+\.[A-Za-z]{2,}|(?<![0-9A-Za-z])1[3-9]\d{9}(?![0-9A-Za-z])",
}
TECHNICAL = {kind: re.compile(pattern) for kind, pattern in _TECHNICAL.items()}
MONEY = re.compile(r"\d\s*(?:元|yuan\b)|[¥￥]\s*\d|\b(?:RMB|CNY)\b")
_AMOUNT = re.compile(r"(?<![0-9A-Za-z_.,−-])\d[\d,]*(?:\.\d+)?(?![0-9A-Za-z_%]|[.,-]\d)")
_BEFORE, _AFTER = r"(?<![0-9A-Za-z_])(?<!\d[./:-])", r"(?![0-9A-Za-z_%]|[./:-]\d)"  # no part of a number, date, time or clause


@dataclass(frozen=True)
class Finding:
    """泄漏: which kind (id, name, pay, source, widget, path, traceback, contact, user, unreadable), where, and what."""

    kind: str
    place: str
    what: str


@dataclass
class Month:
    """The people of a department's month, and every number that is nobody's secret."""

    names: dict[str, str]
    pay: dict[str, set[Fraction]]  # by person, what nobody else has among it too
    known: dict[str, set[Fraction]] = field(default_factory=dict)  # by person: every number that is theirs or their group's
    common: set[Fraction] = field(default_factory=set)
    words: str = ""  # the policy's own text: a name or id that is an ordinary word there says nothing by itself
    slips: dict[str, str] = field(default_factory=dict)  # file name → whose

    @classmethod
    def of(cls, job, result) -> Month:
        people, ledger = result.employees, result.ledger
        names = {unit: str(name) for unit, name in people["name"].items() if not is_missing(name)} if "name" in people else {}
        pay, known, groups = defaultdict(set), defaultdict(set), defaultdict(set)
        paid = [one.name for one in result.policy.results.values() if one.name in people and (one.role == "pay" or one.unit == "元")]
        for row in ledger.to_dict("records"):
            person = row["employee_id"]
            into = groups[row["group_id"]] if is_missing(person) else known[person]
            into |= _numbers([row["value"], row["quantity"]])
            if row["unit"] == "元" and not is_missing(person):
                pay[person] |= _numbers([row["value"]])
        for unit, row in people.iterrows():
            known[unit] |= _numbers(row.to_list()) | groups.get(row.get("group_id"), set())
            if row.get("group_id") in result.groups.index:
                known[unit] |= _numbers(result.groups.loc[row["group_id"]].to_list())
            pay[unit] = {amount for amount in pay[unit] | _numbers(row[paid].to_list()) if amount}
        text = Path(job.policy).read_text(encoding="utf-8")
        common = {Fraction(token.replace(",", "")) for token in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}
        slips = {statement_name(job.digest(), unit): unit for unit in people.index}
        return cls(dict.fromkeys(people.index, "") | names, dict(pay), dict(known), common, text, slips)

    @cached_property
    def paid(self) -> dict[Fraction, set[str]]:
        """Who gets an amount."""
        return _inverse(self.pay)

    @cached_property
    def scores(self) -> set[Fraction]:
        """Numbers of people that are nobody's pay."""
        return set().union(*self.known.values()) - set(self.paid)

    @cached_property
    def by_name(self) -> tuple[dict[str, set[str]], re.Pattern]:
        """Whose a name is, as it is read, and all of them to look for."""
        units = _inverse({unit: {fold(name)} for unit, name in self.names.items() if fold(name)})
        words = [rf"\b{re.escape(name)}\b" if name.isascii() and name.isalnum() else re.escape(name) for name in units]
        return units, re.compile("|".join(sorted(words, key=len, reverse=True)) or "(?!)")

    @cached_property
    def folded(self) -> str:
        return fold(self.words)

    @cached_property
    def ids(self) -> re.Pattern:
        words = sorted(map(re.escape, self.names), key=len, reverse=True)
        return re.compile(f"{_BEFORE}(?:{'|'.join(words) or '(?!)'}){_AFTER}")

    @cached_property
    def weak(self) -> set[str]:
        """Ids that are also ordinary numbers, or words of the policy."""
        plain = {unit for unit in self.names if unit.isdigit() and unit[0] != "0" and len(unit) < 4}
        return plain | {hit[0] for hit in self.ids.finditer(self.words)}

    @cached_property
    def figures(self) -> set[str]:
        """Ids that are also a figure of somebody's."""
        numbers = set().union(*self.known.values())
        return {unit for unit in self.weak if unit.isdigit() and Fraction(unit) in numbers}


def scan(path: Path, audience: str, owner: str | None = None, *, month: Month, shown=(), password: str | None = None) -> list[Finding]:
    """泄漏 in a file or folder: what `audience` (hr, manager, employee, public; or none, for a manifest) may not know of it.

    owner: whose slip it is; a slip's file name tells it too. shown: 'id' or 'name', where a public list may hold them.
    """
    found, users = {}, _users()
    for piece in pieces(Path(path), password):
        whose = month.slips.get(piece.file, owner) if audience == "employee" else owner
        for finding in _judge(piece, audience, whose, month, shown, users):
            found[finding] = None
    return list(found)


def _judge(piece: Piece, audience: str, owner: str | None, month: Month, shown, users):
    if piece.kind == "unreadable":
        yield Finding("unreadable", piece.place, piece.text)
        return
    if piece.kind == "author" and piece.text.strip() not in AUTHORS:
        yield Finding("user", piece.place, piece.text)
    if piece.kind == "code" and audience != "hr":
        yield Finding("source", piece.place, piece.text[:60])
    for kind, pattern in TECHNICAL.items():
        own_code = kind == "source" and audience == "hr" and piece.file.endswith(".ipynb")
        if (hit := pattern.search(piece.text)) and not own_code:
            yield Finding(kind, piece.place, hit[0])
    for user in users:
        if re.search(_BEFORE + re.escape(user) + _AFTER, piece.text):
            yield Finding("user", piece.place, user)
    if audience not in ("hr", "manager"):
        texts = {piece.text, unquote(piece.text)}
        yield from (finding for text in texts for finding in _personal(piece, text, audience, owner, month, shown))


def _personal(piece: Piece, text: str, audience: str, owner: str | None, month: Month, shown):
    if piece.kind != "number":
        if not (audience == "public" and "name" in shown):
            yield from (Finding("name", piece.place, month.names[unit]) for unit in _named(text, owner, month))
        if not (audience == "public" and "id" in shown):
            yield from (Finding("id", piece.place, unit) for unit in _identified(piece, text, owner, month))
    if piece.kind == "layout":
        return
    if audience == "public" and (hit := MONEY.search(text)):
        yield Finding("pay", piece.place, hit[0])
    for amount, written in _amounts(piece, text):
        if _tells(amount, audience, owner, month):
            yield Finding("pay", piece.place, written)


def _tells(amount: Fraction, audience: str, owner: str | None, month: Month) -> bool:
    """Does an amount give somebody away? Not where it is the policy's or the owner's own, nor on a slip where several people get it."""
    units = month.paid.get(amount, ())
    if audience == "public":
        return bool(units) and amount not in month.scores
    own = amount in month.common or amount in month.known.get(owner, ())
    return len(units) == 1 and owner not in units and not own


def _amounts(piece: Piece, text: str):
    """Numbers that look like money: two decimals, thousands, or a cell's own value."""
    for written in _AMOUNT.findall(text):
        value = Fraction(written.replace(",", ""))
        if piece.kind == "number" or re.search(r"\.\d\d$|,\d{3}", written) or value >= 1000:
            yield value, written


def _named(text: str, owner: str | None, month: Month):
    """The people whose names stand in a text: the longest name first, so that 王伟 is not found in her own 王伟明."""
    units, pattern = month.by_name
    folded = fold(text)
    for hit in pattern.finditer(folded):
        alone = folded == hit[0] or folded[hit.end() : hit.end() + 1] == "("
        if owner not in units[hit[0]] and (alone or hit[0] not in month.folded):
            yield min(units[hit[0]])


def _identified(piece: Piece, text: str, owner: str | None, month: Month):
    """The people whose ids stand in a text as words of their own; short plain numbers and words of the policy in brackets or alone."""
    if piece.kind == "attribute":
        text = re.sub(r"[-_/#]", " ", text)  # as in id="row-002"
    for hit in month.ids.finditer(text):
        unit = hit[0]
        bracketed = text[hit.start() - 1 : hit.start()] in ("（", "(") and text[hit.end() : hit.end() + 1] in ("）", ")")
        alone = text.strip() == unit and unit not in month.figures
        if unit != owner and (unit not in month.weak or bracketed or alone):
            yield unit


def _users() -> set[str]:
    """The login and the machine, where they are no words that stand everywhere."""
    return {word for word in (getpass.getuser(), socket.gethostname()) if len(word) > 3 and word not in ("root", "user", "localhost")}


def fold(text: str) -> str:
    """Text as one reads it: one width, no blanks, no signs that are not seen."""
    return "".join(
        sign for sign in unicodedata.normalize("NFKC", text).casefold() if not sign.isspace() and unicodedata.category(sign) != "Cf"
    )


def _numbers(values) -> set[Fraction]:
    return {Fraction(value) for value in values if isinstance(value, Rational) and not isinstance(value, bool)}


def _inverse(of: dict) -> dict:
    found = defaultdict(set)
    for unit, values in of.items():
        for value in values:
            found[value].add(unit)
    return found
