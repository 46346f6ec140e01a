"""Several people together: pooled figures, ranks, quotas of grades, prizes, percentiles, coefficients, shares of a pool."""

import math
from fractions import Fraction
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial import maybe, numbers, plain, policy, quick, refusal, results, score, sheets, status

teams = st.lists(st.tuples(maybe, st.sampled_from(["G1", "G2", None])), min_size=1, max_size=9)
columns = st.lists(maybe, min_size=1, max_size=9)


def roster(rows, **more):
    return sheets(甲=[value for value, _ in rows], 小组=[group for _, group in rows], **more)


def quantile(values, at):
    values, place = sorted(values), at * (len(values) - 1)
    low = math.floor(place)
    return values[low] + (values[min(low + 1, len(values) - 1)] - values[low]) * (place - low)


POOLED = {
    "sum": sum,
    "count": len,
    "mean": lambda values: sum(values) / len(values) if values else None,
    "min": lambda values: min(values, default=None),
    "max": lambda values: max(values, default=None),
    "median": lambda values: median(values) if values else None,
    "percentile": lambda values: quantile(values, Fraction(3, 4)) if values else None,
}


@pytest.mark.parametrize("of", POOLED)
@pytest.mark.parametrize("missing", ["incomplete", "skip"])
@quick
@given(teams)
def test_a_figure_of_the_team_reaches_its_members(of, missing, rows):
    at = ", at: 0.75" if of == "percentile" else ""
    rule = policy(
        f"per: group, rule: pooled, measure: 甲, of: {of}, missing: {missing}{at}, as: 组",
        "rule: sum_of, measures: [组], missing: skip, as: 果",
    )
    expected = []
    for _, group in rows:
        members = [value for value, other in rows if other == group]
        short = group is None or (missing == "incomplete" and None in members)
        expected.append(None if short else POOLED[of]([value for value in members if value is not None]))
    assert results(rule, "果", **roster(rows)) == expected


@quick
@given(st.lists(st.tuples(numbers, st.integers(0, 5)), min_size=1, max_size=8))
def test_a_weighted_mean_of_chosen_members_of_the_department(rows):
    posts = ["客服" if n % 3 else "组长" for n in range(len(rows))]
    rule = policy(
        "per: department, rule: pooled, measure: 甲, of: mean, weight: 乙, members: {岗位: 客服}, as: 部",
        "rule: difference, measures: [甲, 部], missing: skip, as: 离均",
    )
    inside = [row for row, post in zip(rows, posts, strict=True) if post == "客服"]
    whole = sum(weight for _, weight in inside)
    mean = sum(value * weight for value, weight in inside) / whole if whole else None
    found = results(rule, "离均", **sheets(甲=[a for a, _ in rows], 乙=[b for _, b in rows], 岗位=posts))
    assert found == [None if mean is None else value - mean for value, _ in rows]


def test_who_is_not_assessed_is_in_no_figure_of_the_team_and_in_no_rank():
    rule = policy(
        "rule: excluded, who: {职级: 试用}",
        "per: department, rule: pooled, measure: 甲, of: mean, as: 部",
        "rule: ranked, measure: 甲, as: 名次",
    )
    result = score(rule, **sheets(甲=[90, 80, 100], 职级=["正", "正", "试用"]))
    assert (plain(result.department["部"]), plain(result.employees["名次"])) == ([85], [1, 2, None])


def places(values, ties, better):
    def place(x):
        others = [y for y in values if y is not None]
        first, last = 1 + sum(better(y, x) for y in others), sum(better(y, x) or y == x for y in others)
        dense = 1 + len({y for y in others if better(y, x)})
        return {"competition": first, "last": last, "average": Fraction(first + last, 2), "dense": dense}[ties]

    return [None if x is None else place(x) for x in values]


ORDERS = {"descending": lambda y, x: y > x, "ascending": lambda y, x: y < x}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("ties", ["competition", "dense", "average", "last"])
@quick
@given(st.lists(st.none() | st.integers(-2, 3), min_size=1, max_size=9))
def test_places_with_stated_ties(order, ties, values):
    found = results(policy(f"rule: ranked, measure: 甲, order: {order}, ties: {ties}, as: 果"), "果", **sheets(甲=values))
    assert found == places(values, ties, ORDERS[order])


@quick
@given(st.lists(st.tuples(st.integers(0, 2), st.none() | st.integers(-2, 1), st.sampled_from(["G1", "G2"])), min_size=1, max_size=9))
def test_equals_are_parted_by_another_figure_within_their_group(rows):
    def better(a, b):
        return (a[0], a[1] is not None, a[1] or 0) > (b[0], b[1] is not None, b[1] or 0)

    expected = [1 + sum(other[2] == row[2] and better(other, row) for other in rows) for row in rows]
    given = sheets(甲=[r[0] for r in rows], 乙=[r[1] for r in rows], 小组=[r[2] for r in rows])
    assert results(policy("rule: ranked, measure: 甲, then: [乙], within: 小组, as: 果"), "果", **given) == expected


PARTS = [Fraction(15, 100), Fraction(45, 100), Fraction(30, 100), Fraction(10, 100)]


def borders(people, remainder):
    if remainder == "largest":
        sizes = [math.floor(people * part) for part in PARTS]
        for grade in sorted(range(4), key=lambda g: (-(people * PARTS[g] - sizes[g]), g))[: people - sum(sizes)]:
            sizes[grade] += 1
        return [sum(sizes[: g + 1]) for g in range(4)]
    mode = {"half_up": lambda x: math.floor(x + Fraction(1, 2)), "up": math.ceil, "down": math.floor}[remainder]
    return [mode(people * sum(PARTS[: g + 1])) for g in range(4)]


@pytest.mark.parametrize("remainder", ["largest", "half_up", "up", "down"])
@pytest.mark.parametrize("ties", ["better", "worse", "order"])
@quick
@given(st.lists(st.none() | st.integers(0, 6), min_size=1, max_size=14))
def test_quotas_of_grades_with_stated_remainder_and_ties(remainder, ties, values):
    parts = "[{give: A, part: 0.15}, {give: B, part: 0.45}, {give: C, part: 0.3}, {give: D}]"
    rule = policy(f"rule: distributed, measure: 甲, parts: {parts}, remainder: {remainder}, ties: {ties}, as: 果")
    known = [x for x in values if x is not None]
    ends = borders(len(known), remainder)
    expected = []
    for row, x in enumerate(values):
        if x is None:
            expected.append(None)
            continue
        first, last = 1 + sum(y > x for y in known), sum(y >= x for y in known)
        own = first + sum(y == x for y in values[:row])
        place = {"better": first, "worse": last, "order": own}[ties]
        expected.append("ABCD"[next(g for g in range(4) if place <= ends[g])])
    assert results(rule, "果", **sheets(甲=values)) == expected


@pytest.mark.parametrize("ties", ["share", "each"])
@quick
@given(st.lists(st.none() | st.integers(0, 4), min_size=1, max_size=8))
def test_prizes_for_the_first_three(ties, values):
    prizes = [300, 200, 100]
    known = [x for x in values if x is not None]

    def prize(x):
        first, last = 1 + sum(y > x for y in known), sum(y >= x for y in known)
        if ties == "each":
            return prizes[first - 1] if first <= 3 else 0
        return Fraction(math.floor(Fraction(sum(prizes[first - 1 : last]), last - first + 1) * 100 + Fraction(1, 2)), 100)

    rule = policy(f"rule: prizes, measure: 甲, prizes: {prizes}, ties: {ties}, unit: 元, as: 果")
    found = results(rule, "果", **sheets(甲=values))
    assert found == [None if x is None else prize(x) for x in values]
    if ties == "share" and len(known) >= 3:
        assert abs(sum(one or 0 for one in found) - 600) < Fraction(len(known), 100)


@pytest.mark.parametrize("order", ["ascending", "descending"])
@quick
@given(columns)
def test_percentiles_and_min_max_coefficients(order, values):
    rule = policy(
        f"rule: percent_rank, measure: 甲, order: {order}, as: 位",
        f"rule: min_max, measure: 甲, low: 0.8, high: 1.2, equal: 1, order: {order}, as: 系数",
    )
    known = [x for x in values if x is not None]
    low, high = (min(known), max(known)) if known else (0, 0)

    def percent(x):
        behind = sum(y < x if order == "ascending" else y > x for y in known)
        return Fraction(behind, len(known) - 1) if len(known) > 1 else 1

    def coefficient(x):
        if low == high:
            return 1
        return Fraction(4, 5) + (x - low if order == "ascending" else high - x) / (high - low) * Fraction(2, 5)

    people = score(rule, **sheets(甲=values)).employees
    assert plain(people["位"]) == [None if x is None else percent(x) for x in values]
    assert plain(people["系数"]) == [None if x is None else coefficient(x) for x in values]


shares = st.lists(st.tuples(st.fractions(0, 50, max_denominator=3), st.sampled_from(["G1", "G2"])), min_size=1, max_size=9)


def fair_split(pool, claims):
    """By person in the order of ids: whole fen down, what is left by the largest remainders."""
    if not sum(claims):
        return [0] * len(claims)
    exact = [pool * claim / sum(claims) for claim in claims]
    fen = [math.floor(one * 100) for one in exact]
    for one in sorted(range(len(claims)), key=lambda i: (-(exact[i] * 100 - fen[i]), i))[: int(pool * 100 - sum(fen))]:
        fen[one] += 1
    return [Fraction(one, 100) for one in fen]


@quick
@given(shares, st.decimals(0, 5000, places=2).map(Fraction), st.decimals(0, 5000, places=2).map(Fraction))
def test_a_pool_is_shared_to_the_fen_and_the_order_of_rows_does_not_matter(rows, one, two):
    rule = policy("rule: shared, pool: 组奖金, by: 甲, unit: 元, as: 果")
    pools = {"G1": one, "G2": two}
    given = roster(rows) | {"组数据": [["小组", "组奖金"], *([g, pools[g]] for g in {g for _, g in rows})]}
    result = score(rule, **given)
    for group in {g for _, g in rows}:
        members = [n for n, row in enumerate(rows) if row[1] == group]
        found = [result.employees["果"].iloc[n] for n in members]
        claims = [rows[n][0] for n in members]
        assert found == fair_split(pools[group], claims)
        assert sum(found) == (pools[group] if sum(claims) else 0)
    for name in ("员工", "数据"):
        given[name] = [given[name][0], *reversed(given[name][1:])]
    turned = score(rule, **given).employees["果"]
    assert {id: turned[id] for id in turned.index} == {id: result.employees["果"][id] for id in turned.index}


@pytest.mark.parametrize(
    "rounding, each, left",
    [("largest_remainder", ["33.34", "33.33", "33.33"], 0), ("half_up", ["33.33"] * 3, "0.01"), ("down", ["33.33"] * 3, "0.01")],
)
def test_equal_shares_and_the_residual_as_a_line_of_the_department(rounding, each, left):
    rule = policy(f"rule: shared, pool: 100, within: department, rounding: {rounding}, unit: 元, as: 果")
    result = score(rule, **sheets(甲=[1, 2, 3]))
    assert plain(result.employees["果"]) == list(map(Fraction, each))
    lines = result.ledger[result.ledger["unit"] == "元/余"]
    assert lines["value"].tolist() == ([Fraction(left)] if left else [])


def test_who_lacks_a_figure_leaves_the_pool_of_the_own_team_unshared():
    rule = policy("rule: shared, pool: 100, by: [甲, 乙], unit: 元, as: 果")
    result = score(rule, **sheets(甲=[1, 1, 1], 乙=[1, None, 2], 小组=["G1", "G1", "G2"]))
    assert plain(result.employees["果"]) == [None, None, 100]
    assert status(result)["E01"] == ["乙"]


def test_a_pool_for_nobody_is_left_over_and_a_share_below_0_is_named():
    rule = policy("rule: shared, pool: 100, by: 甲, unit: 元, who: {职级: 正}")
    result = score(rule, **sheets(甲=[1, 1], 小组=["G1", "G2"], 职级=["正", "试用"]))
    lines = result.ledger[result.ledger["unit"] == "元/余"]
    assert dict(zip(lines["group_id"], lines["value"], strict=True)) == {"G2": 100}
    with pytest.raises(Exception, match="小于 0"):
        score(rule, **sheets(甲=[-1], 小组=["G1"], 职级=["正"]))


@pytest.mark.parametrize(
    "clause, said",
    [
        ("rule: pooled, measure: 甲", "per"),
        ("per: group, rule: pooled, measure: 甲, at: 0.5", "percentile"),
        ("per: group, rule: pooled, measure: 甲, of: percentile, at: 2", "percentile"),
        ("per: group, rule: pooled, measure: 甲, members: {岗为: 客服}", "岗位"),
        ("rule: distributed, measure: 甲, parts: [], remainder: up, ties: better", "最后一档"),
        ("rule: distributed, measure: 甲, parts: [{give: A, part: 0.5}], remainder: up, ties: better", "50%"),
        ("rule: distributed, measure: 甲, parts: [{give: A, part: 1.5}, {give: B}], remainder: up, ties: better", "150%"),
        ("rule: distributed, measure: 甲, parts: [{give: A}]", "remainder"),
        ("rule: prizes, measure: 甲, prizes: [1]", "ties"),
        ("rule: ranked, measure: 评级", "评级"),
        ("per: group, rule: shared, pool: 5", "per"),
        ("rule: shared, pool: [1]", "pool"),
        ("rule: shared, pool: 池", "池"),
    ],
)
def test_a_clause_of_several_people_that_cannot_be_meant_does_not_load(clause, said):
    assert said in refusal(clause)
