"""Pictures of the pages and how they are compared: small, grey, with room for another version of the browser."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageChops

REFERENCES = Path(__file__).parent / "references"
TOP = 5  # so many times as high as wide
WIDE, TILE = 360, 24  # points of a reference's width, and of the squares that are compared
TALLER, DARKER = 0.03, 28  # how much another height, and another grey of a square (of 255), may differ


def small(png: bytes) -> Image.Image:
    """A picture as it is kept: the top of the page, which holds every kind of thing that the rest repeats."""
    picture = Image.open(io.BytesIO(png)).convert("L")
    picture = picture.crop((0, 0, picture.width, min(picture.height, TOP * picture.width)))
    return picture.resize((WIDE, max(1, round(picture.height * WIDE / picture.width))), Image.Resampling.BOX)


def differences(png: bytes, name: str) -> list[str]:
    """Where a picture differs from its reference."""
    found, wanted = small(png), Image.open(REFERENCES / f"{name}.png").convert("L")
    if abs(found.height - wanted.height) > TALLER * wanted.height:
        return [f"{name}: {found.height} points high, not {wanted.height}"]
    height = min(found.height, wanted.height)
    squares = ImageChops.difference(found.crop((0, 0, WIDE, height)), wanted.crop((0, 0, WIDE, height)))
    grey = squares.resize((WIDE // TILE, max(1, height // TILE)), Image.Resampling.BOX)
    return [
        f"{name}: another picture at {x * TILE},{y * TILE}"
        for y in range(grey.height)
        for x in range(grey.width)
        if grey.getpixel((x, y)) > DARKER
    ]
