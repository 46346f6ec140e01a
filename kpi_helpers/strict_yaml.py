"""YAML read strictly: no duplicate keys, numbers exact, dates as text, nothing that can run or explode; and written on one line."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import yaml

from kpi_helpers.errors import Fault, Faults, PolicyError
from kpi_helpers.language import say
from kpi_helpers.numbers import text as number_text
from kpi_helpers.yaml_slips import UNSEEN, lonely_key, not_yaml, unseen

MAX_BYTES = 2_000_000
MAX_DEPTH = 20
MAX_NODES = 100_000  # keys and values of a file, aliases counted as what they stand for
MAX_TEXT = 10_000  # characters of one text
MAX_KEY = 200
_INTEGER = re.compile(r"[-+]?\d{1,18}")
DECIMALS = 12  # that a number may have
_DECIMAL = re.compile(rf"[-+]?\d{{1,18}}\.\d{{1,{DECIMALS}}}")
_ZEROS = re.compile(r"[-+]?0\d{1,17}(\.\d+)?")
# a text that reads as itself without quotes
_BARE = re.compile(r"(?!(true|false|null|none)$)[^\W\d][\w.（）：，-]*|\d{4}-\d\d(-\d\d)?")
_PLAIN_TAGS = {
    "!",
    *(f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value")),
}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Document:
    """A loaded file: `data`, and the line on which each path of keys stands."""

    def __init__(self, name: str, data, lines: dict):
        self.name, self.data, self.lines = name, data, lines

    def where(self, *path) -> str:
        """A place for error messages: file, line and the path of keys."""
        while path and path not in self.lines:
            path = path[:-1]
        line = self.lines.get(path)
        return self.name + (f":{line}" if line else "") + ("".join(f" {key}" for key in path if not isinstance(key, int)))


def read(path, problem: str, aliases: bool = False) -> Document:
    """Read a file; `problem` says what cannot be read, e.g. 读不到样例."""
    path = Path(path)
    try:
        if not path.is_file():
            raise PolicyError(Fault(str(path), say(f"{problem}：没有这个文件。", "there is no such file.")))
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise PolicyError(Fault(str(path), say(f"{problem}：{error.strerror}。", f"cannot be read: {error.strerror}."))) from None
    except UnicodeDecodeError:
        if len(raw) <= MAX_BYTES:
            raise PolicyError(
                Fault(str(path), say("不是 UTF-8 文本。", "is not UTF-8 text."), say("请另存为 UTF-8。", "Save it as UTF-8."))
            ) from None
        text = " " * (MAX_BYTES + 1)
    return load(text, path.name, aliases)


def load(text: str, name: str, aliases: bool = False) -> Document:
    """Parse one YAML document; `aliases` allows &name and *name, which must not explode.

    Numbers become int or Fraction, all else stays text; a key must be text (quote 2.10).
    Raises PolicyError with file and line.

    >>> load("a: 0.40", "x.yaml").data
    {'a': Fraction(2, 5)}
    """
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        raise PolicyError(Fault(name, say(f"文件超过 {MAX_BYTES // 10**6} MB。", "the file is too large.")))
    try:
        _check_events(text, name, aliases)
        root = yaml.compose(text, Loader=_Loader)
    except (yaml.YAMLError, UnicodeError) as error:
        raise PolicyError(not_yaml(error, text, name)) from None
    builder = _Builder(name)
    data = None if root is None else builder.build(root, ())
    if builder.faults:
        raise PolicyError(builder.faults)
    return Document(name, data, builder.lines)


def _check_events(text: str, name: str, aliases: bool) -> None:
    """Depth, size and aliases of a document, seen one event at a time before anything of it is kept."""
    depth = nodes = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
        nodes += isinstance(event, yaml.NodeEvent)
        line = f"{name}:{event.start_mark.line + 1}"
        if depth > MAX_DEPTH:
            raise PolicyError(_too_deep(line))
        if nodes > MAX_NODES:
            raise PolicyError(_too_many(line))
        if isinstance(event, yaml.AliasEvent) and not aliases:
            raise PolicyError(Fault(line, say("不能使用 YAML 引用（*名称）。", "YAML aliases (*name) are not allowed here.")))


def _too_deep(line: str) -> Fault:
    return Fault(line, say(f"嵌套超过 {MAX_DEPTH} 层。", f"is nested deeper than {MAX_DEPTH} levels."))


def _too_many(line: str) -> Fault:
    return Fault(
        line, say(f"内容超过 {MAX_NODES} 项。", f"holds more than {MAX_NODES} entries."), say("请分成几个文件。", "Split the file.")
    )


class _Builder:
    """Turns nodes into plain data; what an alias stands for is made once, and counted every time."""

    def __init__(self, name: str):
        self.name = name
        self.faults = Faults()
        self.lines: dict[tuple, int] = {}
        self.made: dict[int, object] = {}
        self.size: dict[int, tuple[int, int]] = {}  # nodes and levels of what was made; (0, 0) while it is in the making

    def fault(self, node, zh: str, en: str, hint_zh: str = "", hint_en: str = "") -> None:
        self.faults.append(Fault(f"{self.name}:{node.start_mark.line + 1}", say(zh, en), say(hint_zh, hint_en)))

    def build(self, node, path):
        self.lines[path] = node.start_mark.line + 1
        if id(node) in self.size:
            if self.size[id(node)] == (0, 0):
                self.fault(node, "引用了自己。", "stands for itself.")
            return self.made.get(id(node))
        self.size[id(node)] = (0, 0)
        result, parts = self.value(node, path)
        nodes, levels = 1 + sum(self.size[id(one)][0] for one in parts), 1 + max((self.size[id(one)][1] for one in parts), default=0)
        if nodes > MAX_NODES:
            raise PolicyError(_too_many(f"{self.name}:{self.lines[path]}"))
        if levels > MAX_DEPTH + 1:
            raise PolicyError(_too_deep(f"{self.name}:{self.lines[path]}"))
        self.size[id(node)] = nodes, levels
        self.made[id(node)] = result
        return result

    def value(self, node, path):
        """The value of a node, and the nodes it is made of."""
        if node.tag not in _PLAIN_TAGS:
            self.fault(node, f"不允许标签“{node.tag[:MAX_KEY]}”。", f"tag {node.tag[:MAX_KEY]!r} is not allowed.")
            return None, []
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node), []
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, i)) for i, child in enumerate(node.value)], node.value
        result = {}
        for key_node, value_node in node.value:
            lonely = node.flow_style and key_node.end_mark.index == value_node.start_mark.index  # as b in {a: 1, b}
            if lonely:
                self.faults.append(Fault(f"{self.name}:{key_node.start_mark.line + 1}", *lonely_key(str(key_node.value)[:MAX_KEY])))
            key = None if lonely else self.key(key_node)
            if key is None:
                self.build(value_node, (*path, "?"))
                continue
            if key in result:
                self.fault(key_node, f"键“{key}”重复。", f"key '{key}' stands twice.", "请删去一个。", "Delete one.")
            result[key] = self.build(value_node, (*path, key))
        return result, [one for _, one in node.value]

    def key(self, node) -> str | None:
        before = len(self.faults)
        key = self.scalar(node) if isinstance(node, yaml.ScalarNode) else None
        if len(self.faults) > before:
            return None
        if not isinstance(key, str):
            shown = str(node.value)[:MAX_KEY] if isinstance(node, yaml.ScalarNode) else "[…]"
            self.fault(node, f"键“{shown}”不是文字。", f"key {shown!r} is not text.", "请加引号。", "Quote it.")
        elif len(key) > MAX_KEY:
            self.fault(node, f"键超过 {MAX_KEY} 字。", f"the key is longer than {MAX_KEY} characters.")
        else:
            return key
        return None

    def scalar(self, node):
        if len(node.value) > MAX_TEXT:
            self.fault(node, f"一处文字超过 {MAX_TEXT} 字。", f"one text is longer than {MAX_TEXT} characters.")
            return None
        if UNSEEN.search(node.value):
            self.fault(node, f"{unseen(node.value)}。", f"{unseen(node.value)}.")
            return None
        if not node.style and node.value != node.value.strip():  # YAML takes away plain spaces alone
            shown = node.value.strip()[:MAX_KEY]
            self.fault(node, f"“{shown}”前后有全角空格。", f"'{shown}' has a wide space before or after it.", "请删去。", "Delete it.")
            return None
        if not node.style and _ZEROS.fullmatch(node.value):  # 001 is an id, and must not become the number 1
            zh, en = "编号请加引号；是数就去掉前面的 0。", "Quote an id; leave the 0 out of a number."
            self.fault(node, f"“{node.value}”以 0 开头。", f"{node.value!r} starts with 0.", zh, en)
            return None
        return _scalar(node)


def _scalar(node):
    text = node.value
    if node.style:  # quoted or block text
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    return Fraction(text) if _DECIMAL.fullmatch(text) else text


def flow(value) -> str:
    """A value on one line, as `load` reads it again; texts quoted where it would read something else.

    >>> flow({"from": Fraction(1, 2), "give": ["优", "2.10", None, True]})
    '{from: 0.5, give: [优, "2.10", null, true]}'
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, Fraction)):
        return digits(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key)}: {flow(one)}" for key, one in value.items()) + "}"
    return value if _BARE.fullmatch(value) else json.dumps(value, ensure_ascii=False)


def digits(value) -> str:
    """A number with all its decimals, as many as a file may hold.

    >>> digits(Fraction(1, 10**12)), digits(Fraction(-5, 2)), digits(100), digits(Fraction(2, 3))
    ('0.000000000001', '-2.5', '100', '0.666666666667')
    """
    return number_text(value, DECIMALS).rstrip("0").rstrip(".")
