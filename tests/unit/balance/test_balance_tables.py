"""Tables of a balance as declared, in words, of rows in any order."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import layoutplan as lp
from layoutplan import balance as b
from layoutplan.balance.columns import BALANCE_TABLES, INDICATORS, LEFT_OUT, SCHOOLS, TOWNSHIPS
from layoutplan.balance.counted import REASONS
from layoutplan.balance.indicators import BASIC, QUALITY, RESOURCES
from layoutplan.balance.rulebook import QUALITY_2017, rulebook, school_rule
from layoutplan.balance.school_values import half_up
from layoutplan.balance.stock import AMOUNTS
from layoutplan.words import LANGUAGES, catalogue


@pytest.fixture(scope="module", name="done")
def _done(small):
    return {f.__name__: f(small) for f in (b.basic_2012, b.quality_2017)}


class TestTables:
    @pytest.mark.parametrize("name", ["basic_2012", "quality_2017"])
    def test_tables_keep_their_declaration(self, done, name):
        for table, declared in (
            ("schools", SCHOOLS), ("indicators", INDICATORS), ("townships", TOWNSHIPS),
            ("left_out", LEFT_OUT),
        ):  # fmt: skip
            columns = list(done[name].tables[table].columns)
            wanted = [c.name for c in declared.columns]
            assert columns == [c for c in wanted if c in columns], table
            assert not set(columns) - set(wanted)

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_every_code_has_words(self, done, lang):
        words = catalogue(lang)
        for m in (*BASIC, *QUALITY):
            assert words[f"balance.indicator.{m.name}"]
            assert words[f"unit.{m.unit}"]
        for resource in RESOURCES:
            assert words[f"balance.resource.{resource}"]
        for reason in REASONS:
            assert words[f"balance.reason.{reason}"]
            assert words[f"assessment.reason.balance_{reason}"]
            assert words[f"finding.balance_left_out_{reason}.what"]
        for balance in done.values():
            for table in ("schools", "indicators", "townships", "left_out"):
                shown = balance.words(table, lang=lang)
                assert len(shown) == len(balance.tables[table])
                assert not any("_" in str(c) for c in shown.columns)
            assert len(balance.findings_table(lang=lang)) == len(balance.findings)

    def test_headings_are_complete_and_differ(self):
        for table in BALANCE_TABLES.values():
            for lang in LANGUAGES:
                headings = [getattr(c, lang) for c in table.columns]
                assert all(headings)
                assert len(set(headings)) == len(headings), table.name

    def test_nothing_done_to_a_table_changes_the_balance(self, done):
        schools = done["quality_2017"].schools
        schools["met"] = "yes"
        assert "no" in set(done["quality_2017"].schools["met"])

    def test_names_from_files_are_escaped(self, make):
        stock = replace(make({"A": (100, {})}), name="<script>x</script>")
        assert "<script>" not in b.quality_2017(stock)._repr_html_()

    def test_the_order_of_rows_changes_nothing(self, small):
        mixed = small.schools.sample(frac=1, random_state=3)
        other = replace(small, tables={**small.tables, "schools": mixed})
        for assess in (b.basic_2012, b.quality_2017):
            one, two = assess(small), assess(other)
            for name in one.tables:
                pd.testing.assert_frame_equal(one.tables[name], two.tables[name])

    def test_the_made_up_county_is_plausible(self):
        done = b.quality_2017(lp.example.county(seed=1))
        rows = done.indicators[done.indicators["indicator"].ne("composite")]
        assert rows["cv"].between(0.15, 0.6).all()
        share = done.schools["met"].eq("yes").mean()
        assert 0.02 < share < 0.6
        schools = done.schools[done.schools["stage"].eq("primary")]
        small, large = schools["pupils"].lt(200), schools["pupils"].gt(1000)
        area = schools["teaching_area_m2_per_pupil"]
        assert area[small].mean() > 1.3 * area[large].mean()

    def test_rules_agree_with_the_floors_that_were_published(self):
        rules = rulebook(QUALITY_2017)
        for stage in ("primary", "junior"):
            rule = school_rule(rules, stage)
            assert (rule.least, rule.floor, len(rule.wanted)) == (6, 0.85, 7)

    def test_half_up(self):
        given = np.array([0.5, 1.5, 2.5, 0.4999, np.nan])
        assert half_up(given, 0)[:4].tolist() == [1, 2, 3, 0]
        assert np.isnan(half_up(given, 0)[4])

    def test_amounts_are_columns_of_the_schools_table(self):
        from layoutplan.tables import SCHOOLS as DECLARED

        assert all(a in DECLARED for a in AMOUNTS)
