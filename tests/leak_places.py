"""Every place of a file where something can stand: text, attributes, comments, metadata, names, numbers, pictures."""

from __future__ import annotations

import base64
import binascii
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pyzipper
from bs4 import BeautifulSoup, Comment

BLOCKS = "p td th li dt dd h1 h2 h3 h4 summary caption figcaption title text tspan".split()
_DATA = re.compile(r"data:[\w/+.-]*;base64,([A-Za-z0-9+/=\s]+)")
_LAYOUT = {"r", "ref", "spans", "sqref", "s", "topLeftCell", "activeCell", "width", "ht", "min", "max", "dxfId", "count", "uniqueCount"}
_AES = b"\x01\x99"  # the only extra field that a zip of ours may hold


@dataclass(frozen=True)
class Piece:
    """One thing that stands somewhere: text, attribute, number (a cell's own value), author, code, layout or unreadable."""

    place: str
    file: str
    kind: str
    text: str


def pieces(path: Path, password: str | None = None) -> Iterator[Piece]:
    """Everything that stands in a file, or in a folder with its names."""
    if path.is_dir():
        for one in sorted(path.rglob("*")):
            if one.is_file():
                name = one.relative_to(path).as_posix()
                yield Piece(f"{path.name}/{name}", one.name, "text", name)
                yield from of_bytes(name, one.read_bytes(), password)
    else:
        yield Piece(path.name, path.name, "text", path.stem)
        yield from of_bytes(path.name, path.read_bytes(), password)


def of_bytes(place: str, data: bytes, password: str | None = None) -> Iterator[Piece]:
    """By what the bytes are, with the name as a hint only."""
    file, suffix = place.rsplit("!", 1)[-1].rsplit("/", 1)[-1], Path(place).suffix.lower()
    if data[:2] == b"PK":
        return _zip(place, data, password)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _binary(place, file, data)
    if text.startswith("<?xml") or suffix in (".xml", ".rels", ".vml"):
        return _xml(place, file, text)
    if suffix in (".json", ".ipynb"):
        return _json(place, file, json.loads(text), notebook=suffix == ".ipynb")
    return _html(place, file, text) if "<" in text else iter([Piece(place, file, "text", text)])


def _html(place: str, file: str, text: str) -> Iterator[Piece]:
    soup = BeautifulSoup(text, "html.parser")
    for string in soup.find_all(string=True):
        if string.strip():
            kind = "a comment" if isinstance(string, Comment) else f"<{string.parent.name}>"
            yield Piece(f"{place} {kind}", file, "text", str(string))
    for tag in soup.find_all(True):
        for name, value in tag.attrs.items():
            value = " ".join(value) if isinstance(value, list) else str(value)
            author = tag.name == "meta" and name == "content" and str(tag.get("name", "")).lower() in ("author", "generator")
            yield Piece(
                f"{place} <{tag.name} {name}>", file, "author" if author else "text", f"{name}={value}" if name == "class" else value
            )
            for packed in _DATA.findall(value):
                yield from _decoded(f"{place} <{tag.name} {name}>", file, packed)
    for tag in soup.find_all(BLOCKS):  # a word may be cut by tags within it
        if len(list(tag.strings)) > 1:
            yield Piece(f"{place} <{tag.name}>", file, "text", tag.get_text())


def _decoded(place: str, file: str, packed: str) -> Iterator[Piece]:
    try:
        data = base64.b64decode(packed)
    except binascii.Error:
        return
    yield from _binary(place, file, data) if b"<svg" not in data else _html(place, file, data.decode("utf-8"))


def _binary(place: str, file: str, data: bytes) -> Iterator[Piece]:
    """Runs of readable signs in one and two bytes, as `strings` finds them."""
    for encoding, pattern in (("utf-8", rb"(?:[\x20-\x7e]|[\xc3-\xf4][\x80-\xbf]{1,3}){5,}"), ("utf-16-le", rb"(?:[\x20-\x7e]\x00){5,}")):
        for run in re.findall(pattern, data):
            yield Piece(f"{place} bytes", file, "layout", run.decode(encoding, errors="ignore"))


def _xml(place: str, file: str, text: str) -> Iterator[Piece]:
    for comment in re.findall(r"<!--(.*?)-->", text, re.S):
        yield Piece(f"{place} comment", file, "text", comment)
    for tag in ElementTree.fromstring(text).iter():
        name = tag.tag.rsplit("}", 1)[-1]
        shared = name == "c" and tag.get("t") == "s"
        for key, value in tag.attrib.items():
            key = key.rsplit("}", 1)[-1]
            yield Piece(f"{place} <{name} {key}>", file, "layout", "" if key in _LAYOUT else value)
        if name == "c" and not shared:
            value = next((part.text for part in tag if part.tag.endswith("}v")), None)
            kind = "text" if tag.get("t") in ("str", "b", "e") else "number"
            yield from [Piece(f"{place} {tag.get('r')}", file, kind, value)] if value else ()
        elif name in ("creator", "lastModifiedBy"):
            yield Piece(f"{place} <{name}>", file, "author", tag.text or "")
        elif name != "v" and tag.text and tag.text.strip():
            yield Piece(f"{place} <{name}>", file, "text", tag.text)
        if name in ("si", "is", "text", "comment"):
            yield Piece(f"{place} <{name}>", file, "text", "".join(tag.itertext()))


def _json(place: str, file: str, data, notebook: bool) -> Iterator[Piece]:
    if isinstance(data, dict):
        code = notebook and data.get("cell_type") == "code"
        if notebook and data.get("output_type") == "error":
            yield Piece(place, file, "text", "Traceback (most recent call last)")
        for key, value in data.items():
            yield Piece(f"{place} {key}", file, "text", key)
            if code and key == "source":
                yield Piece(f"{place} source", file, "code", "".join(value))
            else:
                yield from _json(f"{place} {key}" if len(place) < 120 else place, file, value, notebook)
    elif isinstance(data, list):
        if data and all(isinstance(one, str) for one in data):
            data = ["".join(data), *data]
        for value in data:
            yield from _json(place, file, value, notebook)
    elif isinstance(data, str):
        yield Piece(place, file, "text", data)
        yield from _html(place, file, data) if re.search(r"<\w", data) else ()
    elif isinstance(data, (int, float)) and not isinstance(data, bool):
        yield Piece(place, file, "number", str(data))


def _zip(place: str, data: bytes, password: str | None) -> Iterator[Piece]:
    with pyzipper.AESZipFile(io.BytesIO(data)) as book:
        yield Piece(f"{place} comment", place, "text", book.comment.decode("utf-8", "replace"))
        for entry in book.infolist():
            inside = f"{place}!{entry.filename}"
            yield Piece(f"{inside} name", place, "text", entry.filename)
            yield Piece(f"{inside} comment", place, "text", entry.comment.decode("utf-8", "replace"))
            if entry.extra and not (entry.extra[:2] == _AES and len(entry.extra) == 11):
                yield Piece(f"{inside} extra", place, "text", entry.extra.decode("utf-8", "replace"))
            try:
                content = book.read(entry, pwd=password.encode() if password else None)
            except (RuntimeError, pyzipper.BadZipFile):
                yield Piece(inside, place, "unreadable", "encrypted or broken")
                continue
            yield from of_bytes(inside, content, password)
