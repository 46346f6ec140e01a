"""写错的 YAML: why a parser cannot go on, in the words of somebody who typed a tab, a Chinese colon or half a pair of quotes."""

from __future__ import annotations

import re

from kpi_helpers.errors import Fault
from kpi_helpers.language import say

UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ud800-\udfff\ufffe\uffff]")
_ASCII = dict(zip("：，｛｝［］【】“”", ':,{}[][]""', strict=True))
_KEY = r"(?:^\s*(?:- +)?|[{,，]\s*)[^\W\d][\w.]*"  # where a key stands: at the start of a line, or inside { }
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"' + r"|'(?:[^']|'')*'|(?:^|(?<=\s))#.*")
# what to look for in a line, the first that is found being the likeliest: (pattern of the sign, Chinese, English)
_SLIPS = (
    (r"^ *\t", "行首用了 Tab，缩进请用空格", "a tab at the start of the line; indent with spaces"),
    (r"^[ ]*[\u00a0\u3000]", "行首用了全角空格，缩进请用半角空格", "a wide space at the start of the line; indent with plain spaces"),
    (rf"{_KEY}\s*(：)", "用了全角的“：”，请写半角的冒号，后面空一格", "a wide '：'; write a plain colon and a space"),
    (r"(，)\s*[^\W\d][\w.]*\s*:", "用了全角的“，”，请写半角的逗号，后面空一格", "a wide '，'; write a plain comma and a space"),
    (r"(?:^\s*(?:- +)?|: +|[,，\[{] *)([｛【［“])", "用了全角的“{0}”，请写半角的 {1}", "a wide '{0}'; write {1}"),
    (rf"{_KEY}:(?=[^\s,}}\]])", "冒号后面要空一格", "a space is missing after a colon"),
    (r"^\s*-(?=[^\s\-\d])", "行首的 - 后面要空一格", "a space is missing after the - of a list"),
)
# what the parser says, and what that mostly comes from
_PAIRS = (
    "括号没有成对，缺逗号，或文字里有冒号、逗号、# 而没有加引号",
    "a bracket without its partner, a comma missing, or a colon, comma or # in a text that is not quoted",
)
_INDENTS = "这一行的缩进与上面不一致，或上一行没有写完", "its indentation differs from the lines above, or the line before is not finished"
_PROBLEMS = {
    "did not find expected ','": _PAIRS,
    "did not find expected key": _INDENTS,
    "did not find expected '-'": _INDENTS,
    "could not find expected ':'": ("这一行没有“冒号加空格”", "the line has no colon followed by a space"),
    "mapping values are not allowed": (
        "这里不该有冒号：缩进不对，上一行没有写完，或文字里有冒号而没有加引号",
        "no colon can stand here: wrong indentation, the line before is not finished, or a text with a colon is not quoted",
    ),
    "found unexpected ':'": ("冒号后面要空一格", "a space is missing after a colon"),
    "found unexpected end of stream": ("引号没有成对", "a quote without its partner"),
    "found character that cannot start": (
        "文字以 @、`、% 或 Tab 开头，请加引号",
        "a text starts with @, `, % or a tab; quote it",
    ),
    "found unknown escape character": ("双引号里的 \\ 有特别的意思，请写 \\\\ 或改用单引号", "write \\\\ for \\ inside double quotes"),
    "did not find expected alphabetic": ("文字以 * 或 & 开头，请加引号", "a text starts with * or &; quote it"),
    "but found another document": ("一个文件只写一份，请删去 --- 那一行", "a file holds one document; delete the line ---"),
}


def not_yaml(error: Exception, text: str, name: str) -> Fault:
    """The fault of a text that a parser gave up: the line where the slip most likely is, and what to do."""
    problem, lines = getattr(error, "problem", None), text.splitlines()
    mark, begun = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if mark is None:
        seen = UNSEEN.search(text)
        line = f":{text.count(chr(10), 0, seen.start()) + 1}" if seen else ""
        return Fault(f"{name}{line}", _told(unseen(text) if seen else str(error).splitlines()[0]))
    # what a key, a bracket or a quote begins is reported where it begins: the parser reads on for long
    opened = begun is not None and re.match(r"while (scanning a (simple key|quoted)|parsing a flow)", getattr(error, "context", None) or "")
    first = begun.line if opened else mark.line
    before = next((number for number in range(min(mark.line, len(lines)) - 1, -1, -1) if lines[number].strip()), first)
    for number in dict.fromkeys((first, mark.line, before)):
        slip = _slip(lines[number]) if number < len(lines) else ""
        if slip:
            return Fault(f"{name}:{number + 1}", _told(slip))
    known = next((words for start, words in _PROBLEMS.items() if problem.startswith(start)), (problem, problem))
    return Fault(f"{name}:{first + 1}", _told(say(*known)))


def _told(problem: str) -> str:
    return say(f"不是有效的 YAML：{problem}。", f"not valid YAML: {problem}.")


def _slip(line: str) -> str:
    """The likeliest slip in a line; what stands in quotes or in a comment is nobody's slip."""
    plain = _QUOTED.sub("x", line)
    for pattern, *words in _SLIPS:
        found = re.search(pattern, plain)
        if found:
            sign = found[1] if found.groups() else ""
            return say(*words).replace("{0}", sign).replace("{1}", _ASCII.get(sign, ""))
    return ""


def lonely_key(key: str) -> tuple[str, str]:
    """A key inside { } that has no colon and no value, and what was most likely meant."""
    name, sign, value = re.match(r"([^：:]*)([：:]?)\s*(.*)", key, re.DOTALL).groups()
    if sign:
        kind = ("全角的“：”", "a wide '：'") if sign == "：" else ("冒号后没有空格", "no space after the colon")
        problem = say(f"“{key}”：{kind[0]}。", f"'{key}': {kind[1]}.")
        return problem, say(f"请写作 {name}: {value}", f"Write {name}: {value}")
    if re.fullmatch(r"\d{3}", key):
        hint = say("数里不写千位的逗号，如 1000。", "Write no commas in numbers, as 1000.")
        return say(f"数字中间有逗号（…,{key}）。", f"a comma inside a number (…,{key})."), hint
    problem = say(f"“{key}”后面没有冒号和值。", f"'{key}' has no colon and no value.")
    return problem, say('文字里有逗号时请加引号，如 "甲, 乙"。', 'Quote a text that has a comma, as "a, b".')


def unseen(text: str) -> str:
    """Names the first sign of a text that nobody can see."""
    found = UNSEEN.search(text)
    sign, place = f"U+{ord(found[0]):04X}", found.start() - text.rfind("\n", 0, found.start())
    return say(
        f"含有看不见的字符 {sign}（第 {place} 个字），请删去后重新输入", f"holds the unseen character {sign} (sign {place}); delete it"
    )
