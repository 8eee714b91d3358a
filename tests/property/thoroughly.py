"""How much is tried: a part in a usual run, all of it where LAYOUTPLAN_THOROUGH is set.

CONTRIBUTING tells the command.
"""

import os
from math import ceil

THOROUGH = bool(os.environ.get("LAYOUTPLAN_THOROUGH"))

PART = 3
"""One of so many examples is tried in a usual run."""


def examples(number):
    return number if THOROUGH else ceil(number / PART)


def villages(many, *, few):
    return many if THOROUGH else few
