"""Random months of the seven policies: small, and near every edge."""

from random_months import dawo, quarterly_standard, six_dimension, team_pool, three_dimension, weighted_grades, weikang
from random_months.month import Dice, Month

__all__ = ["MONTHS", "Dice", "Month"]
MONTHS = {
    maker.__name__.removeprefix("random_months."): maker.month
    for maker in (dawo, quarterly_standard, six_dimension, team_pool, three_dimension, weighted_grades, weikang)
}
