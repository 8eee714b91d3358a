"""No threshold in the code: what a county is held to stands in a profile of standards.

Every number written in the rooms that judge and plan is compared with the numbers of all
profiles. One that is equal to a standard is refused unless the place where it stands
shows that it is something else.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from layoutplan.standards import standards
from layoutplan.standards.load import names

PACKAGE = Path(__file__).parents[2] / "layoutplan"

ROOMS = (
    "model", "assessment", "balance", "gates", "measures", "catchments", "plan", "explain",
    "supervision",
    "projection",
)  # fmt: skip

ANYWHERE = {0, 1, 2, -1}
"""Nothing, one, a pair, the last: counting, not judging."""

CONVERSIONS = {100, 1000, 60}
"""Percent, metres to kilometres, minutes to hours, where something is multiplied or divided."""

DECLARED = {
    ("model/answer.py", "_CENT"): ({0.01}, "what counts as rounding of money"),
    ("model/answer.py", "answer_of"): ({0.5}, "halfway between 0 and 1"),
    ("model/columns.py", "full"): ({3}, "how many kinds of variables stand in a row"),
    ("model/local.py", "_WAYS_KEPT"): ({6}, "flows that a small model has for a group"),
    ("model/local.py", "_NODES"): ({3000}, "counted work of a search"),
    ("model/near.py", "NEAREST"): ({8}, "sites that a small model has"),
    ("model/near.py", "max"): ({0.95}, "share of the time to search in"),
    ("model/near.py", "_BOUND_SECONDS"): ({4}, "seconds for a bound"),
    ("model/part.py", "_LISTEN"): ({0.1}, "seconds between two looks at a thread"),
    ("model/part.py", "_PATIENCE"): ({0.2}, "share of its time by which the solver may be late"),
    ("model/part.py", "_GRACE"): ({3}, "seconds by which the solver may be late"),
    ("model/every_year.py", "_CENT"): ({0.01}, "yuan that are rounding"),
    ("model/every_year.py", "_LEAST_SECONDS"): ({10}, "seconds for one step"),
    ("model/shares.py", "_WIDER"): ({6}, "rounds of the search"),
    ("model/shares.py", "_SEARCHES"): ({4}, "rounds of the search"),
    ("model/shares.py", "_CENT"): ({0.01}, "what counts as rounding of money"),
    ("model/first.py", "_FEW_SHARE"): ({0.5}, "part of the model that is worth its time"),
    ("explain/what_if.py", "_SEARCH"): ({0.95}, "share of the time to search in"),
    ("explain/what_if.py", "_LEAST"): ({0.5}, "share of the time to search in"),
    ("model/tight.py", "_PATIENCE"): ({1.5}, "seconds between two questions whether to stop"),
    ("model/first.py", "SEARCHES"): ({0.05, 0.5}, "shares of a relaxation and of the time"),
    ("model/far.py", "_MORE"): ({8}, "flows that a group gets at a time"),
    ("model/far.py", "_CENT"): ({0.01}, "what counts as rounding of money"),
    ("model/near.py", "_WIDER"): ({3}, "rounds of the search"),
    ("model/solve.py", "_WIDER"): ({6}, "rounds of the search"),
    ("model/solve.py", "STEPS"): ({9}, "steps that progress is told in"),
    ("model/solve.py", "_DIRECT_SITES"): ({40}, "size of a model that is solved as it stands"),
    ("model/solve.py", "time_limit"): ({60}, "seconds of search where none are asked for"),
    ("model/solve.py", "end"): ({0.95}, "share of the time to search in"),
    ("model/transport.py", "_RARE_SECONDS"): ({20}, "seconds for one step"),
    ("model/transport.py", "taught"): ({0.5}, "halfway between 0 and 1"),
    ("model/transport.py", "open_sites"): ({0.5}, "halfway between 0 and 1"),
    ("model/whole.py", "_ROUNDING_NODES"): ({20_000}, "counted work of a search"),
    ("model/whole.py", "_NEIGHBOURS"): ({3, 5, 7}, "sites that a small model has"),
    ("model/whole.py", "_FLOWS_OF_PARTED"): ({12}, "flows that a small model has for a group"),
    ("model/whole.py", "_FLOWS_OF_SMALL"): ({4}, "flows that a small model has for a group"),
    ("model/whole.py", "_SMALL_GROUP"): ({8}, "pupils of a group that may fill what is left"),
    ("model/whole.py", "_TIGHT"): ({40}, "places free where a site counts as full"),
    ("model/whole.py", "where"): ({0.5}, "halfway between none and a group"),
    ("plan/propose.py", "time_limit"): ({60}, "seconds of search where none are asked for"),
    ("assessment/access.py", "MOST"): ({0.95}, "the indicator is the 95th percentile"),
    ("assessment/access.py", "WORST_OFF"): ({0.1}, "the indicator is the worst-off tenth"),
    ("assessment/inequality.py", "TOP"): ({0.1}, "the Palma ratio's top tenth"),
    ("assessment/inequality.py", "BOTTOM"): ({0.4}, "the Palma ratio's bottom four tenths"),
    ("assessment/worded.py", "DECIMALS"): ({3}, "decimals shown"),
    ("assessment/selections.py", "_ZONES"): ({3}, "names of zones, whose widths are standards"),
    ("balance/indicators.py", "QUALITY"): (
        {100},
        "indicators per hundred pupils, as they are named",
    ),
    ("balance/indicators.py", "BASIC"): ({100}, "indicators per hundred pupils, as they are named"),
    ("balance/pairing.py", "_FIRST"): ({1000}, "a weight that outweighs all others"),
    ("balance/raising.py", "_NODES"): ({20_000}, "counted work of a search"),
    ("balance/routing.py", "_FAR"): ({10}, "so many times the longest way, to be taken last"),
    ("balance/worded.py", "_PLAIN"): ({4}, "decimals shown"),
    ("balance/school_values.py", "floor"): ({0.5}, "halves are rounded upwards"),
    ("explain/alternatives.py", "k"): ({3}, "how many plans where no number is asked for"),
    ("explain/alternatives.py", "differ"): ({4}, "sites where no number is asked for"),
    ("explain/cures.py", "_HALVINGS"): ({5}, "counted work of a search"),
    ("explain/examine.py", "_AGAIN"): ({3}, "cures tried again"),
    ("explain/frontier.py", "_CENT"): ({0.01}, "what counts as rounding of money"),
    ("explain/why_site.py", "_CENT"): ({0.01}, "what counts as rounding of money"),
    ("explain/why_village.py", "_TOLD"): ({4}, "schools told of"),
    ("explain/alternatives.py", "time_limit"): ({60}, "seconds where none are asked for"),
    ("explain/alternatives.py", "_EACH"): ({3}, "sites that are tried"),
    ("explain/alternatives.py", "_PRICING"): ({0.4}, "share of the time for one step"),
    ("explain/alternatives.py", "_NEAR"): ({0.5}, "share of the time for one step"),
    ("explain/frontier.py", "_LARGE"): ({40}, "sites of a large county, to save work"),
    ("explain/frontier.py", "_FIRST"): ({0.4}, "share of the time for one step"),
    ("model/near.py", "_LEAST_SECONDS"): ({0.5}, "seconds for one step"),
    ("model/near.py", "solve_near"): ({0.5}, "share of the time for one step"),
    ("model/single.py", "_AROUND"): ({5}, "sites that a small model has"),
    ("model/single.py", "_NODES"): ({300}, "counted work of a search"),
    ("model/single.py", "_CENT"): ({0.01}, "what counts as rounding of money"),
    ("model/solve.py", "_SHARES_TIME"): ({0.75}, "share of the time for one step"),
    ("model/solve.py", "_TODAY_TIME"): ({0.4}, "share of the time for one step"),
    ("model/solve.py", "_SINGLE_FIRST"): ({0.8}, "share of the time for one step"),
    ("model/transport.py", "_LEVEL_TIMES"): ({1.5}, "times the time that one step has taken"),
    ("model/whole.py", "_PRICES_TIME"): ({0.2}, "share of the time for one step"),
    ("plan/question.py", "max"): ({0.5}, "share of the time that the search has at least"),
    ("model/again.py", "_SENDING"): ({0.4}, "share of the time for one step"),
    ("model/again.py", "_ROUNDING"): ({0.2}, "share of the time for one step"),
    ("model/again.py", "solve_again"): ({0.95}, "share of the time to search in"),
    ("model/apart.py", "_PRICING"): ({0.5}, "share of the time for one step"),
    ("model/apart.py", "_CENT"): ({0.01}, "what counts as rounding of money"),
    ("model/apart.py", "_TRIES"): ({3}, "sets of sites that are tried"),
    ("model/apart.py", "_cheapest"): ({0.5}, "halfway between 0 and 1"),
    ("model/apart.py", "end"): ({0.95}, "share of the time to search in"),
    ("model/contiguous.py", "_NODES"): ({3000}, "counted work of a search"),
    ("model/contiguous.py", "_SEARCHED"): ({4}, "sites that a small model has"),
    ("model/contiguous.py", "_ROUNDS"): ({10}, "rounds of cuts"),
    ("model/contiguous.py", "_CENT"): ({0.01}, "what counts as rounding of money"),
    ("model/contiguous.py", "_NEIGHBOURS"): ({3, 7}, "sites that a small model has"),
    ("model/solve.py", "_CONNECTED_TIME"): ({0.4}, "share of the time for one step"),
    ("model/solve.py", "_connected"): ({0.95}, "share of the time to search in"),
    ("explain/frontier.py", "points"): ({8}, "plans where no number is asked for"),
    ("explain/near.py", "WIDER_SECONDS"): ({7}, "seconds of search near several sites"),
    ("explain/examine.py", "_LARGE"): ({40}, "sites of a large county, to save work"),
    ("explain/examine.py", "_AROUND"): ({4}, "sites near the breaches"),
    ("explain/breaches.py", "_MOSTLY"): ({0.9}, "what counts as all but removed"),
    ("explain/causes.py", "time_limit"): ({60}, "seconds of search where none are asked for"),
    ("explain/causes_noun.py", "_SHOWN"): ({5}, "names told in a sentence"),
    ("explain/cures.py", "_MOST"): ({6}, "sites tried for a cure"),
    ("explain/examine.py", "_QUICK"): ({0.1}, "share of the time for one answer"),
    ("explain/frontier.py", "_DEAR"): ({20}, "a price that outweighs all others"),
    ("explain/question.py", "_STRICT"): ({20}, "a price that outweighs all others"),
    ("explain/relaxations.py", "_FEW"): ({20}, "schools of a small county, to save work"),
    ("explain/sites_and_ways.py", "_NEAR"): ({5}, "villages tried as the other end of a road"),
    ("explain/told.py", "_SMALL"): ({100}, "numbers told with a decimal"),
    ("explain/trials.py", "_LEAST"): ({0.5}, "seconds below which nothing is asked"),
    ("explain/what_if.py", "NEAREST"): ({8}, "schools looked at as receivers"),
    ("explain/what_if.py", "time_limit"): ({20}, "seconds of search where none are asked for"),
    ("explain/why.py", "time_limit"): ({20}, "seconds of search where none are asked for"),
    ("explain/why_site.py", "_SHOWN"): ({3}, "terms told in a sentence"),
    ("explain/why_village.py", "_MOST"): ({10}, "schools listed"),
    ("supervision/ledger.py", "_COUNTER"): ({24}, "where SQLite counts changes"),
    ("supervision/listed.py", "_NOTICE_DIGITS"): ({3}, "digits of a number"),
    ("supervision/periods.py", "_MONTHS"): ({3, 6}, "months of a quarter and a half-year"),
    ("supervision/periods.py", "_YEAR"): ({12}, "months of a year"),
    ("supervision/ranking.py", "_DECIMALS"): ({9}, "decimals that shares are compared with"),
    ("supervision/recording.py", "_DIGITS"): ({4}, "digits of a number"),
    ("supervision/store.py", "WAIT"): ({10}, "seconds to wait for another writer"),
    ("projection/backtest.py", "ahead"): ({6}, "years where no number is asked for"),
    ("projection/births.py", "CENTURY"): ({100}, "years that can only be slips of the pen"),
    ("projection/catchments_ahead.py", "axis"): ({4}, "the axis of an array"),
    ("projection/cohorts.py", "of_age"): ({12}, "months of a year"),
    ("projection/grades.py", "ENTRY_AGE"): ({6}, "what grade 1 is: the law, article 11"),
    ("projection/project.py", "years"): ({10}, "years where no number is asked for"),
    ("projection/project.py", "round"): ({6}, "decimals that rounding error does not reach"),
    ("projection/warning.py", "round"): ({6}, "decimals that rounding error does not reach"),
    ("projection/warning.py", "axis"): ({3}, "the axis of an array"),
}
"""Numbers that happen to equal a standard: file and name, the numbers, what they are."""


class Written(NamedTuple):
    """A number written in code."""

    value: float
    line: int
    name: str


def thresholds() -> dict[float, list[str]]:
    """Give the ids of the standards by their numbers."""
    found: dict[float, list[str]] = {}
    for profile in names():
        for standard in standards(profile).values():
            found.setdefault(standard.value, []).append(standard.id)
    return found


def written(tree: ast.Module) -> Iterator[Written]:
    """Go through the numbers of a file that are neither indices nor conversions."""
    above = {inner: outer for outer in ast.walk(tree) for inner in ast.iter_child_nodes(outer)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or isinstance(node.value, (bool, complex)):
            continue
        if isinstance(node.value, (int, float)):
            signed, value = node, float(node.value)
            if isinstance(above[node], ast.UnaryOp) and isinstance(above[node].op, ast.USub):
                signed, value = above[node], -value
            if value not in ANYWHERE and not harmless(signed, value, above):
                yield Written(value, node.lineno, name_of(signed, above))


def harmless(node: ast.AST, value: float, above: dict[ast.AST, ast.AST]) -> bool:
    """Tell an index, a number of names or rounds, a power or a conversion of units."""
    outer = above[node]
    if isinstance(outer, ast.Call) and ast.unparse(outer.func) == "range":
        return len(outer.args) == 1
    if isinstance(outer, ast.Subscript | ast.Slice):
        return True
    if not isinstance(outer, ast.BinOp):
        return False
    if isinstance(outer.op, ast.Pow):
        return True
    return isinstance(outer.op, ast.Mult | ast.Div) and value in CONVERSIONS


def name_of(node: ast.AST, above: dict[ast.AST, ast.AST]) -> str:
    """Give the name that a number is written under: constant, argument, call or function."""
    called = ""
    while node in above:
        inner, node = node, above[node]
        if isinstance(node, ast.keyword) and node.arg and not called:
            called = node.arg
        elif isinstance(node, ast.Call) and inner in node.args and not called:
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        elif isinstance(node, ast.arguments):
            return argument_of(inner, node)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(above[node], ast.Module):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            return ast.unparse(target)
        elif isinstance(node, ast.FunctionDef):
            return called or node.name
    return called


def argument_of(default: ast.AST, given: ast.arguments) -> str:
    positional = [*given.posonlyargs, *given.args]
    pairs = [
        *zip(positional[len(positional) - len(given.defaults) :], given.defaults, strict=True),
        *zip(given.kwonlyargs, given.kw_defaults, strict=True),
    ]
    return next(argument.arg for argument, value in pairs if value is default)


def found_in(source: str, file: str, known: dict[float, list[str]]) -> list[tuple[str, str]]:
    """Give the file, line and number of everything that could be a threshold, and its name."""
    found = []
    for number in written(ast.parse(source)):
        declared, _ = DECLARED.get((file, number.name), (set(), ""))
        if number.value in known and number.value not in declared:
            ids = ", ".join(known[number.value][:3])
            where = f"{file}:{number.line}: {number.value:g} in {number.name} is also {ids}"
            found.append((number.name, where))
    return found


def files() -> list[Path]:
    return [
        path
        for room in ROOMS
        for path in (sorted((PACKAGE / room).rglob("*.py")) or [PACKAGE / f"{room}.py"])
        if path.exists()
    ]


@pytest.fixture(scope="module")
def known():
    return thresholds()


@pytest.mark.parametrize("path", files(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_no_number_in_the_code_is_a_threshold(path, known):
    file = path.relative_to(PACKAGE).as_posix()
    found = [where for _, where in found_in(path.read_text(encoding="utf-8"), file, known)]
    assert found == [], "put it into a profile of standards, or say in DECLARED what it is"


def test_what_is_declared_is_there(known):
    seen = {
        (path.relative_to(PACKAGE).as_posix(), number.name, number.value)
        for path in files()
        for number in written(ast.parse(path.read_text(encoding="utf-8")))
    }
    stale = [
        (file, name, value)
        for (file, name), (values, reason) in DECLARED.items()
        for value in values
        if (file, name, float(value)) not in seen or not reason or value not in known
    ]
    assert stale == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("def late(minutes):\n    return minutes > 30\n", "late"),
        ("LIMIT = 45\n", "LIMIT"),
        ("LIMIT: Final = {'primary': 45}\n", "LIMIT"),
        ("def big(pupils, most=2000):\n    return pupils > most\n", "most"),
        ("def big(pupils, *, most=2_000.0):\n    return pupils > most\n", "most"),
        ("def far(x):\n    return np.where(x > 2, x.clip(upper=56), 0)\n", "upper"),
        ("def far(x):\n    return x.clip(0, 66)\n", "clip"),
        ("def share(x):\n    return x <= 0.05\n", "share"),
        ("class A:\n    def share(self, x):\n        return x * 0.85\n", "share"),
        ("def small(x):\n    return x < 100\n", "small"),
        ("def hour(x):\n    return x + 60\n", "hour"),
        ("x = lambda pupils: pupils >= 50\n", "x"),
        ("_STEPS = 50\n", "_STEPS"),
        ("A, B = 0.65, 0.55\n", "(A, B)"),
        ("AGES = range(12, 45)\n", "AGES"),
    ],
)
def test_a_threshold_in_the_code_is_found(source, name, known):
    found = found_in(source, "model/solve.py", known)
    assert {seen for seen, _ in found} == {name}
    where = found[0][1]
    assert where.startswith("model/solve.py:")


@pytest.mark.parametrize(
    "source",
    [
        "def first(x):\n    return x[3], x[5:6], x[-1]\n",
        "def percent(x):\n    return 100 * x / 60\n",
        "_BYTES = 2**20\n",
        "A, B, C = range(3)\n",
        "def none(x):\n    return x > 0 or x < -1\n",
        "STEPS = 9\n",
        "def odd(x):\n    return x > 31.4159\n",
    ],
)
def test_what_is_no_threshold_is_let_be(source, known):
    assert found_in(source, "model/solve.py", known) == []
