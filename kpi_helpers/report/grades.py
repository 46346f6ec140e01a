"""等级: which grades the policy names, the best first, and how many people have each, as a whole and in each group."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from kpi_helpers.compare import shown_with
from kpi_helpers.language import say
from kpi_helpers.numbers import exact, is_missing, text, total
from kpi_helpers.policy import Clause, Shown
from kpi_helpers.report.grids import Column, Grid, bars
from kpi_helpers.report.names import word
from kpi_helpers.report.views import View, plain

_GROUPS = 6  # more columns than these do not fit on a phone or a page


def distribution(view: View) -> Grid | None:
    """等级分布, the best grade first; None where the policy gives people no grade, or nobody has one."""
    people, grade = view.result.employees, shown_with(view.result, "grade")
    given = [] if grade is None else view.values(grade, people[grade.name])
    if all(one is None for one in given):
        return None
    owners = [plain(one) for one in people.get("group_id", [None] * len(given))]
    groups = [one for one in view.group_names if one in owners]
    groups = groups if 1 < len(groups) <= _GROUPS else []
    counts, pairs = Counter(given), Counter(zip(given, owners, strict=True))
    graded = len(given) - counts[None]
    titles = (grade.title, say("人数", "people"), say("占比", "part"), say("图", "chart"), *groups)
    grid = Grid(say("等级分布", "Grades"), [Column(title, right=place == 2) for place, title in enumerate(titles)], [])
    order = _order(view, grade, given)
    for one, bar in zip(order, bars([Fraction(counts[one]) for one in order]), strict=True):
        part = f"{text(Fraction(100 * counts[one], graded), 1)}%"
        grid.rows.append([one, counts[one], part, bar, *(pairs[one, group] for group in groups)])
    inside = Counter(owner for one, owner in zip(given, owners, strict=True) if one is not None)
    grid.total = [say("合计", "total"), graded, "100%", None, *(inside[group] for group in groups)]
    return grid


def grades_of(view: View, shown: Shown) -> list[str]:
    """等级: every grade that the policy names, the best first; none for a result that only moves along a ladder, such as a level.

    A document lists the best grade first; where the scores of the month say otherwise, it lists the worst one first.
    """
    named: dict[str, None] = {}
    for clause in view.policy.clauses:
        if clause.result == shown.name:
            named |= dict.fromkeys(word(shown, _gives(clause)))
    words = list(named) if len(named) > 1 else []
    people = view.result.employees
    if words and shown.name in people:
        means = list(_means(view, words, view.values(shown, people[shown.name])).values())
        if len(means) > 1 and means[0] < means[-1]:
            words.reverse()
    return words


def _order(view: View, shown: Shown, given: list) -> list[str]:
    """The grades that the policy names, then those that people have besides, by their mean score."""
    named = grades_of(view, shown)
    others = [one for one in dict.fromkeys(given) if one is not None and one not in named]
    means = _means(view, others, given)
    return [*named, *sorted(others, key=lambda one: -means.get(one, Fraction(0)))]


def _gives(clause: Clause) -> list[str]:
    bands = [*(clause.arguments.get("bands") or ()), *(clause.arguments.get("parts") or ())]
    words = [clause.arguments.get("grade"), *(band.get("give") for band in bands if isinstance(band, dict))]
    return [one for one in words if isinstance(one, str)]


def _means(view: View, words: list[str], given: list) -> dict[str, Fraction]:
    """The mean score of each grade that somebody with a score has."""
    score = shown_with(view.result, "score")
    scores = [] if score is None else exact(view.result.employees[score.name])
    rows = {one: [row for row, value in enumerate(given) if value == one and not is_missing(scores[row])] for one in words if len(scores)}
    return {one: total(scores[some]) / len(some) for one, some in rows.items() if some}
