"""复核: what clauses that may end or lower an employment do here: a case for people to review, with a note of the law, never an action."""

from __future__ import annotations

from typing import Literal

from kpi_helpers.language import say

Action = Literal["review_flag_only"] | None  # common.termination_action: a review case, or not even that


def legal_note() -> str:
    """What every review of a termination clause says (spec 0.9)."""
    return say(
        "末位或未达标本身不是合法解除理由，须先培训或调岗，由人事与法务复核。",
        "Ranking or targets alone are no lawful ground to dismiss; training or a transfer comes first, HR and counsel review.",
    )
