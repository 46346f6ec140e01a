"""达沃, careers: ledgers that balance under every reading, commissions that reverse, numbers of customers that nobody sees."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_dawo import run, sample

from kpi_helpers.cases import plain
from kpi_helpers.errors import PolicyError
from kpi_helpers.ledger import check_balance
from kpi_helpers.numbers import half_up
from kpi_helpers.policy_file import find_policy, load_policy
from kpi_helpers.report.decisions import proposals
from kpi_helpers.report.views import View

READINGS = [
    {"bottom_quarter_score": "last_month", "bottom_mode": "last_ranked", "bottom_exit": "manual"},
    {"quarter_reward_condition": "basic_only", "suggestion_points_and_money": "points_only"},
    {"quarter_reward_condition": "basic_incentive_score90", "star_month_decider": "gm_office", "star_points_month": "award_month"},
    {"commission_basis": "full_payment_only"},
    {"commission_rounding": "per_receipt", "lead_reassign_ownership": "first_entry", "lead_tie": "manual"},
    {"lead_scope": "company", "lead_key": "phone", "lead_admin_role": "supervisor", "mask_customer_data": False},
    {"regularise_anchor": "natural_quarter", "first_month_counts": "never", "level_effective": "next_month"},
    {"star_early_regularisation": "automatic", "common.termination_action": "none", "fast_promotion_months": 1},
    {"dividend_enabled": True, "dividend_rounding": "largest_remainder", "dividend_leavers": "pro_rata"},
]


@pytest.mark.parametrize("reading", READINGS, ids=" ".join)
def test_pay_is_the_sum_of_its_ledger_lines(reading):
    inputs = sample("2026-09") | {
        "finance_year": {"columns": ["year", "total_profit"], "rows": [[2026, 77777.77]]},
        "contributions": {"columns": ["employee_id", "sum_scores"], "rows": [["004", 1100], ["005", 1000], ["006", 999]]},
    }
    result = run(inputs, "2026-09", **reading)
    check_balance(result, "score", "分")
    check_balance(result, "total", "元")
    assert not result.employees["total"].isna().all()


def test_rewards_and_commission_are_lines_of_their_own_with_their_cells():
    result = run(sample("2026-09"), "2026-09")
    lines = result.ledger[(result.ledger["employee_id"] == "006") & result.ledger["clause"].isin(["7.1", "7.4b", "8.2b"])]
    assert list(lines["clause"]) == ["7.1", "7.4b", "8.2b"]
    assert list(lines["value"])[:2] == [200, 200]
    assert [text.partition("!")[0] for text in lines["evidence"]] == ["季度各月", "服务之星决定", "到款"]
    assert result.employees.loc["006", "rewards"] == 400


amounts = st.lists(st.integers(1, 400_000), min_size=1, max_size=6)


@settings(max_examples=20, deadline=None)
@given(amounts, st.integers(0, 10**8), st.randoms(use_true_random=False))
def test_an_invoice_fully_refunded_leaves_no_commission(fen, profit, random):
    # paid in any parts it is 8 % of the profit; refunded in any other parts it is 0 again
    back = random.sample(fen, len(fen))
    changes = [Fraction(one, 100) for one in fen] + [Fraction(-one, 100) for one in back]
    inputs = {
        "deals": {
            "columns": ["deal_id", "owner", "profit", "contract_amount"],
            "rows": [["D1", "A", Fraction(profit, 100), Fraction(sum(fen), 100)]],
        },
        "receipts": {
            "columns": ["deal_id", "received_on", "received_amount"],
            "rows": [["D1", date(2026, 1, 1) + timedelta(days=n), change] for n, change in enumerate(changes)],
        },
    }
    given_out = list(run(inputs, None).tables["commission_ledger"]["commission"])
    assert sum(given_out[: len(fen)]) == half_up(Fraction(profit, 100) * Fraction("0.08"))
    assert sum(given_out) == 0


def test_no_number_of_a_customer_reaches_a_reader():
    inputs = sample("2026-10")
    phones = {row[inputs["leads"]["columns"].index("phone")] for row in inputs["leads"]["rows"]}
    result = run(inputs)
    view = View(result)
    shown = [*view.others(), view.people(), view.ledger_grid(), proposals(view), view.refused()]
    text = " ".join(str(grid.rows) for grid in shown)
    assert not [phone for phone in phones if phone in text]
    assert "138****" in text


def test_the_month_of_the_run_before_a_trial_starts_is_no_month_of_another_one():
    numbers = {"talk_minutes": 2600, "quota_talk": 2400, "calls": 2100, "quota_calls": 2000, "new_members": 26, "target": 25}
    newcomer = [["004", number, f"2026-{7 + number:02d}", *numbers.values()] for number in (1, 2, 3)]
    later = ["005", 1, "2026-11", *numbers.values()]

    def window(rows):
        columns = ["employee_id", "month_no", "month", *numbers]
        return plain(run(sample("2026-10") | {"trial_months": {"columns": columns, "rows": rows}}).tables["trial_windows"])

    assert window([*newcomer, later]) == window(newcomer) != []


def test_the_same_tables_can_be_scored_again():
    # a what-if scores one set of tables many times: nothing that is refused or shared may stay behind
    inputs = sample("2026-09")
    assert plain(run(inputs, "2026-09").tables) == plain(run(inputs, "2026-09").tables)


@pytest.mark.parametrize("month", [None, "2026-10", "2026Q3", "2026"])
def test_without_any_data_nothing_fails(month):
    result = run({}, month)
    assert not len(result.employees)
    assert not len(result.flags)


def test_the_end_of_a_quarter_names_months_without_scores_and_people_without_months():
    # A was there all along, B since February, C has left, S is no 专员; A's January and B's March are there
    inputs = {
        "employees": {
            "columns": ["employee_id", "role", "hire_date", "leave_date"],
            "rows": [["A", "specialist", None, None], ["B", "specialist", "2024-02-20", None]]
            + [["C", "specialist", None, "2024-03-30"], ["S", "supervisor", None, None]],
        }
    }
    scores = {"columns": ["employee_id", "month", "score"], "rows": [["A", "2024-01", 90], ["B", "2024-03", 90]]}

    def named(month, **more):
        flags = run(inputs | more, month).flags
        return {
            name: plain(flags[flags["flag"] == name]["detail"].iloc[0])
            for name in flags["flag"]
            if name.endswith("months_missing") or "scores" in name
        }

    # of the quarter's reward nothing is known of A, the only one with quotas all the quarter
    assert named("2024-03") == {"month_scores_missing": {"2024-01": 1, "2024-02": 2, "2024-03": 2}, "quarter_months_missing": {"2024Q1": 1}}
    # this month's score comes from the run itself for people of the sheet
    assert named("2024-03", month_scores=scores)["month_scores_missing"] == {"2024-02": 2}
    assert named("2024-02") == {}


@pytest.mark.parametrize(
    "reading, row, lacking",
    [({"dividend_scope": "department"}, ["A", 1000, 1], ["分红池"]), ({"dividend_contribution": "table"}, ["A", 1000, None], ["A"])],
)
def test_a_dividend_that_cannot_be_reckoned_is_named(reading, row, lacking):
    inputs = {
        "finance_year": {"columns": ["year", "total_profit"], "rows": [[2024, 100000]]},
        "contributions": {"columns": ["employee_id", "sum_scores", "contribution"], "rows": [row]},
    }
    flags = run(inputs, "2024-12", dividend_enabled=True, **reading).flags
    assert list(flags[flags["flag"] == "dividend_open"]["detail"]) == [lacking]
    assert "dividend_open" not in set(run(inputs, "2024-12", **reading).flags["flag"])


def test_reviews_carry_their_evidence_and_the_legal_risk():
    result = run(sample("2026-09"), "2026-09")
    reviews = result.flags[result.flags["flag"].isin(["tail_end", "fewest_members"])]
    assert set(reviews["flag"]) == {"tail_end", "fewest_members"}
    assert reviews["note"].str.contains("不是合法解除理由").all()
    assert reviews["detail"].notna().all()


@pytest.mark.parametrize(
    "name, value",
    [
        ("bottom_mode", "last"),
        ("commission_basis", "on_invoice"),
        ("commission_rate", 1.5),
        ("star_tie", "first"),
        ("lead_key", "name"),
        ("regularise_standard", {"talks": 1}),
        ("regularise_standard", {}),
        ("early_regularisation", {}),
        ("early_regularisation", {"grade": 90}),
    ],
)
def test_an_unknown_reading_is_refused(name, value):
    with pytest.raises(PolicyError):
        load_policy(find_policy("dawo"), "2026-10", {name: value})
