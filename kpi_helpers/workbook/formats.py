"""数字格式: where a cell shows something else than the number that Excel stores: 95% for 0.95, 001 for 1."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from xml.sax.saxutils import unescape

# an attribute holds no "<", so every search ends at the next tag
_FORMAT = re.compile(rb'<(?:\w+:)?numFmt\s(?=[^<]*\bnumFmtId="(\d+)")[^<]*\bformatCode="([^"<]{0,1000})"')
_STYLE = re.compile(rb'<(?:\w+:)?xf\s(?:[^<]*?\bnumFmtId="(\d+)")?')
_MOST_STYLES = 100_000  # Excel makes fewer
_PERCENT = {b"9": "0%", b"10": "0.00%"}  # formats that no file describes
_CODE = re.compile(r'(?:"([^"]{0,30})")?(0{1,30})(?:_.)?')


@dataclass(frozen=True)
class Zeros:
    """How a code is shown: something before it, and so many digits."""

    before: str
    digits: int

    def shown(self, value: float) -> str:
        """
        >>> Zeros("KF", 3).shown(7.0)
        'KF007'
        """
        return f"{self.before}{int(value):0{self.digits}d}"


@dataclass(frozen=True)
class Styles:
    """The styles of cells that show a percentage, and those that show a code, by their number in the list."""

    percent: frozenset[bytes] = frozenset()
    codes: dict[bytes, Zeros] = field(default_factory=dict)


def styles_of(xml: bytes) -> Styles:
    """What the list of styles says."""
    formats = _PERCENT | {one[1]: unescape(one[2].decode(errors="replace"), {"&quot;": '"'}) for one in _FORMAT.finditer(xml)}
    shown = {id: "%" if shows_percent(code) else zeros(code) for id, code in formats.items()}
    block = xml.partition(b"cellXfs")[2].partition(b"cellXfs")[0]
    styles = [(b"%d" % i, shown.get(one[1])) for i, one in enumerate(islice(_STYLE.finditer(block), _MOST_STYLES))]
    return Styles(frozenset(i for i, one in styles if one == "%"), {i: one for i, one in styles if isinstance(one, Zeros)})


def shows_percent(code: str) -> bool:
    """Does a number format show a percentage? A sign in quotes changes no number.

    >>> [shows_percent(one) for one in ("0.0%", '0"%"', "0\\\\%")]
    [True, False, False]
    """
    return "%" in re.sub(r'".*?"|\\.', "", code)


def zeros(code: str) -> Zeros | None:
    """The zeros before a code, and what is written before them, if a number format adds them.

    >>> zeros("000"), zeros('"KF"0000_ '), zeros("0"), zeros("0.00")
    (Zeros(before='', digits=3), Zeros(before='KF', digits=4), None, None)
    """
    found = _CODE.fullmatch(code.partition(";")[0])
    return Zeros(found[1] or "", len(found[2])) if found and (found[1] or len(found[2]) > 1) else None
