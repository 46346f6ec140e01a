"""Piecewise maps: bands, tiers, lines between points, tables of two figures, amounts per unit."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial import maybe, numbers, plain, policy, quick, refusal, results, score, sheets, status

columns = st.lists(maybe, min_size=1, max_size=10)
# both sides of every edge, and the edges
near = st.sampled_from([Fraction(edge) + step for edge in (0, 60, 90, 100, 120) for step in (Fraction(-1, 100), 0, Fraction(1, 100))])


def each(oracle, values):
    return [None if value is None else oracle(value) for value in values]


def grade(x):
    return "优" if x >= 90 else "良" if x > 60 else "中" if x == 60 else "差"


BANDS = policy(
    "rule: banded, measure: 甲, bands: [{below: 60, give: 差}, {from: 90, give: 优}, "
    "{above: 60, give: 良}, {from: 60, to: 60, give: 中}], as: 果"
)


@quick
@given(st.lists(near | maybe, min_size=1, max_size=10))
def test_bands_with_a_stated_side_of_every_edge_in_any_order(values):
    assert results(BANDS, "果", **sheets(甲=values)) == each(grade, values)


@quick
@given(st.lists(near | numbers, min_size=1, max_size=10))
def test_the_band_reached_holds_for_the_whole_amount(values):
    rule = policy(
        "rule: banded, measure: 甲, bands: [{from: 100, give: 0.08}, {from: 60, give: 0.05}, {give: 0}], times: 甲, unit: 元, as: 果"
    )
    rate = lambda x: Fraction(8, 100) if x >= 100 else Fraction(5, 100) if x >= 60 else 0  # noqa: E731
    assert results(rule, "果", **sheets(甲=values)) == [rate(x) * x for x in values]


def test_edges_and_what_bands_give_may_depend_on_the_post_or_on_a_figure():
    rule = policy(
        "rule: banded, measure: 甲, bands: [{from: {by: 岗位, 客服: 90, 组长: 95}, "
        "give: {by: 岗位, 客服: 500, 组长: 800}}, {from: 乙, give: 1}, {give: 0}], as: 果"
    )
    result = score(rule, **sheets(甲=[90, 94, 95, 50, 50], 岗位=["客服", "组长", "组长", "客服", None], 乙=[60, 60, 60, 50, 50]))
    assert plain(result.employees["果"]) == [500, 1, 800, 1, None]
    assert status(result) == {"E04": ["role"]}


def test_a_value_outside_all_bands_stops_unless_the_clause_is_not_for_that_person():
    given = sheets(甲=[59, 70], 职级=["试用", "正式"])
    with pytest.raises(Exception, match="不在任何一档"):
        score(policy("rule: banded, measure: 甲, bands: [{from: 60, give: 1}]"), **given)
    for first in ("rule: excluded, who: {职级: 试用}", "rule: flat, amount: 0"):
        who = "" if "excluded" in first else ", who: {职级: {is_not: 试用}}"
        assert results(policy(first, f"rule: banded, measure: 甲, bands: [{{from: 60, give: 1}}]{who}, as: 果"), "果", **given) == [None, 1]


TIERS = policy(
    "rule: tiered, measure: 甲, tiers: [{from: 60, rate: 1}, {from: 100, rate: 1.5}, {from: 120, rate: 0}], as: 果",
    "rule: tiered, measure: 甲, of: 乙, tiers: [{rate: 1}, {from: 1.2, rate: 3}], as: 倍",
)


@quick
@given(st.lists(near | maybe, min_size=1, max_size=10))
def test_each_slice_at_its_own_rate(values):
    def slab(x):
        return sum(max(min(x, high) - low, 0) * rate for low, high, rate in ((60, 100, 1), (100, 120, Fraction(3, 2))))

    found = results(TIERS, "果", **sheets(甲=values, 乙=[1] * len(values)))
    assert found == each(slab, values)
    rising = [value for _, value in sorted((x, y) for x, y in zip(values, found, strict=True) if x is not None)]
    assert rising == sorted(rising)
    assert all(0 <= value <= 70 for value in rising)


@quick
@given(st.lists(st.tuples(numbers, st.fractions(0, 100, max_denominator=3)), min_size=1, max_size=8))
def test_tiers_as_parts_of_a_quota(rows):
    found = results(TIERS, "倍", **sheets(甲=[a for a, _ in rows], 乙=[b for _, b in rows]))
    assert found == [max(min(a, b * Fraction(6, 5)), 0) + 3 * max(a - b * Fraction(6, 5), 0) for a, b in rows]


def test_edges_that_do_not_rise_for_somebody_are_named():
    with pytest.raises(Exception, match="由低到高"):
        score(policy("rule: tiered, measure: 甲, tiers: [{from: 0, rate: 1}, {from: 乙, rate: 2}]"), **sheets(甲=[1], 乙=[-1]))
    with pytest.raises(Exception, match="由低到高"):
        score(policy("rule: interpolated, measure: 甲, points: [{at: 0, give: 1}, {at: 乙, give: 2}]"), **sheets(甲=[1], 乙=[0]))


LINE = {60: Fraction(0), 90: Fraction(1), 120: Fraction(3, 2)}


@pytest.mark.parametrize("outside", ["clamp", "extend"])
@quick
@given(st.lists(near | maybe, min_size=1, max_size=10))
def test_a_straight_line_between_points(outside, values):
    def line(x):
        x = min(max(x, 60), 120) if outside == "clamp" else x
        low, high = (60, 90) if x < 90 else (90, 120)
        return LINE[low] + (x - low) * (LINE[high] - LINE[low]) / (high - low)

    points = "[{at: 60, give: 0}, {at: 90, give: 1}, {at: 120, give: 1.5}]"
    found = results(policy(f"rule: interpolated, measure: 甲, points: {points}, outside: {outside}, as: 果"), "果", **sheets(甲=values))
    assert found == each(line, values)


@pytest.mark.parametrize("value, fits", [(60, True), (Fraction(5999, 100), False), (100, True), (Fraction(10001, 100), False)])
def test_beyond_the_points_is_named_if_so_stated(value, fits):
    rule = policy("rule: interpolated, measure: 甲, points: [{at: 60, give: 0}, {at: 100, give: 1}], outside: error")
    if fits:
        score(rule, **sheets(甲=[value]))
    else:
        with pytest.raises(Exception, match="在表外"):
            score(rule, **sheets(甲=[value]))


TABLE = policy(
    "rule: looked_up, rows: 甲, rows_from: [0, 60, 90], columns: 岗位, columns_in: [客服, 组长], "
    "give: [[1, 2], [3, 4], [5, {by: 职级, 初: 6, 高: 7}]], as: 果"
)


@quick
@given(
    st.lists(
        st.tuples(
            st.none() | st.fractions(0, 120, max_denominator=4), st.sampled_from(["客服", "组长", None]), st.sampled_from(["初", "高"])
        ),
        min_size=1,
        max_size=8,
    )
)
def test_a_table_of_two_figures(rows):
    def cell(value, post, level):
        if value is None or post is None:
            return None
        line = 2 if value >= 90 else 1 if value >= 60 else 0
        return [[1, 2], [3, 4], [5, {"初": 6, "高": 7}[level]]][line][["客服", "组长"].index(post)]

    result = score(TABLE, **sheets(甲=[r[0] for r in rows], 岗位=[r[1] for r in rows], 职级=[r[2] for r in rows]))
    assert plain(result.employees["果"]) == [cell(*row) for row in rows]
    assert len(status(result)) == sum(row[0] is None or row[1] is None for row in rows)


@pytest.mark.parametrize("value, post", [(-1, "客服"), (5, "经理")])
def test_what_is_not_in_the_table_is_named(value, post):
    with pytest.raises(Exception, match="不在表中"):
        score(TABLE, **sheets(甲=[value], 岗位=[post], 职级=["初"]))


@pytest.mark.parametrize("part, count", [("whole", math.floor), ("started", math.ceil), ("exact", lambda x: x)])
@pytest.mark.parametrize("direction", ["above", "below"])
@quick
@given(columns)
def test_so_much_for_each_unit_beyond_a_value(part, count, direction, values):
    def points(x):
        return 5 * min(count(max(x - 100 if direction == "above" else 100 - x, 0) / Fraction(10)), 3)

    clause = f"rule: per_unit, measure: 甲, points: 5, each: 10, beyond: 100, direction: {direction}, part: {part}, at_most: 3, as: 果"
    assert results(policy(clause), "果", **sheets(甲=values)) == each(points, values)


def test_a_unit_of_0_is_named():
    assert "大于 0" in refusal("rule: per_unit, measure: 甲, points: 5, each: 0")
    with pytest.raises(Exception, match="大于 0"):
        score(policy("rule: per_unit, measure: 甲, points: 5, each: 乙"), **sheets(甲=[3], 乙=[0]))


@pytest.mark.parametrize(
    "clause, said",
    [
        ("rule: banded, measure: 甲, bands: []", "不能为空"),
        ("rule: banded, measure: 甲, bands: [{from: 1}]", "give"),
        ("rule: banded, measure: 甲, bands: [{from: 1, above: 2, give: 1}]", "from 与 above"),
        ("rule: banded, measure: 甲, bands: [{from: 1, give: 1}, {give: 差}]", "全是"),
        ("rule: banded, measure: 甲, bands: [{give: 差}], times: 乙", "times"),
        ("rule: banded, measure: 甲, bands: [{form: 1, give: 1}]", "form"),
        ("rule: banded, measure: 评级, bands: [{give: 1}]", "评级"),
        ("rule: tiered, measure: 甲, tiers: [{from: 5, rate: 1}, {from: 5, rate: 2}]", "由低到高"),
        ("rule: tiered, measure: 甲, tiers: [{from: 5}]", "rate"),
        ("rule: interpolated, measure: 甲, points: [{at: 5, give: 1}]", "两点"),
        ("rule: interpolated, measure: 甲, points: [{at: 5, give: 1}, {at: 4, give: 1}]", "由低到高"),
        ("rule: looked_up, rows: 甲, columns: 乙, rows_from: [1], columns_from: [1, 2], give: [[1]]", "每行 2 个数"),
        ("rule: looked_up, rows: 甲, columns: 乙, rows_from: [2, 1], columns_from: [1], give: [[1], [2]]", "由低到高"),
        ("rule: looked_up, rows: 甲, columns: 乙, columns_from: [1], give: [[1]]", "rows_from"),
        ("rule: looked_up, rows: 甲, columns: 乙, rows_from: [], columns_from: [], give: []", "表是空的"),
        ("rule: looked_up, rows: 甲, columns: 乙, rows_in: [甲], columns_in: [], give: [[]]", "表是空的"),
    ],
)
def test_a_map_that_cannot_be_meant_does_not_load(clause, said):
    assert said in refusal(clause)
