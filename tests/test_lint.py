"""The linter: each check finds its fault in a small policy, with a witness, and nothing in the mended one."""

from fractions import Fraction
from math import inf
from pathlib import Path

import pytest

import kpi_helpers as kpi
from kpi_helpers import __main__ as command
from kpi_helpers import lint as linter
from kpi_helpers.language import set_language
from kpi_helpers.lint import (
    assumptions,
    bands,
    bounds,
    constant,
    contradictions,
    dates,
    doubles,
    figures,
    law,
    never,
    rounding,
    said,
    scores,
    turns,
    weights,
    words,
)
from kpi_helpers.lint.model import Model

POLICIES = Path(__file__).parents[1] / "params" / "policies"

HEAD = """\
scheme: trial_of_the_linter
title: 试行办法
tables:
  员工:
    required: [工号]
    optional: [岗位: text, 小组]
    key: [工号]
  数据:
    required:
      - 工号
      - 完成量: {kind: integer, min: 0}
      - 评分: {kind: number, min: 0, max: 100}
      - 质检: {kind: number, min: 0, max: 100}
      - 态度: {kind: number, min: 0, max: 100}
      - 接听率: {kind: number, min: 0, max: 1}
      - 班组: {kind: choice, words: {day: 早班, night: 晚班}}
    key: [工号]
  考勤:
    required: [工号, 日期, 分钟: {kind: integer, min: 0}]
  事件:
    required: [事件编号, 工号, 条款]
    optional: [日期, 次数]
    key: [事件编号]
"""
SCORE = "{id: 得分, title: 得分, rule: total, start: 100, floor: 0, cap: 100, places: 2, as: 得分}"
PAY = "{id: 奖金, title: 奖金, rule: total, unit: 元, floor: 0, places: 2, as: 奖金合计}"


def write(folder, text, head=HEAD):
    """A policy of the clauses in `text`; lines before `clauses:` may add parameters, sections and results."""
    before, _, clauses = text.rpartition("clauses:\n")
    before, lines = before.strip() + "\n" if before.strip() else "", []
    for number, line in enumerate(filter(None, map(str.strip, clauses.split("\n"))), 1):
        line = {"SCORE": SCORE, "PAY": PAY}.get(line, line)
        line = line if line.startswith("{id:") else "{id: c" + str(number) + ", " + line.removeprefix("{")
        for key, word in (("title", f"第{number}条"), ("source", "一"), ("basis", "S")):
            line = line if f" {key}:" in line else f"{line[:-1]}, {key}: {word}}}"
        lines.append("  - " + line.replace("{id: ", '{id: "', 1).replace(", ", '", ', 1))
    path = folder / "试行.yaml"
    path.write_text(head + before + "clauses:\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def load(folder, text, month="2026-10", head=HEAD):
    return kpi.load_policy(write(folder, text, head), month)


# what is wrong · the check that says so · the faulty clauses · the mended ones · how grave · what the witness says
CASES = [
    (
        "weights of a mean",
        weights.check_weighted_means,
        "{rule: weighted_mean, weights: {评分: 50, 质检: 30, 态度: 10}, round: 2, as: 得分}",
        "{rule: weighted_mean, weights: {评分: 50, 质检: 30, 态度: 20}, round: 2, as: 得分}",
        "warning",
        "实际占 ≈55.5556%",
    ),
    (
        "weights of a mean for one post",
        weights.check_weighted_means,
        "{rule: weighted_mean, weights: {评分: {by: 岗位, 客服: 60, 组长: 60}, 质检: {by: 岗位, 客服: 40, 组长: 50}}, round: 2, as: 得分}",
        "{rule: weighted_mean, weights: {评分: {by: 岗位, 客服: 60, 组长: 50}, 质检: {by: 岗位, 客服: 40, 组长: 50}}, round: 2, as: 得分}",
        "warning",
        "评分 60、质检 50",
    ),
    (
        "a small weight among per cents",
        weights.check_weighted_means,
        "{rule: weighted_mean, weights: {评分: 60, 质检: 30, 态度: 3}, round: 2, as: 得分}",
        "{rule: weighted_mean, weights: {评分: 60, 质检: 37, 态度: 3}, round: 2, as: 得分}",
        "warning",
        "实际占 ≈64.5161%",
    ),
    (
        "a part of the weights forgotten",
        weights.check_weighted_means,
        "{rule: weighted_mean, weights: {评分: 0.3, 质检: 0.3}, round: 2, as: 得分}",
        "{rule: weighted_mean, weights: {评分: 0.5, 质检: 0.5}, round: 2, as: 得分}",
        "warning",
        "写 0.3 的“评分”实际占 50%",
    ),
    (
        "weights written as parts of 1 and of 100 at once",
        weights.check_weighted_means,
        "{rule: weighted_mean, weights: {评分: 0.6, 质检: 40}, round: 2, as: 得分}",
        "{rule: weighted_mean, weights: {评分: 60, 质检: 40}, round: 2, as: 得分}",
        "warning",
        "实际占 ≈98.5222%",
    ),
    (
        "a weight of 60 where 0.6 was meant",
        weights.check_weighted_clauses,
        "{rule: weighted, measure: 评分, weight: 60}\n{rule: total, floor: 0, cap: 100, places: 2, as: 得分}",
        "{rule: weighted, measure: 评分, weight: 0.6}\n{rule: total, floor: 0, cap: 100, places: 2, as: 得分}",
        "warning",
        "评分为 100 的人在这一条得 6000 分",
    ),
    (
        "weighted clauses",
        weights.check_weighted_clauses,
        """{title: 评分占50%, rule: weighted, measure: 评分, weight: 0.5}
        {title: 质检占40%, rule: weighted, measure: 质检, weight: 0.4}
        {rule: total, floor: 0, cap: 100, places: 2, as: 得分}""",
        """{title: 评分占60%, rule: weighted, measure: 评分, weight: 0.6}
        {title: 质检占40%, rule: weighted, measure: 质检, weight: 0.4}
        {rule: total, floor: 0, cap: 100, places: 2, as: 得分}""",
        "warning",
        "各项都得 100 分的人得 90 分",
    ),
    (
        "a weight against its own title",
        weights.check_weighted_clauses,
        """{title: 评分占60%, rule: weighted, measure: 评分, weight: 0.4}
        {title: 质检, rule: weighted, measure: 质检, weight: 0.6}
        {rule: total, floor: 0, cap: 100, places: 2, as: 得分}""",
        """{title: 评分占60%, rule: weighted, measure: 评分, weight: 0.6}
        {title: 质检占40%, rule: weighted, measure: 质检, weight: 0.4}
        {rule: total, floor: 0, cap: 100, places: 2, as: 得分}""",
        "warning",
        "标题说 60 分",
    ),
    (
        "sections that do not add up to the base",
        weights.check_maxima,
        """sections: {a: 纪律, b: 业务}
        clauses:
        {rule: per_event, section: a, points: -5}
        {rule: per_event, section: b, points: -5}
        {title: 纪律30分, rule: section, section: a, cap: 30, as: 纪律}
        {title: 业务60分, rule: section, section: b, cap: 60, as: 业务}
        {rule: total, places: 2, as: 得分}""",
        """sections: {a: 纪律, b: 业务}
        clauses:
        {rule: per_event, section: a, points: -5}
        {rule: per_event, section: b, points: -5}
        {title: 纪律40分, rule: section, section: a, cap: 40, as: 纪律}
        {title: 业务60分, rule: section, section: b, cap: 60, as: 业务}
        {rule: total, places: 2, as: 得分}""",
        "warning",
        "纪律 30、业务 60；各部分都得满分的人得 90 分",
    ),
    (
        "items that do not add up to their part",
        weights.check_maxima,
        """sections: {a: 知识, b: 态度}
        clauses:
        {title: 知识（60分）, kind: weight, section: a, stated: 标题}
        {title: 产品（30分）, kind: indicator, section: a, stated: 由人评}
        {title: 流程（20分）, kind: indicator, section: a, stated: 由人评}
        {title: 态度（40分）, kind: weight, section: b, stated: 标题}""",
        """sections: {a: 知识, b: 态度}
        clauses:
        {title: 知识（60分）, kind: weight, section: a, stated: 标题}
        {title: 产品（30分）, kind: indicator, section: a, stated: 由人评}
        {title: 流程（30分）, kind: indicator, section: a, stated: 由人评}
        {title: 态度（40分）, kind: weight, section: b, stated: 标题}""",
        "warning",
        "产品（30分）、流程（20分）",
    ),
    (
        "a gap between bands",
        bands.check_gaps,
        "{rule: banded, measure: 评分, bands: [{from: 80, give: 优}, {from: 60, to: 79, give: 良}, {below: 60, give: 差}], as: 等级}",
        "{rule: banded, measure: 评分, bands: [{from: 80, give: 优}, {from: 60, give: 良}, {below: 60, give: 差}], as: 等级}",
        "error",
        "一个评分为 79.5 的人不在任何一档",
    ),
    (
        "a gap below the lowest band",
        bands.check_gaps,
        "{rule: banded, measure: 评分, bands: [{from: 80, give: 优}, {from: 60, give: 良}], as: 等级}",
        "{rule: banded, measure: 评分, bands: [{from: 80, give: 优}, {from: 60, give: 良}, {give: 差}], as: 等级}",
        "warning",
        "一个评分为 0 的人",
    ),
    (
        "whole numbers have no gap between 79 and 80",
        bands.check_gaps,
        "{rule: banded, measure: 完成量, bands: [{from: 80, give: 优}, {to: 78, give: 良}], as: 等级}",
        "{rule: banded, measure: 完成量, bands: [{from: 80, give: 优}, {to: 79, give: 良}], as: 等级}",
        "error",
        "一个完成量为 79 的人",
    ),
    (
        "a table without a lowest line",
        bands.check_gaps,
        "{rule: looked_up, rows: 评分, columns: 岗位, rows_from: [60, 90], columns_in: [客服], give: [[100], [200]], unit: 元, as: 奖}",
        "{rule: looked_up, rows: 评分, columns: 岗位, rows_from: [0, 90], columns_in: [客服], give: [[100], [200]], unit: 元, as: 奖}",
        "warning",
        "一个评分为 0 的人",
    ),
    (
        "overlapping bands",
        bands.check_overlaps,
        "{rule: banded, measure: 评分, bands: [{from: 60, to: 80, give: 良}, {from: 80, give: 优}, {below: 60, give: 差}], as: 等级}",
        "{rule: banded, measure: 评分, bands: [{from: 60, below: 80, give: 良}, {from: 80, give: 优}, {below: 60, give: 差}], as: 等级}",
        "warning",
        "评分为 80 的人两档都在，现在按下限高的一档得 优",
    ),
    (
        "bands that overlap from the same edge",
        bands.check_overlaps,
        "{rule: banded, measure: 评分, bands: [{from: 60, to: 80, give: B}, {from: 60, to: 100, give: A}, {below: 60, give: C}], as: 等}",
        "{rule: banded, measure: 评分, bands: [{from: 60, to: 80, give: B}, {above: 80, to: 100, give: A}, {below: 60, give: C}], as: 等}",
        "warning",
        "评分为 60 的人两档都在，现在按先写的一档得 B",
    ),
    (
        "a band that others fill",
        bands.check_unreachable_bands,
        "{rule: banded, measure: 评分, bands: [{from: 60, give: 优}, {from: 60, give: 良}, {give: 差}], as: 等级}",
        "{rule: banded, measure: 评分, bands: [{from: 80, give: 优}, {from: 60, give: 良}, {give: 差}], as: 等级}",
        "warning",
        "没有一个评分的值得到 良",
    ),
    (
        "a band beyond what the figure can be",
        bands.check_unreachable_bands,
        "{rule: banded, measure: 评分, bands: [{from: 110, give: 特优}, {from: 60, give: 良}, {give: 差}], as: 等级}",
        "{rule: banded, measure: 评分, bands: [{from: 95, give: 特优}, {from: 60, give: 良}, {give: 差}], as: 等级}",
        "warning",
        "没有一个评分的值得到 特优",
    ),
    (
        "edges the wrong way round",
        bands.check_unreachable_bands,
        "{rule: banded, measure: 评分, bands: [{from: 90, below: 60, give: 优}, {give: 差}], as: 等级}",
        "{rule: banded, measure: 评分, bands: [{from: 60, below: 90, give: 优}, {give: 差}], as: 等级}",
        "error",
        "没有一个评分的值得到 优",
    ),
    (
        "rewards that turn round",
        turns.check_decreasing,
        "{rule: banded, measure: 完成量, bands: [{from: 200, give: 150}, {from: 100, give: 200}, {give: 0}], unit: 元, as: 奖}",
        "{rule: banded, measure: 完成量, bands: [{from: 200, give: 250}, {from: 100, give: 200}, {give: 0}], unit: 元, as: 奖}",
        "warning",
        "完成量为 200 得 150，比 100 的 200 少",
    ),
    (
        "rewards that fall with a better score",
        turns.check_decreasing,
        """{rule: per_event, points: -2}
        SCORE
        {rule: banded, measure: 得分, bands: [{from: 90, give: 100}, {give: 200}], unit: 元, as: 奖}""",
        """{rule: per_event, points: -2}
        SCORE
        {rule: banded, measure: 得分, bands: [{from: 90, give: 200}, {give: 100}], unit: 元, as: 奖}""",
        "warning",
        "得分为 90 得 100，比 0 的 200 少",
    ),
    (
        "a line that turns round",
        turns.check_decreasing,
        "{rule: interpolated, measure: 接听率, points: [{at: 0, give: 0}, {at: 0.9, give: 100}, {at: 1, give: 80}], round: 2, as: 奖}",
        "{rule: interpolated, measure: 接听率, points: [{at: 0, give: 0}, {at: 0.9, give: 80}, {at: 1, give: 100}], round: 2, as: 奖}",
        "warning",
        "接听率为 1 得 80，比 0.9 的 100 少",
    ),
    (
        "a table that turns round",
        turns.check_decreasing,
        "{rule: looked_up, rows: 评分, columns: 接听率, rows_from: [0, 6, 9], columns_from: [0, 1], give: [[0, 1], [5, 6], [4, 7]], as: a}",
        "{rule: looked_up, rows: 评分, columns: 接听率, rows_from: [0, 6, 9], columns_from: [0, 1], give: [[0, 1], [5, 6], [6, 7]], as: a}",
        "warning",
        "评分为 9 得 4，比 6 的 5 少",
    ),
    (
        "more work for less pay",
        turns.check_decreasing,
        "{rule: banded, measure: 完成量, bands: [{to: 100, give: 12}, {above: 100, give: 10}], times: 完成量, unit: 元, as: 计件}",
        "{rule: banded, measure: 完成量, bands: [{to: 100, give: 10}, {above: 100, give: 12}], times: 完成量, unit: 元, as: 计件}",
        "warning",
        "完成量为 101 的人得 1010 元，比 100 的 1200 元少",
    ),
    (
        "more work for less pay, by a rate of its own",
        turns.check_decreasing,
        """{rule: banded, measure: 完成量, bands: [{to: 100, give: 12}, {above: 100, give: 10}], unit: "", as: 单价}
        {rule: product_of, measures: [完成量, 单价], unit: 元, as: 计件}""",
        """{rule: banded, measure: 完成量, bands: [{to: 100, give: 10}, {above: 100, give: 12}], unit: "", as: 单价}
        {rule: product_of, measures: [完成量, 单价], unit: 元, as: 计件}""",
        "warning",
        "完成量为 101 的人得 1010 元，比 100 的 1200 元少",
    ),
    (
        "a grade without an amount",
        words.check_unlisted_words,
        """{rule: banded, measure: 评分, bands: [{from: 90, give: 优}, {from: 60, give: 良}, {give: 差}], as: 等级}
        {rule: flat, amount: {by: 等级, 优: 200, 良: 100}, unit: 元, as: 奖}""",
        """{rule: banded, measure: 评分, bands: [{from: 90, give: 优}, {from: 60, give: 良}, {give: 差}], as: 等级}
        {rule: flat, amount: {by: 等级, 优: 200, 良: 100, 差: 0}, unit: 元, as: 奖}""",
        "error",
        "给出“差”的人，这一条算不出",
    ),
    (
        "a better grade that is worth less",
        words.check_worth_of_grades,
        """{rule: distributed, measure: 评分, parts: [{give: A, part: 0.2}, {give: B}], remainder: largest, ties: better, as: 等级}
        {rule: flat, amount: {by: 等级, A: 100, B: 200}, unit: 元, as: 奖}""",
        """{rule: distributed, measure: 评分, parts: [{give: A, part: 0.2}, {give: B}], remainder: largest, ties: better, as: 等级}
        {rule: flat, amount: {by: 等级, A: 200, B: 100}, unit: 元, as: 奖}""",
        "warning",
        "A 为 100，B 为 200",
    ),
    (
        "a tier that nobody reaches",
        turns.check_tiers,
        "{rule: tiered, measure: 评分, tiers: [{from: 0, rate: 1}, {from: 120, rate: 2}], round: 2, unit: 元, as: 奖}",
        "{rule: tiered, measure: 评分, tiers: [{from: 0, rate: 1}, {from: 90, rate: 2}], round: 2, unit: 元, as: 奖}",
        "warning",
        "评分最多是 100",
    ),
    (
        "a falling rate is only to be known",
        turns.check_tiers,
        "{rule: tiered, measure: 完成量, tiers: [{from: 0, rate: 3}, {from: 100, rate: 2}], unit: 元, as: 奖}",
        "{rule: tiered, measure: 完成量, tiers: [{from: 0, rate: 2}, {from: 100, rate: 3}], unit: 元, as: 奖}",
        "note",
        "100 以上每个 2，以下每个 3",
    ),
    (
        "a rate below 0",
        turns.check_tiers,
        "{rule: tiered, measure: 完成量, tiers: [{from: 0, rate: 3}, {from: 100, rate: -2}], floor: 0, unit: 元, as: 奖}",
        "{rule: tiered, measure: 完成量, tiers: [{from: 0, rate: 3}, {from: 100, rate: 4}], floor: 0, unit: 元, as: 奖}",
        "warning",
        "完成量为 101 得 298，比 100 的 300 少",
    ),
    (
        "an amount per unit with the wrong sign",
        turns.check_per_unit,
        """{rule: ratio, measure: 完成量, over: 100, better: higher, cap: 2, as: 达成率}
        {rule: per_unit, measure: 达成率, each: 0.1, beyond: 1, points: -50, floor: -500, unit: 元, as: 奖}""",
        """{rule: ratio, measure: 完成量, over: 100, better: higher, cap: 2, as: 达成率}
        {rule: per_unit, measure: 达成率, each: 0.1, beyond: 1, points: 50, floor: -500, unit: 元, as: 奖}""",
        "warning",
        "达成率每高于 1 一个单位，得 -50 元",
    ),
    (
        "an amount per unit that nobody gets",
        turns.check_per_unit,
        "{rule: per_unit, measure: 评分, beyond: 100, points: 5, unit: 元, as: 奖}",
        "{rule: per_unit, measure: 评分, beyond: 90, points: 5, unit: 元, as: 奖}",
        "error",
        "评分只能在 0 至 100 之间",
    ),
    (
        "a grade for nobody",
        turns.check_empty_parts,
        "{rule: distributed, measure: 评分, parts: [{give: A, part: 0}, {give: B, part: 1}], remainder: largest, ties: better, as: 等}",
        "{rule: distributed, measure: 评分, parts: [{give: A, part: 0.2}, {give: B, part: 0.8}], remainder: largest, ties: better, as: 等}",
        "warning",
        "100 人中 0 人得 A",
    ),
    (
        "prizes that rise with worse places",
        turns.check_prizes,
        "{rule: prizes, measure: 评分, prizes: [100, 200, 300], ties: share, unit: 元, as: 奖}",
        "{rule: prizes, measure: 评分, prizes: [300, 200, 100], ties: share, unit: 元, as: 奖}",
        "warning",
        "第 1 名 100，第 2 名 200",
    ),
    (
        "coefficients the wrong way round",
        turns.check_min_max,
        "{rule: min_max, measure: 评分, low: 1.2, high: 0.8, equal: 1, as: 系数}",
        "{rule: min_max, measure: 评分, low: 0.8, high: 1.2, equal: 1, as: 系数}",
        "warning",
        "最低的人得 1.2，最高的人得 0.8",
    ),
    (
        "a score that passes 100",
        scores.check_scores,
        """{title: 表扬, rule: per_event, points: 3}
        {rule: total, start: 100, floor: 0, places: 2, as: 得分}""",
        """{title: 表扬, rule: per_event, points: 3}
        {rule: total, start: 100, floor: 0, cap: none, places: 2, as: 得分}""",
        "warning",
        "“表扬”得 9 分的人得 109 分",
    ),
    (
        "maxima that come to 110",
        scores.check_scores,
        """{title: 评分, rule: weighted, measure: 评分, weight: 0.7}
        {title: 质检, rule: weighted, measure: 质检, weight: 0.4}
        {rule: total, places: 2, as: 得分}""",
        """{title: 评分, rule: weighted, measure: 评分, weight: 0.6}
        {title: 质检, rule: weighted, measure: 质检, weight: 0.4}
        {rule: total, places: 2, as: 得分}""",
        "warning",
        "各项都最高的人得 110 分（评分 70 + 质检 40）",
    ),
    (
        "a score that falls below 0",
        scores.check_scores,
        """{title: 迟到, rule: per_event, points: -3}
        {rule: total, start: 100, places: 2, as: 得分}""",
        """{title: 迟到, rule: per_event, points: -3}
        {rule: total, start: 100, floor: 0, places: 2, as: 得分}""",
        "warning",
        "“迟到”34 次（每次 -3 分）的人得 -2 分",
    ),
    (
        "a deduction with a negative cap",
        bounds.check_bounds_of_events,
        "{rule: per_event, points: -2, cap: -10}\nSCORE",
        "{rule: per_event, points: -2, floor: -10}\nSCORE",
        "error",
        "一次也没有的人得 -10 分",
    ),
    (
        "a bound without effect",
        bounds.check_bounds_of_events,
        "{rule: per_event, points: -2, cap: 10}\nSCORE",
        "{rule: per_event, points: -2, floor: -10}\nSCORE",
        "warning",
        "碰不到 10",
    ),
    (
        "a floor above its cap",
        bounds.check_crossed_bounds,
        "{rule: rounded, measure: 评分, to: 0, floor: 90, cap: 80, as: 整分}",
        "{rule: rounded, measure: 评分, to: 0, floor: 80, cap: 90, as: 整分}",
        "error",
        "没有一个数能同时不低于 90 又不高于 80",
    ),
    (
        "a floor above its cap for one post",
        bounds.check_crossed_bounds,
        "{rule: rounded, measure: 评分, to: 0, floor: {by: 岗位, 客服: 50, 组长: 0}, cap: {by: 岗位, 客服: 40, 组长: 90}, as: 整分}",
        "{rule: rounded, measure: 评分, to: 0, floor: {by: 岗位, 客服: 40, 组长: 0}, cap: {by: 岗位, 客服: 50, 组长: 90}, as: 整分}",
        "error",
        "不低于 50 又不高于 40",
    ),
    (
        "a deduction that may not fall below 0",
        bounds.check_bounds_of_all,
        "{rule: per_event, points: -2, floor: 0}\nSCORE",
        "{rule: per_event, points: -2, floor: -10}\nSCORE",
        "error",
        "都是 0",
    ),
    (
        "an addition with a negative cap",
        bounds.check_bounds_of_all,
        "{rule: per_event, points: 3, cap: -10}\n{rule: per_event, points: -2}\nSCORE",
        "{rule: per_event, points: 3, cap: 10}\n{rule: per_event, points: -2}\nSCORE",
        "error",
        "都是 -10",
    ),
    (
        "a total with a negative cap",
        bounds.check_bounds_of_all,
        "{rule: per_event, points: -2}\n{rule: total, start: 100, floor: none, cap: -100, as: 得分}",
        "{rule: per_event, points: -2}\n{rule: total, start: 100, floor: -100, cap: 100, as: 得分}",
        "error",
        "可以得 100 的人得 -100",
    ),
    (
        "additions to a total that starts at its cap",
        bounds.check_bounds_of_all,
        "{rule: per_event, points: 3}\nSCORE",
        "{rule: per_event, points: 3}\n{rule: per_event, points: -2}\nSCORE",
        "error",
        "不设 cap 时在 100 至 ∞ 之间，设了以后都是 100",
    ),
    (
        "a forfeit before everything",
        never.check_forfeits,
        "{rule: forfeited}\n{rule: per_event, points: -2}\n{rule: per_event, points: 3}\n{rule: total, cap: none, floor: none, as: 积分}",
        "{rule: per_event, points: -2}\n{rule: per_event, points: 3}\n{rule: forfeited}\n{rule: total, cap: none, floor: none, as: 积分}",
        "error",
        "得到的与别人一样",
    ),
    (
        "a forfeit of another unit",
        never.check_forfeits,
        "{rule: per_event, points: 3}\n{rule: forfeited, unit: 元}\n{rule: total, cap: none, floor: none, as: 积分}",
        "{rule: per_event, points: 3}\n{rule: forfeited}\n{rule: total, cap: none, floor: none, as: 积分}",
        "error",
        "得到的与别人一样",
    ),
    (
        "a forfeit of no part",
        never.check_forfeits,
        "{rule: per_event, points: 3}\n{rule: forfeited, part: 0}\n{rule: total, cap: none, floor: none, as: 积分}",
        "{rule: per_event, points: 3}\n{rule: forfeited, part: 0.5, round: 2}\n{rule: total, cap: none, floor: none, as: 积分}",
        "error",
        "得到的与别人一样",
    ),
    (
        "a forfeit behind the last total",
        never.check_forfeits,
        "{rule: per_event, points: 3}\n{rule: total, cap: none, floor: none, as: 积分}\n{rule: forfeited}",
        "{rule: per_event, points: 3}\n{rule: forfeited}\n{rule: total, cap: none, floor: none, as: 积分}",
        "warning",
        "“积分” 还是原来的数",
    ),
    (
        "a forfeit that leaves the base points",
        never.check_forfeits,
        "{rule: per_event, points: -2}\n{rule: forfeited, title: 泄密清零}\nSCORE",
        """{rule: flat, title: 基础分, amount: 100}
        {rule: per_event, points: -2}
        {rule: forfeited, title: 泄密清零}
        {rule: total, floor: 0, cap: 100, as: 得分}""",
        "warning",
        "触发“泄密清零”的人，扣过的分也取消了，得 100 分",
    ),
    (
        "a filter on a clause that takes no events",
        never.check_never,
        "{rule: per_event, points: -2}\n{rule: per_event, table: 事件, when: {条款: c9}, points: -1}\nSCORE",
        "{rule: per_event, points: -2}\n{rule: per_event, table: 事件, when: {条款: c1}, points: -1}\nSCORE",
        "error",
        "“条款”只会是 c1、c2",
    ),
    (
        "a mistyped grade beside a right one",
        never.check_filter_words,
        """{rule: banded, measure: 评分, bands: [{from: 90, give: 优秀}, {from: 80, give: 良好}, {give: 合格}], as: 等级}
        {rule: flagged, who: {等级: [优秀, 良]}}""",
        """{rule: banded, measure: 评分, bands: [{from: 90, give: 优秀}, {from: 80, give: 良好}, {give: 合格}], as: 等级}
        {rule: flagged, who: {等级: [优秀, 良好]}}""",
        "warning",
        "“等级”只会是 优秀、合格、良好",
    ),
    (
        "a filter that nobody fulfils",
        never.check_never,
        "{rule: flat, amount: 50, unit: 元, who: {评分: {at_least: 90, below: 60}}, as: 奖}",
        "{rule: flat, amount: 50, unit: 元, who: {评分: {at_least: 60, below: 90}}, as: 奖}",
        "error",
        "没有一个值同时满足",
    ),
    (
        "a filter beyond what the figure can be",
        never.check_never,
        "{rule: flat, amount: 50, unit: 元, who: {评分: {above: 100}}, as: 奖}",
        "{rule: flat, amount: 50, unit: 元, who: {评分: {at_least: 100}}, as: 奖}",
        "error",
        "“评分”只能在 0 至 100 之间",
    ),
    (
        "a word that no clause gives",
        never.check_never,
        """{rule: banded, measure: 评分, bands: [{from: 90, give: 优}, {give: 良}], as: 等级}
        {rule: flat, amount: 50, unit: 元, who: {等级: 优秀}, as: 奖}""",
        """{rule: banded, measure: 评分, bands: [{from: 90, give: 优}, {give: 良}], as: 等级}
        {rule: flat, amount: 50, unit: 元, who: {等级: 优}, as: 奖}""",
        "error",
        "“等级”只会是 优、良",
    ),
    (
        "one of two cases that never holds",
        never.check_never,
        "{rule: tally, table: 考勤, when: [{分钟: {at_least: 30}}, {分钟: {below: 0}}], as: 迟到}",
        "{rule: tally, table: 考勤, when: [{分钟: {at_least: 30}}, {分钟: {below: 5}}], as: 迟到}",
        "warning",
        "“分钟”只能在 0 至 ∞ 之间",
    ),
    (
        "two clauses that give one result",
        contradictions.check_same_result,
        """{rule: flat, amount: 900, unit: 元, who: {评分: {at_least: 60}}, as: 补贴}
        {rule: flat, amount: 1100, unit: 元, who: {评分: {at_least: 80}}, as: 补贴}""",
        """{rule: flat, amount: 900, unit: 元, who: {评分: {at_least: 60, below: 80}}, as: 补贴}
        {rule: flat, amount: 1100, unit: 元, who: {评分: {at_least: 80}}, as: 补贴}""",
        "warning",
        "评分为 80：两条的数相加",
    ),
    (
        "a result that is neither used nor shown",
        figures.check_unused_results,
        """results: {整分: {title: 整分, role: hidden}}
        clauses:
        {rule: rounded, measure: 评分, to: 0, as: 整分}""",
        """results: {整分: {title: 整分, role: detail}}
        clauses:
        {rule: rounded, measure: 评分, to: 0, as: 整分}""",
        "warning",
        "算出的“整分”不影响任何人",
    ),
    (
        "a figure without a name",
        figures.check_unused_results,
        "{title: 平均, rule: sum_of, measures: [评分, 质检]}",
        "{title: 平均, rule: sum_of, measures: [评分, 质检], as: 两项}",
        "warning",
        "“平均”的结果哪里也看不到",
    ),
    (
        "a column of the report that nobody makes",
        figures.check_unused_results,
        """results: {整数分: 整数分}
        clauses:
        {rule: rounded, measure: 评分, to: 0, as: 整分}""",
        """results: {整分: 整分}
        clauses:
        {rule: rounded, measure: 评分, to: 0, as: 整分}""",
        "warning",
        "报告里不会有“整数分”",
    ),
    (
        "points behind their total",
        figures.check_uncounted,
        "SCORE\n{title: 迟到, rule: per_event, points: -2}",
        "{title: 迟到, rule: per_event, points: -2}\nSCORE",
        "warning",
        "一个得 -6 分的人，合计不变",
    ),
    (
        "a total of a unit that nobody gives",
        figures.check_empty_totals,
        "{rule: per_event, points: 3, unit: 提成}\n{title: 合计, rule: total, unit: 提成金, as: 合计}",
        "{rule: per_event, points: 3, unit: 提成}\n{title: 合计, rule: total, unit: 提成, as: 合计}",
        "error",
        "每个人的“合计”都是 0",
    ),
    (
        "a number that no clause uses",
        figures.check_unused_parameters,
        """parameters: {迟到: {value: -2, basis: S}}
        clauses:
        {rule: per_event, points: -2}
        SCORE""",
        """parameters: {迟到: {value: -2, basis: S}}
        clauses:
        {rule: per_event, points: $迟到}
        SCORE""",
        "warning",
        "没有人的结果会变",
    ),
    (
        "one row, counted twice",
        doubles.check_double_records,
        """{rule: per_event, table: 考勤, when: {分钟: {at_least: 5}}, points: -2}
        {rule: per_event, table: 考勤, when: {分钟: {at_least: 30}}, points: -10}
        SCORE""",
        """{rule: per_event, table: 考勤, when: {分钟: {at_least: 5, below: 30}}, points: -2}
        {rule: per_event, table: 考勤, when: {分钟: {at_least: 30}}, points: -10}
        SCORE""",
        "warning",
        "分钟为 30 的一行两条都计：-2 -10 分",
    ),
    (
        "one figure, counted twice",
        doubles.check_double_measures,
        """{rule: banded, measure: 接听率, bands: [{from: 0.95, give: 10}, {give: 0}], unit: 分}
        {rule: per_unit, measure: 接听率, beyond: 0.9, each: 0.01, points: 1, unit: 分}
        SCORE""",
        """{rule: banded, measure: 接听率, bands: [{below: 0.9, give: -10}, {give: 0}], unit: 分}
        {rule: per_unit, measure: 接听率, beyond: 0.9, each: 0.01, points: 1, unit: 分}
        SCORE""",
        "warning",
        "接听率为 0.95 的人先得 10 分，又得 5 分",
    ),
    (
        "a sum of what is counted already",
        doubles.check_double_sums,
        """{rule: weighted, measure: 评分, weight: 0.5, as: 评}
        {rule: weighted, measure: 质检, weight: 0.5, as: 检}
        {title: 两项, rule: sum_of, measures: [评, 检], unit: 分, as: 两项}
        {rule: total, floor: 0, cap: 100, places: 2, as: 得分}""",
        """{rule: weighted, measure: 评分, weight: 0.5, as: 评}
        {rule: weighted, measure: 质检, weight: 0.5, as: 检}
        {title: 两项, rule: sum_of, measures: [评, 检], as: 两项}
        {rule: total, floor: 0, cap: 100, places: 2, as: 得分}""",
        "warning",
        "又在“两项”里有一次",
    ),
    (
        "yuan without rounding",
        rounding.check_rounding,
        """{rule: product_of, measures: [评分, 接听率, 0.5], unit: 元}
        PAY""",
        """{rule: product_of, measures: [评分, 接听率, 0.5], round: 2, unit: 元}
        PAY""",
        "warning",
        "还是",
    ),
    (
        "a published score without rounding",
        rounding.check_rounding,
        "{rule: weighted_mean, weights: {评分: 60, 接听率: 40}}\n{rule: total, floor: 0, cap: 100, as: 得分}",
        "{rule: weighted_mean, weights: {评分: 60, 接听率: 40}}\n{rule: total, floor: 0, cap: 100, places: 2, as: 得分}",
        "warning",
        "没有说明",
    ),
    (
        "places without a word on ties",
        rounding.check_ties,
        """{rule: ranked, measure: 评分, as: 名次}
        {rule: banded, measure: 名次, bands: [{to: 3, give: 200}, {give: 0}], unit: 元, as: 奖}""",
        """{rule: ranked, measure: 评分, ties: competition, as: 名次}
        {rule: banded, measure: 名次, bands: [{to: 3, give: 200}, {give: 0}], unit: 元, as: 奖}""",
        "warning",
        "前 3 名的奖可能发给 4 人",
    ),
    (
        "shares that miss the pool",
        rounding.check_remainders,
        "{rule: shared, pool: 1000, within: department, rounding: half_up, unit: 元, as: 份}",
        "{rule: shared, pool: 1000, within: department, rounding: largest_remainder, unit: 元, as: 份}",
        "note",
        "1000 元 6 人平分，每人 166.67 元，合计 1000.02 元，多发 0.02 元",
    ),
    (
        "a target of 0",
        rounding.check_zero_constants,
        "{rule: ratio, measure: 评分, over: 0, round: 2, as: 达成率}",
        "{rule: ratio, measure: 评分, over: 90, round: 2, as: 达成率}",
        "error",
        "没有一个人算得出",
    ),
    (
        "a target of 0 for one post",
        rounding.check_zero_constants,
        "{rule: ratio, measure: 评分, over: {by: 岗位, 客服: 90, 组长: 0}, round: 2, as: 达成率}",
        "{rule: ratio, measure: 评分, over: {by: 岗位, 客服: 90, 组长: 95}, round: 2, as: 达成率}",
        "error",
        "没有一个人算得出",
    ),
    (
        "a divisor without records",
        rounding.check_zero_divisors,
        """{rule: tally, table: 考勤, as: 次数}
        {rule: ratio, measure: 完成量, over: 次数, as: 每次}""",
        """{rule: tally, table: 考勤, as: 次数}
        {rule: ratio, measure: 完成量, over: 次数, when_zero: 0, as: 每次}""",
        "note",
        "没有一行记录的人“次数”为 0",
    ),
    (
        "a later number that is not allowed",
        dates.check_in_force,
        """parameters: {迟到: {value: {2026-01: -2, 2027-01: -20}, min: -10, max: 0, basis: S}}
        clauses:
        {rule: per_event, points: $迟到}
        SCORE""",
        """parameters: {迟到: {value: {2026-01: -2, 2027-01: -3}, min: -10, max: 0, basis: S}}
        clauses:
        {rule: per_event, points: $迟到}
        SCORE""",
        "error",
        "2027-01 那个月不能运行",
    ),
    (
        "a policy of the future",
        dates.check_effective_dates,
        '{rule: in_effect, effective_from: "2027-01-01"}',
        '{rule: in_effect, effective_from: "2026-01-01"}',
        "warning",
        "2026-10-31 时办法还没有生效",
    ),
    (
        "no working day to rate in",
        dates.check_deadlines,
        "{rule: rating_due, table: 考勤, workdays: 0}",
        "{rule: rating_due, table: 考勤, workdays: 5}",
        "warning",
        "2026-10 的评分要在 2026-10-31 当天交",
    ),
    (
        "records of another year",
        dates.check_dated_filters,
        "{rule: tally, table: 考勤, when: {日期: {at_most: 2025-12-31}}, as: 迟到}",
        "{rule: tally, table: 考勤, when: {日期: {at_least: 2026-10-08}}, as: 迟到}",
        "warning",
        "2026-10 的记录没有一行不晚于 2025-12-31",
    ),
    (
        "numbers that the document does not say",
        assumptions.check_assumptions,
        """parameters: {迟到: {value: -2, unit: 分, basis: A, title: 每次迟到}}
        clauses:
        {rule: per_event, points: $迟到}
        SCORE""",
        """parameters: {迟到: {value: -2, unit: 分, basis: S, title: 每次迟到}}
        clauses:
        {rule: per_event, points: $迟到}
        SCORE""",
        "note",
        "每次迟到 = -2分（用于 c1）",
    ),
    (
        "dismissal of the last",
        law.check_dismissal,
        "{title: 季度末位辞退, rule: flagged, who: {评分: {below: 60}}}",
        "{title: 低于 60 分的培训, rule: flagged, who: {评分: {below: 60}}}",
        "note",
        "c1 季度末位辞退",
    ),
    (
        "a wage without a minimum",
        law.check_minimum_wage,
        "{title: 基本工资, rule: flat, amount: 900, unit: 元, as: 底薪}",
        """parameters: {common.min_wage: {value: 800, unit: 元, basis: S}}
        clauses:
        {title: 基本工资, rule: flat, amount: 900, unit: 元, as: 底薪}""",
        "note",
        "“基本工资”只有 900 元/月",
    ),
    (
        "a wage below the minimum",
        law.check_minimum_wage,
        """parameters: {common.min_wage: {value: 2200, unit: 元, basis: S}}
        clauses:
        {title: 基本工资, rule: flat, amount: 900, unit: 元, as: 底薪}""",
        """parameters: {common.min_wage: {value: 2200, unit: 元, basis: S}}
        clauses:
        {title: 基本工资, rule: flat, amount: 2300, unit: 元, as: 底薪}""",
        "note",
        "只有“基本工资”的人得 900 元，差 1300 元",
    ),
    (
        "deductions of pay without a bound",
        law.check_pay_deductions,
        """parameters: {common.min_wage: {value: 2200, unit: 元, basis: S}}
        clauses:
        {title: 全勤奖, kind: allowance, rule: flat, amount: 200, unit: 元}
        {title: 差错, kind: adjustment, rule: per_event, points: -50, unit: 元}
        PAY""",
        """parameters: {common.min_wage: {value: 2200, unit: 元, basis: S}}
        clauses:
        {title: 全勤奖, kind: allowance, rule: flat, amount: 200, unit: 元}
        {title: 差错, kind: adjustment, rule: per_event, points: -50, floor: -200, unit: 元}
        PAY""",
        "note",
        "每次 -50 元，100 次扣 5000 元",
    ),
    (
        "a fine from the wage",
        law.check_pay_deductions,
        """parameters: {common.min_wage: {value: 2200, unit: 元, basis: S}}
        clauses:
        {title: 迟到罚款, kind: deduction, rule: per_event, points: -50, floor: -200, unit: 元}
        PAY""",
        """parameters: {common.min_wage: {value: 2200, unit: 元, basis: S}}
        clauses:
        {title: 全勤奖, kind: allowance, rule: flat, amount: 200, unit: 元}
        PAY""",
        "note",
        "c1 迟到罚款",
    ),
    (
        "以上 in a title, above in the filter",
        law.check_edge_words,
        "{title: 完成60单以上加2分, rule: flat, amount: 2, who: {完成量: {above: 60}}, unit: 加分, as: 超额}",
        "{title: 完成60单以上加2分, rule: flat, amount: 2, who: {完成量: {at_least: 60}}, unit: 加分, as: 超额}",
        "note",
        "正好 60 的人",
    ),
    (
        "低于 excludes the number",
        law.check_edge_words,
        "{title: 低于60分不合格, rule: banded, measure: 评分, bands: [{to: 60, give: 不合格}, {give: 合格}], as: 等级}",
        "{title: 不超过60分不合格, rule: banded, measure: 评分, bands: [{to: 60, give: 不合格}, {above: 60, give: 合格}], as: 等级}",
        "note",
        "正好 60 的人",
    ),
    (
        "以下 includes the number",
        law.check_edge_words,
        "{title: 60分以下不合格, rule: banded, measure: 评分, bands: [{below: 60, give: 不合格}, {give: 合格}], as: 等级}",
        "{title: 不足60分不合格, rule: banded, measure: 评分, bands: [{below: 60, give: 不合格}, {give: 合格}], as: 等级}",
        "note",
        "正好 60 的人",
    ),
    (
        "a weight of nothing",
        constant.check_constants,
        "{rule: weighted, measure: 评分, weight: 0}\n{rule: weighted, measure: 质检, weight: 1}\n"
        "{rule: total, floor: 0, cap: 100, places: 2, as: 得分}",
        "{rule: weighted, measure: 评分, weight: 0.5}\n{rule: weighted, measure: 质检, weight: 0.5}\n"
        "{rule: total, floor: 0, cap: 100, places: 2, as: 得分}",
        "warning",
        "都是 0",
    ),
    (
        "events that cost nothing",
        constant.check_constants,
        "{rule: per_event, points: 0}\nSCORE",
        "{rule: per_event, points: {2026-01: -2, 2026-07: 0}}\nSCORE",
        "warning",
        "都是 0",
    ),
    (
        "bands that all give the same",
        constant.check_constants,
        "{rule: banded, measure: 评分, bands: [{from: 90, give: 3}, {give: 3}], unit: 奖, as: 奖}",
        "{rule: banded, measure: 评分, bands: [{from: 90, give: 3}, {give: 1}], unit: 奖, as: 奖}",
        "warning",
        "都是 3",
    ),
    (
        "edges of parts of 1 for points out of 100",
        bands.check_scale,
        "{rule: banded, measure: 评分, bands: [{from: 0.9, give: 优}, {give: 差}], as: 等级}",
        "{rule: banded, measure: 评分, bands: [{from: 90, give: 优}, {give: 差}], as: 等级}",
        "warning",
        "最多是 100",
    ),
    (
        "edges of per cents for a ratio",
        bands.check_scale,
        "{rule: ratio, measure: 完成量, over: 30, as: 完成率}\n"
        "{rule: banded, measure: 完成率, bands: [{from: 90, give: 优}, {give: 差}], as: 等级}",
        "{rule: ratio, measure: 完成量, over: 30, as: 完成率}\n"
        "{rule: banded, measure: 完成率, bands: [{from: 0.9, give: 优}, {give: 差}], as: 等级}",
        "warning",
        "90% 是 0.9",
    ),
    (
        "two neighbouring grades of one name",
        constant.check_equal_bands,
        "{rule: banded, measure: 评分, bands: [{from: 90, give: 优}, {from: 80, give: 优}, {give: 差}], as: 等级}",
        "{rule: banded, measure: 评分, bands: [{from: 90, give: 优}, {from: 80, give: 良}, {give: 差}], as: 等级}",
        "note",
        "评分在 90 上下没有差别",
    ),
    (
        "everybody left out",
        constant.check_always,
        "{rule: excluded, who: {班组: {in: [早班, 晚班]}}}\n{rule: per_event, points: -2}\nSCORE",
        "{rule: excluded, who: {班组: 晚班}}\n{rule: per_event, points: -2}\nSCORE",
        "error",
        "没有一个人不符合",
    ),
    (
        "a list for everybody",
        constant.check_always,
        "{rule: per_event, points: -2}\nSCORE\n{rule: flagged, who: {得分: {at_least: 0}}}",
        "{rule: per_event, points: -2}\nSCORE\n{rule: flagged, who: {得分: {below: 60}}}",
        "warning",
        "没有一个人不符合",
    ),
    (
        "a smallest of two that is always the one",
        constant.check_idle_operands,
        "{rule: min_of, measures: [评分, 120], as: 较低}",
        "{rule: min_of, measures: [评分, 80], as: 较低}",
        "warning",
        "评分 最多 100",
    ),
    (
        "a floor that one event passes",
        bounds.check_bounds_of_events,
        "{rule: per_event, points: -5, floor: -3}\nSCORE",
        "{rule: per_event, points: -5, floor: -5}\nSCORE",
        "warning",
        "一次得 -3，两次还是 -3",
    ),
    (
        "a deduction that adds",
        said.check_signs,
        "{kind: deduction, rule: per_event, points: 2, cap: 4}\n{rule: per_event, points: -2}\nSCORE",
        "{kind: deduction, rule: per_event, points: -2, floor: -4}\nSCORE",
        "warning",
        "一次得 +2 分",
    ),
    (
        "a title that says what its number does not",
        said.check_title_numbers,
        "{title: 迟到每次扣5分, rule: per_event, points: -2}\nSCORE",
        "{title: 迟到每次扣2分, rule: per_event, points: -2}\nSCORE",
        "warning",
        "条款用的是 2",
    ),
    (
        "a weight below 0",
        weights.check_weighted_clauses,
        "{rule: weighted, measure: 评分, weight: 1.2}\n{rule: weighted, measure: 质检, weight: -0.2}\n"
        "{rule: total, floor: 0, cap: 100, places: 2, as: 得分}",
        "{rule: weighted, measure: 评分, weight: 0.8}\n{rule: weighted, measure: 质检, weight: 0.2}\n"
        "{rule: total, floor: 0, cap: 100, places: 2, as: 得分}",
        "warning",
        "质检为 100 的人在这一条得 -20 分",
    ),
    (
        "a number for a grade that is none",
        words.check_strange_words,
        "{rule: banded, measure: 评分, bands: [{from: 90, give: 优}, {give: 差}], as: 等级}\n"
        "{rule: flat, amount: {by: 等级, 优: 200, 差: 0, 特优: 300}, unit: 元, as: 奖}",
        "{rule: banded, measure: 评分, bands: [{from: 90, give: 优}, {give: 差}], as: 等级}\n"
        "{rule: flat, amount: {by: 等级, 优: 200, 差: 0}, unit: 元, as: 奖}",
        "warning",
        "“等级”只会是 优、差",
    ),
    (
        "a shift without a number",
        words.check_unlisted_words,
        "{rule: flat, amount: {by: 班组, 早班: 10}, unit: 元, as: 补贴}",
        "{rule: flat, amount: {by: 班组, 早班: 10, 晚班: 20}, unit: 元, as: 补贴}",
        "error",
        "班组为“晚班”的人",
    ),
    (
        "points that a total does not choose",
        figures.check_uncounted,
        "sections: {a: 甲, b: 乙}\nclauses:\n{section: a, rule: per_event, points: -2}\n"
        "{section: b, rule: per_event, points: -2}\n{rule: total, sections: [b], start: 100, floor: 0, as: 得分}",
        "sections: {a: 甲, b: 乙}\nclauses:\n{section: a, rule: per_event, points: -2}\n"
        "{section: b, rule: per_event, points: -2}\n{rule: total, sections: [a, b], start: 100, floor: 0, as: 得分}",
        "warning",
        "合计不变",
    ),
]


@pytest.mark.parametrize("check, faulty, mended, severity, witness", [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_check_finds_its_fault_and_nothing_in_the_mended_policy(tmp_path, check, faulty, mended, severity, witness):
    found = list(check(load(tmp_path, faulty)))
    assert [one.severity for one in found] == [severity], found
    assert witness in found[0].witness
    assert "试行.yaml" in found[0].where and found[0].problem and found[0].hint
    assert not linter.lint(load(tmp_path, mended))


def test_the_clause_that_gives_an_unlisted_word_is_one_before(tmp_path):
    text = """{rule: banded, measure: 评分, bands: [{from: 90, give: 优}, {from: 60, give: 良}, {give: 差}], as: 等级}
    {rule: moved, of: 等级, scale: [差, 良], by: 1, who: {班组: 晚班}, as: 等级}"""
    [found] = words.check_unlisted_words(load(tmp_path, text))
    assert found.witness.startswith("条款 c1 给出“优”的人")


@pytest.mark.parametrize("way", ["who: {等级: [优, 良]}, ", "excluded"])
def test_a_grade_that_does_not_come_to_the_clause_needs_no_amount(tmp_path, way):
    out = "{rule: excluded, who: {等级: 差}}\n" if way == "excluded" else ""
    text = f"""{{rule: banded, measure: 评分, bands: [{{from: 90, give: 优}}, {{from: 60, give: 良}}, {{give: 差}}], as: 等级}}
    {out}{{rule: flat, amount: {{by: 等级, 优: 200, 良: 100}}, {"" if out else way}unit: 元, as: 奖}}"""
    assert not linter.lint(load(tmp_path, text))


@pytest.mark.parametrize(
    "clauses",
    [
        "{rule: flat, amount: 50, unit: 元, who: {利润: {below: 0}}, as: 补贴}",
        "{rule: banded, measure: 利润, bands: [{below: 0, give: 亏}, {give: 盈}], as: 盈亏}",
        "{rule: flat, amount: 1, who: {评分: {at_least: 90}}, as: 升降}\n{rule: flat, amount: -1, who: {质检: {below: 60}}, as: 升降}",
        "{title: 表扬, rule: per_event, points: 3}\n{rule: total, floor: 0, as: 积分}",
        "{rule: banded, measure: 整分, bands: [{from: 80, give: 优}, {from: 60, to: 79, give: 良}, {to: 59, give: 差}], as: 等级}",
        "{rule: tiered, measure: 完成量, tiers: [{from: 0, rate: -1}, {from: 5, rate: -2}], unit: 扣减, as: 扣减}",
        """{title: 评分占50%, rule: weighted, measure: 评分, weight: 0.5}
        {title: 质检占40%, rule: weighted, measure: 质检, weight: 0.4}
        {rule: banded, measure: 接听率, bands: [{from: 0.9, give: 10}, {give: 0}]}
        {rule: total, floor: 0, cap: 100, places: 2, as: 得分}""",
        "{rule: per_record, table: 考勤, amount: 1, column: 分钟, bands: [{from: 免计分钟, give: 1}, {give: 0}], unit: 迟到, as: 迟到}",
    ],
    ids=[
        "a loss below 0",
        "bands below 0",
        "steps that add up",
        "points without a hundred",
        "bands of whole points",
        "deductions that grow",
        "weights that bands make up to 100",
        "bands with an edge of each row",
    ],
)
def test_what_looks_like_a_fault_and_is_none(tmp_path, clauses):
    head = HEAD.replace("      - 完成量:", "      - 利润: number\n      - 完成量:").replace(
        "[工号, 日期, 分钟:", "[工号, 日期, 免计分钟: number, 分钟:"
    )
    first = "{rule: rounded, measure: 评分, to: 0, as: 整分}\n" if "整分" in clauses else ""
    assert not linter.lint(load(tmp_path, first + clauses, head=head))


def test_a_shared_column_has_words_of_other_departments_too(tmp_path):
    head = HEAD.replace("岗位: text", "岗位")
    assert not linter.lint(load(tmp_path, "{rule: flat, amount: {by: 岗位, 客服: 10, 收银: 20}, unit: 元, as: 补贴}", head=head))
    [found] = linter.lint(load(tmp_path, "{rule: flat, amount: {by: 岗位, 客服: 10, 收营: 20}, unit: 元, as: 补贴}", head=head))
    assert "不会是 收营" in found.problem and found.hint == "是否指“收银”？"


def test_a_quarter_has_more_days_and_weeks_than_a_month(tmp_path):
    head = HEAD.replace("tables:", "period: quarter\ntables:", 1)
    days = (
        "{rule: tally, table: 考勤, of: days, as: 天数}\n{rule: banded, measure: 天数, bands: [{from: 60, give: 多}, {give: 少}], as: 出勤}"
    )
    weeks = "{rule: per_event, points: -2, within: week, floor_each: -2, unit: 扣减, as: 扣减}\n"
    weeks += "{rule: banded, measure: 扣减, bands: [{to: -20, give: 多}, {give: 少}], as: 迟到}"
    for clauses in (days, weeks):
        assert not linter.lint(load(tmp_path, clauses, "2026Q4", head))
        [found] = linter.lint(load(tmp_path, clauses))
        assert found.problem.startswith("没有人能落在")


def test_many_clauses_on_one_figure_are_named_once_each(tmp_path):
    clauses = [f"{{rule: banded, measure: 评分, bands: [{{from: {edge}, give: 1}}, {{give: 0}}]}}" for edge in range(1, 101)]
    found = list(doubles.check_double_measures(load(tmp_path, "\n".join([*clauses, "SCORE"]))))
    assert len({one.where for one in found}) == len(found) == 99


def test_a_long_list_of_overlapping_bands_is_one_finding(tmp_path):
    bands_ = ", ".join(f"{{from: {edge}, to: {edge + 1}, give: {edge}}}" for edge in range(100))
    [found] = bands.check_overlaps(load(tmp_path, f"{{rule: banded, measure: 评分, bands: [{bands_}], unit: 档, as: 档}}"))
    assert "共 99 处" in found.problem and "评分为 1 的人" in found.witness


@pytest.mark.parametrize("value, gives", [(70, "5"), (85, "9")])
def test_of_bands_with_one_lower_edge_the_first_counts_as_the_finding_says(tmp_path, value, gives):
    from kpi_helpers.cases import case_tables

    policy = load(tmp_path, "{rule: banded, measure: 评分, bands: [{from: 60, to: 80, give: 5}, {from: 60, to: 90, give: 9}], as: 档}")
    [found] = bands.check_overlaps(policy)
    assert "先写的一档得 5" in found.witness
    rows = {"员工": {"columns": ["工号"], "rows": [["1"]]}, "数据": {"columns": ["工号", "评分"], "rows": [["1", value]]}}
    assert str(kpi.score(policy, case_tables(policy, rows)).employees.at["1", "档"]) == gives


def test_a_policy_whose_number_changes_every_month_is_loaded_once_or_twice_for_each(tmp_path, monkeypatch):
    dated = ", ".join(f"{year}-{month:02d}: -{month}" for year in (2026, 2027) for month in range(1, 13))
    policy = load(tmp_path, f"parameters: {{扣分: {{value: {{{dated}}}, basis: S}}}}\nclauses:\n{{rule: per_event, points: $扣分}}\nSCORE")
    loaded = []
    monkeypatch.setattr(dates, "load_policy", lambda path, month: loaded.append(month) or kpi.load_policy(path, month))
    assert not linter.lint(policy)
    assert len(set(loaded)) == 14 and len(loaded) <= 28


@pytest.mark.parametrize("start", ["起分", "{by: 岗位, 客服: 100, 组长: 90}", "负分"])
def test_a_score_that_starts_from_a_figure_has_a_witness_all_the_same(tmp_path, start):
    head = HEAD.replace("      - 完成量:", "      - 起分: number\n      - 负分: {kind: number, min: -50, max: 100}\n      - 完成量:")
    up, down = "{rule: per_event, points: 3}\n", "{rule: per_event, points: -3}\n"
    for clauses in (
        f"{up}{{rule: total, start: {start}, floor: 0, places: 2, as: 得分}}",
        f"{down}{{rule: total, start: {start}, cap: 100, as: 得分}}",
    ):
        found = list(scores.check_scores(load(tmp_path, clauses, head=head)))
        assert found and all("-" not in one.witness.split("次")[0] and "∞" not in one.witness for one in found)


def test_a_tiny_addition_needs_no_long_count(tmp_path):
    [found] = scores.check_scores(
        load(tmp_path, "{rule: per_event, points: 0.000000001}\n{rule: total, start: 50, floor: 0, places: 2, as: 得分}")
    )
    assert found.problem == "“得分”可以超过 100 分，没有封顶。"


def test_filters_are_told_in_the_reader_s_words(tmp_path):
    day = "{rule: tally, table: 考勤, when: {日期: {at_least: 2026-10-20, at_most: 2026-10-10}}, as: 迟到}"
    [found] = never.check_never(load(tmp_path, day))
    assert found.problem == "when 日期 at_least 2026-10-20、日期 at_most 2026-10-10 永远不成立，这一条永远不执行。"
    weights_ = "{评分: {by: 岗位, 客服: 60, 组长: 50}, 质检: {by: 岗位, 客服: 40, 组长: 40}}"
    [found] = weights.check_weighted_means(load(tmp_path, f"{{rule: weighted_mean, weights: {weights_}, round: 2, as: 得分}}"))
    assert found.problem == "岗位 组长：2 个权重合计 90，不是 100。"
    [found] = never.check_never(load(tmp_path, "{rule: flat, amount: 3, who: {岗位: []}, unit: 津贴, as: 津贴}"))
    assert found.problem.startswith("who 岗位 in [] 永远不成立")


def test_events_that_nobody_can_record(tmp_path):
    faulty = HEAD.replace("required: [事件编号, 工号, 条款]", "required: [事件编号, 小组, 条款]")
    text = "{title: 迟到, rule: per_event, points: -2}\nSCORE"
    [found] = never.check_events(load(tmp_path, text, head=faulty))
    assert found.severity == "error" and "也计 0 次" in found.witness
    assert not linter.lint(load(tmp_path, text))


def test_a_column_without_a_largest_value_is_a_note_and_no_warning(tmp_path):
    text = "{rule: weighted_mean, weights: {评分: 60, 质检: 40}}\n{rule: total, floor: 0, places: 2, as: 得分}"
    [found] = linter.lint(load(tmp_path, text, head=HEAD.replace("评分: {kind: number, min: 0, max: 100}", "评分: number")))
    assert found.severity == "note" and "982" in found.witness
    assert not linter.lint(load(tmp_path, text))


def test_a_number_not_in_force_in_the_whole_quarter(tmp_path):
    text = """parameters: {迟到: {value: {2026-09: -2}, basis: S}}
    clauses:
    {rule: per_event, points: $迟到}
    SCORE"""
    [found] = linter.lint(load(tmp_path, text, "2026Q3"))
    assert found.severity == "warning" and "2026-07 还没有生效的值" in found.witness
    assert not linter.lint(load(tmp_path, text.replace("2026-09", "2026-01"), "2026Q3"))


def test_a_number_that_changes_in_the_midst_of_a_quarter_or_not_at_all(tmp_path):
    text = """parameters: {迟到: {value: {2026-01: -2, 2026-08: -3}, basis: S}}
    clauses:
    {rule: per_event, points: $迟到}
    SCORE"""
    quarterly = HEAD.replace("tables:", "period: quarter\ntables:", 1)
    [found] = linter.lint(load(tmp_path, text, "2026Q3", quarterly))
    assert "不是 2026Q3 的第一个月" in found.problem and "都按 -3 计" in found.witness and "2026-07" in found.hint
    assert not linter.lint(load(tmp_path, text.replace("2026-08", "2026-07"), "2026Q3", quarterly))
    assert not linter.lint(load(tmp_path, text))  # by the month it is what it says
    [same] = linter.lint(load(tmp_path, text.replace("-3}", "-2}")))
    assert same.severity == "note" and "与 2026-01 起的一样" in same.problem


def test_points_of_nothing_that_wait_or_are_one_case_of_several_are_meant(tmp_path):
    waiting = """parameters: {迟到: {value: 0, basis: S}}
    clauses:
    {rule: per_event, points: $迟到}
    SCORE"""
    assert not linter.lint(load(tmp_path, waiting))
    cases = "{rule: flat, amount: 5, who: {评分: {at_least: 60}}, as: 补}\n{rule: flat, amount: 0, who: {评分: {below: 60}}, as: 补}"
    assert not linter.lint(load(tmp_path, cases))


def test_a_deduction_beyond_a_fifth_of_the_wage_is_a_note(tmp_path):
    text = """parameters: {common.min_wage: {value: 2000, basis: S}}
    clauses:
    {title: 基本工资, rule: flat, amount: 3000, unit: 元}
    {title: 损坏赔偿扣款, rule: per_event, points: -100, floor: -700, unit: 元}
    {title: 应发工资, rule: total, unit: 元, floor: $common.min_wage, as: 应发}"""
    found = list(law.check_pay_deductions(load(tmp_path, text)))
    assert "20% 以上" in found[0].problem and "最多扣 700 元" in found[0].witness and "600 元" in found[0].witness
    assert not any("20% 以上" in one.problem for one in law.check_pay_deductions(load(tmp_path, text.replace("-700", "-600"))))


def test_a_fault_that_only_comes_with_the_numbers_of_later_months(tmp_path):
    text = """clauses:
    {rule: weighted_mean, weights: {评分: 60, 质检: {2026-01: 40, 2027-01: 50}}, round: 2, as: 得分}"""
    [found] = linter.lint(load(tmp_path, text))
    assert found.problem.startswith("2027-01 起：") and "110" in found.problem
    assert not linter.lint(load(tmp_path, text.replace("50}", "40}")))


# -- the seven -------------------------------------------------------------------------------------------------------

# policy → (severity, clause or parameter, part of the finding, why it deserves it)
SEVEN = {
    "team_pool": [
        (
            "note",
            "common.effective_from",
            "6 处",
            "the document has no date, no list of forbidden words, no owners of areas: HR has to fill them in",
        ),
        (
            "note",
            "common.min_wage",
            "900 元/月",
            "it pays a wage of 900 and 1100, below today's minimum wages, and the local one is not filled in",
        ),
        ("note", "score_cap", "101 分", "the document says 100 points and adds points; that a group can pass 100 is our reading"),
        ("note", "3b", "2026-05-31", "published by the end of the next month, which is a Sunday or a Saturday twice in 2026"),
    ],
    "three_dimension": [
        ("note", "weight_ability", "7 处", "the table of indicators is lost: weights and pay are placeholders"),
        ("warning", "5b", "2026-05、2026-10", "rating from the 1st to the 5th: all holidays in May and October"),
        ("note", "5b", "2026-04-05", "the 5th is a day off in four more months, and the document does not shift it"),
    ],
    "quarterly_standard": [
        ("note", "common.effective_from", "16 处", "the document has no number but 'one summary a week'"),
        ("warning", "4a", "1d.2 与 4a", "the survey's score counts in service quality and again in satisfaction, against one target"),
    ],
    "dawo": [
        ("note", "common.effective_from", "24 处", "all seven tables of quotas, wages and standards are lost"),
        ("note", "common.min_wage", "1800 元/月", "it pays and cuts wages, and the local minimum is not filled in"),
        ("note", "score_cap", "101 分", "additions may pass the base of 100; the document does not say"),
        ("note", "3.3d", "扣100元", "100 yuan less of the base wage for a missed quantity"),
        ("warning", "3.3d", "3.1b 与 3.3d", "one missed basic quantity: the wage in proportion, or 100 yuan less"),
        ("note", "3.4.3.4b", "4.bottom.4", "elimination list, automatic dismissal, demotion, persuasion to leave"),
    ],
    "weighted_grades": [
        ("note", "common.effective_from", "8 处", "date, target, coefficients and reward are left to HR"),
        ("note", "3.2.4", "正好 60", "以下 includes 60 by law, which 3.2.3 calls qualified"),
        ("note", "4.3", "连续三个月不合格", "dismissal after three failed months"),
    ],
    "weikang": [
        ("note", "common.effective_from", "13 处", "date, ranges of discretion, absence, window and bonus are not in the document")
    ],
    "six_dimension": [
        ("warning", "art5", "业务知识 30、服务态度 20、团队协作 15、沟通能力 15、解决问题能力 20、创新能力 10", "six parts add up to 110"),
        ("note", "rating_step", "5 处", "rewards and penalties are lost, the steps of the scale are not stated"),
    ],
}


@pytest.mark.parametrize("scheme", SEVEN)
def test_the_seven_give_only_what_they_deserve(scheme):
    period = "2026Q3" if scheme == "quarterly_standard" else "2026-10"
    found = linter.lint(kpi.load_policy(POLICIES / f"{scheme}.yaml", period))
    expected = sorted(SEVEN[scheme], key=lambda one: ["error", "warning", "note"].index(one[0]))
    told = sorted(found, key=lambda one: ["error", "warning", "note"].index(one.severity))
    assert len(found) == len(expected), list(map(str, found))
    for severity, where, part, reason in expected:
        assert any(
            one.severity == severity and one.where.endswith(f" {where}") and part in one.problem + one.witness and reason for one in told
        ), (severity, where, part)


def test_the_six_parts_name_both_ways_out():
    [found] = weights.check_maxima(kpi.load_policy(POLICIES / "six_dimension.yaml"))
    assert "6 个部分合计 110 分" in found.problem and "折算" in found.hint and "封顶" in found.hint


def test_every_policy_of_the_company_has_its_reasons_here():
    assert SEVEN.keys() == {path.stem for path in POLICIES.glob("*.yaml")}


def test_a_switch_that_ends_the_contradiction_of_weights_or_windows():
    path = POLICIES / "three_dimension.yaml"
    mended = kpi.load_policy(path, "2026-10", overrides={"window_shift_holidays": True, "weight_ability": 50})
    assert not list(dates.check_windows(mended))
    [found] = weights.check_weight_parameters(kpi.load_policy(path, "2026-10", overrides={"weight_ability": 60}))
    assert "合计 110，不是 100" in found.problem and "工作能力权重 60" in found.witness


def test_a_wage_that_no_quota_touches_has_no_two_consequences():
    path = POLICIES / "dawo.yaml"
    assert not list(contradictions.check_two_consequences(kpi.load_policy(path, "2026-10", overrides={"base_wage_quota_protected": True})))


def test_a_measure_that_no_sheet_delivers_to_a_policy_with_a_module(tmp_path):
    text = (POLICIES / "weighted_grades.yaml").read_text(encoding="utf-8")
    path = tmp_path / "weighted_grades.yaml"
    path.write_text(text.replace("measure: quality,", "measure: qualities,"), encoding="utf-8")
    [found] = figures.check_undelivered(kpi.load_policy(path, "2026-10"))
    assert found.severity == "warning" and found.where.endswith(" 2.2a") and "每个人的“qualities”都是空的" in found.witness
    path.write_text(text, encoding="utf-8")
    assert not list(figures.check_undelivered(kpi.load_policy(path, "2026-10")))


def test_a_score_that_survey_counts_once_is_no_finding():
    path = POLICIES / "quarterly_standard.yaml"
    other = kpi.load_policy(path, "2026Q3", overrides={"survey_score_in_1d": False})
    assert not list(doubles.check_double_targets(other))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_finding_has_a_place_a_witness_and_a_hint(tmp_path, lang):
    set_language(lang)
    try:
        policies = [kpi.load_policy(path) for path in POLICIES.glob("*.yaml")]
        policies += [load(tmp_path, case[2]) for case in CASES]
        found = [finding for policy in policies for finding in linter.lint(policy)]
    finally:
        set_language(None)
    assert len(found) > 80
    for one in found:
        assert one.severity in linter.SEVERITIES
        assert ".yaml" in one.where
        assert all(len(text) > 4 and "None" not in text and "Fraction(" not in text for text in (one.problem, one.witness, one.hint)), one


def test_every_check_is_in_the_list_and_in_these_cases():
    modules = (assumptions, bands, bounds, constant, contradictions, dates, doubles, figures, law, never, rounding, said, scores, turns)
    modules += (weights, words)
    written = {f for module in modules for name, f in vars(module).items() if name.startswith("check_") and f.__module__ == module.__name__}
    assert written == set(linter.CHECKS)
    by_themselves = {
        scores.check_score_readings,
        never.check_events,
        contradictions.check_two_consequences,
        dates.check_windows,
        dates.check_changes,
        doubles.check_double_targets,
        figures.check_undelivered,
        weights.check_weight_parameters,
    }
    assert written == {case[1] for case in CASES} | by_themselves


def test_where_says_line_and_clause(tmp_path):
    policy = load(tmp_path, "{rule: per_event, points: -2, cap: 10}\nSCORE")
    lines = Path(policy.path).read_text(encoding="utf-8").split("\n")
    [found] = linter.lint(policy)
    assert (
        found.where == f"试行.yaml:{lines.index(next(line for line in lines if 'cap: 10}' in line or 'cap: 10,' in line)) + 1} clauses c1"
    )


# -- the command -----------------------------------------------------------------------------------------------------


def check(capsys, *words):
    code = command.main(["check", *map(str, words)])
    return code, capsys.readouterr().out


def test_check_prints_groups_and_counts_and_fails_for_errors_only(capsys, tmp_path):
    code, out = check(capsys, POLICIES / "dawo.yaml")
    assert code == 0 and out.index("警告") < out.index("提示") and "0 个错误，1 个警告，5 个提示" in out
    code, out = check(capsys, write(tmp_path, "{rule: per_event, points: -2, cap: -10}\nSCORE"))
    assert code == 1 and "✗" in out and "错误" in out and "1 个错误，0 个警告，0 个提示" in out
    code, out = check(capsys, write(tmp_path, "{rule: per_evnt, points: -2}"))
    assert code == 1 and "是否指“per_event”" in out and "1 个错误，0 个警告，0 个提示" in out


def test_check_of_everything_counts_the_notes_and_shows_them_when_asked(capsys):
    code, out = check(capsys)
    assert code == 0 and "达沃" in out and "5 个提示（加 --notes 显示提示）" in out and "法律风险" not in out and "3.1b 与 3.3d" in out
    code, out = check(capsys, "--notes")
    assert code == 0 and "法律风险" in out and "加 --notes" not in out


def test_the_ranges_know_every_shared_rule():
    from kpi_helpers import rules
    from kpi_helpers.lint.giving import Giving

    of_their_own = {"total", "section", "forfeited"}
    assert {name for name in rules.__all__ if not hasattr(Giving, f"_{name}")} == of_their_own


def test_the_ranges_hold_whatever_the_examples_of_the_guide_give():
    guide = pytest.importorskip("make_guide")
    seen = 0
    for example in [one for folder in ("rules", "recipes") for one in guide.examples(folder).values() if "policy" in one]:
        result = guide.run(example)
        ranges = Model(result.policy, None, -inf)
        frames = {"employee": result.employees, "group": result.groups, "department": result.department}
        for (per, name), span in ranges.figures.items():
            for value in frames[per].get(name, []):
                if isinstance(value, str):
                    assert span.words is None or value in span.words, (name, value)
                elif isinstance(value, Fraction):
                    assert span.low <= value <= span.high and not (span.step and value % span.step), (name, value, span)
                    seen += 1
    assert seen > 200
