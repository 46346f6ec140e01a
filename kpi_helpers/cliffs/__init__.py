"""门槛与临界: the edges of a policy, who stands near them, what a little more would bring, and which number moves the total most."""

from kpi_helpers.cliffs.nudges import Change as Change
from kpi_helpers.cliffs.nudges import nudged as nudged
from kpi_helpers.cliffs.standing import Near as Near
from kpi_helpers.cliffs.standing import Stand as Stand
from kpi_helpers.cliffs.standing import ahead as ahead
from kpi_helpers.cliffs.standing import near as near
from kpi_helpers.cliffs.standing import step_of as step_of
from kpi_helpers.cliffs.swings import Swing as Swing
from kpi_helpers.cliffs.swings import Tornado as Tornado
from kpi_helpers.cliffs.swings import tornado as tornado
from kpi_helpers.cliffs.swings import worth_trying as worth_trying
from kpi_helpers.thresholds import Threshold as Threshold
from kpi_helpers.thresholds import thresholds as thresholds
