"""Ratings: weighted, weighted_mean, rated."""

from fractions import Fraction
from statistics import mean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial import maybe, plain, policy, quick, refusal, score, sheets, status

scores = st.fractions(0, 100, max_denominator=4)
triples = st.lists(st.tuples(maybe, maybe, st.just("不适用") | maybe), min_size=1, max_size=8)
WEIGHTS = {"甲": Fraction(50), "乙": Fraction(30), "满意度": Fraction(20)}


@quick
@given(st.lists(maybe, min_size=1, max_size=8))
def test_a_rating_times_its_weight(values):
    result = score(policy("rule: weighted, measure: 甲, weight: 0.4, as: 果"), **sheets(甲=values))
    assert plain(result.employees["果"]) == [None if value is None else value * Fraction(2, 5) for value in values]


@pytest.mark.parametrize("absent", ["incomplete", "rescale"])
@pytest.mark.parametrize("not_applicable", ["rescale", "refuse"])
@quick
@given(triples)
def test_a_weighted_mean_with_blanks_and_items_that_do_not_apply(absent, not_applicable, rows):
    clause = f"rule: weighted_mean, weights: {{甲: 50, 乙: 30, 满意度: 20}}, absent: {absent}, not_applicable: {not_applicable}, as: 果"
    result = score(policy(clause), **sheets(甲=[r[0] for r in rows], 乙=[r[1] for r in rows], 满意度=[r[2] for r in rows]))
    expected, lacking = [], []
    for row in rows:
        given = dict(zip(WEIGHTS, row, strict=True))
        blank = [name for name, value in given.items() if value is None]
        excused = [name for name, value in given.items() if value == "不适用"]
        short = (blank if absent == "incomplete" else []) + (excused if not_applicable == "refuse" else [])
        used = [name for name in given if name not in blank + excused]
        whole = sum(WEIGHTS[name] for name in used)
        expected.append(None if short or not used else sum(given[name] * WEIGHTS[name] for name in used) / whole)
        lacking.append(sorted(short) or ([] if used else ["条款1"]))
    assert plain(result.employees["果"]) == expected
    assert [sorted(one) for one in result.employees["missing"]] == lacking


@quick
@given(st.lists(st.tuples(scores, scores), min_size=1, max_size=6))
def test_weights_in_per_cent_and_as_parts_are_the_same_and_the_mean_lies_between(rows):
    given = sheets(甲=[a for a, _ in rows], 乙=[b for _, b in rows])
    found = [
        plain(score(policy(f"rule: weighted_mean, weights: {one}, as: 果"), **given).employees["果"])
        for one in ("{甲: 40, 乙: 60}", "{甲: 0.4, 乙: 0.6}")
    ]
    assert found[0] == found[1]
    assert all(min(row) <= value <= max(row) for row, value in zip(rows, found[0], strict=True))


def test_weights_may_depend_on_the_post():
    rule = policy("rule: weighted_mean, weights: {甲: {by: 岗位, 客服: 1, 组长: 3}, 乙: 1}, as: 果")
    result = score(rule, **sheets(甲=[100, 100, 100], 乙=[0, 0, 0], 岗位=["客服", "组长", None]))
    assert plain(result.employees["果"]) == [50, 75, None]
    assert status(result) == {"E02": ["role"]}


RATERS = ["工号", "评分人", "分数", "grader_id"]
ratings = st.lists(st.tuples(st.sampled_from(["上级", "同事"]), st.none() | scores, st.sampled_from(["E1", "E2", "E3"])), max_size=9)


def trimmed(values):
    return mean(sorted(values)[1:-1]) if len(values) > 2 else mean(values)


def rows_of(made):
    return {"员工": [["工号"], ["E1"], ["E9"]], "打分": [RATERS, *(["E1", kind, value, by] for kind, value, by in made)]}


@pytest.mark.parametrize("of, combine", [("mean", mean), ("median", median), ("trimmed_mean", trimmed)])
@quick
@given(ratings, st.randoms())
def test_several_ratings_as_one(of, combine, made, random):
    rule = policy(f"rule: rated, table: 打分, column: 分数, of: {of}, at_least: 2, exclude_self: true, as: 果")
    counted = [value for _, value, by in made if value is not None and by != "E1"]
    expected = combine(counted) if len(counted) >= 2 else None
    result = score(rule, **rows_of(made))
    assert plain(result.employees["果"]) == [expected, None]
    assert set(status(result)) == ({"E9"} if expected is not None else {"E1", "E9"})
    random.shuffle(made)
    assert plain(score(rule, **rows_of(made)).employees["果"]) == [expected, None]


@pytest.mark.parametrize("absent", ["incomplete", "rescale"])
@quick
@given(ratings)
def test_kinds_of_raters_are_taken_apart_then_weighted(absent, made):
    rule = policy(f"rule: rated, table: 打分, column: 分数, rater: 评分人, weights: {{上级: 0.6, 同事: 0.4}}, absent: {absent}, as: 果")
    own = {kind: [value for one, value, _ in made if one == kind and value is not None] for kind in ("上级", "同事")}
    weights = {"上级": Fraction(3, 5), "同事": Fraction(2, 5)}
    there = [kind for kind in own if own[kind]]
    short = len(there) < 2 if absent == "incomplete" else not there
    expected = None if short else sum(mean(own[kind]) * weights[kind] for kind in there) / sum(weights[kind] for kind in there)
    assert plain(score(rule, **rows_of(made)).employees["果"]) == [expected, None]


def test_words_as_scores_and_what_is_not_listed():
    rule = policy("rule: rated, table: 打分, column: 评语, words: {优: 100, 良: 85}, as: 果")
    given = {"员工": [["工号"], ["E1"]], "打分": [["工号", "评语"], ["E1", "优"], ["E1", "良"], ["E1", None]]}
    assert plain(score(rule, **given).employees["果"]) == [Fraction(185, 2)]
    given["打分"].append(["E1", "差"])
    with pytest.raises(Exception, match="words 中没有“差”"):
        score(rule, **given)


@pytest.mark.parametrize(
    "clause, said",
    [
        ("rule: weighted_mean, weights: {}", "不能为空"),
        ("rule: weighted_mean, weights: {甲: 0}", "大于 0"),
        ("rule: weighted_mean, weights: {甲: 1, 丁: 2}", "丁"),
        ("rule: weighted_mean, weights: [甲]", "weights"),
        ("rule: rated, table: 打分, column: 评语", "words"),
        ("rule: rated, table: 打分, column: 分数, rater: 评分人", "weights"),
        ("rule: rated, table: 打分, column: 分数, at_least: 0.5", "at_least"),
        ("rule: rated, table: 通话, column: 秒数, exclude_self: true", "grader_id"),
        ("rule: weighted, measure: 评级, weight: 1", "评级"),
    ],
)
def test_a_rating_clause_that_cannot_be_meant_does_not_load(clause, said):
    assert said in refusal(clause)
