"""Balance between schools: what each has per pupil, how unequal that is, what would help."""

from layoutplan.balance.after import stock_after, stock_merged
from layoutplan.balance.assessments import basic_2012, quality_2017
from layoutplan.balance.gaps import gaps
from layoutplan.balance.moving import Moves, move_resources
from layoutplan.balance.noun import Balance
from layoutplan.balance.pairing import Pairs, pair_schools
from layoutplan.balance.posts import posts
from layoutplan.balance.stock import Stock, stock_of
from layoutplan.balance.variation import Variation, variation

__all__ = [
    "Balance",
    "Moves",
    "Pairs",
    "Stock",
    "Variation",
    "basic_2012",
    "gaps",
    "move_resources",
    "pair_schools",
    "posts",
    "quality_2017",
    "stock_after",
    "stock_merged",
    "stock_of",
    "variation",
]
