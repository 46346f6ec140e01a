"""反推: the value of one number at which a total, or a count of people, comes out as wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

SCAN = 64  # places looked at before the intervals between them are halved


@dataclass(frozen=True)
class Answer:
    """What a search found: the value (None: there is none), what it gives, and the neighbours one step to either side with theirs."""

    value: Fraction | None
    reached: Fraction | None
    neighbours: list[tuple[Fraction, Fraction | None]] = field(default_factory=list)


def seek(
    measure: Callable[[Fraction], Fraction | None], low: Fraction, high: Fraction, step: Fraction, target, at_most: bool = False
) -> Answer:
    """The value of low..high, in steps from low, whose measure is the target; at_most: the one that comes nearest from below.

    Every value that is returned was measured itself; values that cannot be measured (None) are no answers. Between two
    places on either side of the target the interval is halved, so a measure that rises or falls throughout needs few
    trials. Of several answers the lowest value; without one, the neighbours are the two steps between which the target
    lies, or the nearest that were seen.

    >>> answer = seek(lambda value: 3 * value, Fraction(0), Fraction(100), Fraction(1, 2), 120)
    >>> answer.value, [int(reached * 2) for _, reached in answer.neighbours]
    (Fraction(40, 1), [237, 243])
    """
    last, seen = int((high - low) / step), {}

    def at(place: int) -> Fraction | None:
        if place not in seen:
            seen[place] = measure(low + place * step)
        return seen[place]

    places = sorted({last * part // min(SCAN, last) for part in range(min(SCAN, last) + 1)} if last else {0})
    for place in places:
        at(place)
    for left, right in zip(places, places[1:], strict=False):
        _close_in(at, left, right, target)
    known = {place: reached for place, reached in seen.items() if reached is not None}
    exact = [place for place, reached in known.items() if reached == target]
    under = [place for place, reached in known.items() if reached <= target]
    if exact or at_most and under:
        place = min(exact or under, key=lambda one: (abs(target - known[one]), one))
        beside = [one for one in (place - 1, place + 1) if 0 <= one <= last]
        return Answer(low + place * step, known[place], [(low + one * step, at(one)) for one in beside])
    closest = sorted(sorted(known, key=lambda one: (abs(target - known[one]), one))[:2])
    return Answer(None, None, [(low + one * step, known[one]) for one in closest])


def _close_in(at: Callable[[int], Fraction | None], left: int, right: int, target) -> None:
    """Halve an interval with the target between its ends until they are neighbours."""
    while right - left > 1 and _between(target, at(left), at(right)):
        middle = (left + right) // 2
        if _between(target, at(left), at(middle)):
            right = middle
        else:
            left = middle


def _between(target, one: Fraction | None, other: Fraction | None) -> bool:
    return one is not None and other is not None and (one - target) * (other - target) <= 0
