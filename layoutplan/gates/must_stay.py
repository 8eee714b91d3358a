"""MustKeep: the schools that must stay, who depends on them, and why, in words."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import pandas as pd

from layoutplan.frozen_tables import FrozenTables
from layoutplan.gates.check import named, sources, status_of
from layoutplan.gates.declared import MUST_KEEP
from layoutplan.gates.shown import framed, signed
from layoutplan.standards import Standard, Standards
from layoutplan.tables import BANDS, TOWNSHIPS, heading
from layoutplan.words import Language, say


@dataclass(frozen=True, eq=False, kw_only=True)
class MustKeep:
    """The schools that must stay, and the pupils who depend on them.

    Made by `layoutplan.gates.must_keep`. Tables are copied out.

    Parameters
    ----------
    lang
        The language of sentences where none is asked for.
    mode
        How pupils travel.
    standards
        The standards that hold.
    names
        The names of schools by id.
    townships
        The names of townships by id.
    planned
        Whether a plan is held against the list.
    with_places
        Whether places within the limit were counted.
    tables
        ``schools`` and ``dependents``.
    """

    lang: Language
    mode: str
    standards: Standards = field(repr=False)
    names: Mapping[str, str] = field(repr=False)
    townships: Mapping[str, str] = field(repr=False)
    planned: bool = False
    with_places: bool = False
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        """Copy the tables in; they are copied out again at every look."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))

    @property
    def schools(self) -> pd.DataFrame:
        """The schools and bands that must stay, under codes, without sentences."""
        return self.tables["schools"]

    @property
    def dependents(self) -> pd.DataFrame:
        """Who depends: village_id, band, site_id, pupils, minutes, alternative, farther.

        ``minutes`` is the way to the only school within the limit, ``alternative`` the
        nearest other school (empty where there is none) and ``farther`` the minutes to it.
        """
        return self.tables["dependents"]

    @property
    def site_ids(self) -> tuple[str, ...]:
        """The schools that must stay, by id."""
        return tuple(dict.fromkeys(self.schools["site_id"]))

    @property
    def taken_away(self) -> tuple[str, ...]:
        """The schools of the list that the plan takes from those who depend on them."""
        table = self.schools
        return tuple(dict.fromkeys(table.loc[table["kept"] == "no", "site_id"]))

    @property
    def pupils(self) -> int:
        """The pupils who depend on one school, each counted once."""
        return int(self.schools["pupils"].sum())

    def rows(self, lang: Language | None = None) -> pd.DataFrame:
        """Give the list under codes, with sentences and sources.

        Parameters
        ----------
        lang
            The language of sentences and sources.

        Returns
        -------
        pandas.DataFrame
            Columns of `layoutplan.gates.declared.MUST_KEEP`.
        """
        spoken = lang or self.lang
        table = self.schools
        texts = [self._sentence(r, spoken) for r in table.to_dict("records")]
        cited = {b: self._cited(b) for b in BANDS}
        done = table.assign(
            finding=pd.Series(texts, index=table.index, dtype="str"),
            source=table["band"].map({b: sources(s, spoken) for b, s in cited.items()}),
            status=table["band"].map({b: status_of(s) for b, s in cited.items()}),
        )
        return done[[c.name for c in MUST_KEEP.columns]]

    def table(self, lang: Language | None = None) -> pd.DataFrame:
        """Give the list in words, for a reader.

        Parameters
        ----------
        lang
            The language; that of the county where not given.

        Returns
        -------
        pandas.DataFrame
            The rows of `rows` with words instead of codes and headings with units;
            without the columns on places and on the plan where they were not asked for.
        """
        spoken = lang or self.lang
        rows = self.rows(spoken)
        left = [] if self.with_places else ["short_of_places"]
        left += [] if self.planned else ["in_plan", "kept"]
        words = {
            "kind": ("kind", rows["kind"]),
            "band": ("band", rows["band"]),
            "in_plan": ("action", rows["in_plan"]),
            "kept": ("assessment.met", rows["kept"]),
            "status": ("status", rows["status"]),
        }
        texts = {
            column: values.map(lambda v, key=key: say(f"{key}.{v}", spoken) if v else "")
            for column, (key, values) in words.items()
        }
        texts["name"] = rows["name"].fillna("")
        texts["township_id"] = (
            rows["township_id"].fillna("").map(lambda t: self.townships.get(t, t))
        )
        texts["alternative"] = rows["alternative"].map(
            lambda s: named(s, self.names, spoken) if s else "–"
        )
        headings = {c.name: heading(MUST_KEEP, c.name, lang=spoken) for c in MUST_KEEP.columns}
        headings["township_id"] = heading(TOWNSHIPS, "name", lang=spoken)
        done = rows.assign(**{c: t.astype("str") for c, t in texts.items()})
        return done.drop(columns=left).rename(columns=headings)

    def justification(self, site_id: str, lang: Language | None = None) -> str:
        """Say why a school must stay.

        Parameters
        ----------
        site_id
            The school.
        lang
            The language.

        Returns
        -------
        str
            One sentence per grade band with its source; empty where the school is not
            on the list.
        """
        rows = self.rows(lang)
        rows = rows[rows["site_id"] == site_id]
        spoken = lang or self.lang
        return "\n".join(
            say("must_keep.justified", spoken, finding=r["finding"], source=r["source"])
            for r in rows.to_dict("records")
        )

    def _cited(self, band: str) -> tuple[Standard, ...]:
        return (
            self.standards[f"travel_limit_minutes_{band}"],
            self.standards["closure_keep_pupils_max"],
        )

    def _sentence(self, row: Mapping[Hashable, Any], lang: Language) -> str:
        """Say who depends on a band of a school and what else they would have."""
        values = {
            "school": named(str(row["site_id"]), self.names, lang),
            "band": say(f"band.{row['band']}", lang),
            "limit": f"{row['limit']:g}",
            "mode": say(f"mode.{self.mode}", lang),
            "pupils": f"{row['pupils']:,}",
            "villages": f"{row['villages']:,}",
        }
        said = []
        if row["pupils"]:
            said.append(say("must_keep.only", lang, **values))
        if row["alternative"]:
            numbers = {n: f"{row[n]:,.1f}" for n in ("minutes", "minutes_mean")}
            other = named(str(row["alternative"]), self.names, lang)
            said.append(say("must_keep.other", lang, other=other, **numbers))
        if row["without_way"]:
            said.append(say("must_keep.no_way", lang, pupils=f"{row['without_way']:,}"))
        if row["short_of_places"]:
            short = {"pupils": f"{row['short_of_places']:,}"}
            said.append(say("must_keep.places", lang, **(values | short)))
        if row["kept"] == "no":
            action = say(f"action.{row['in_plan']}", lang)
            said.append(say("must_keep.taken", lang, action=action, **values))
        return say("gates.between_sentences", lang).join(said)

    def _repr_html_(self) -> str:
        """Show those that the plan takes away, and fold the others, for notebooks."""
        rows = self.rows()
        if rows.empty:
            return f"<p>{escape(say('must_keep.none', self.lang))}</p>"
        head = say(
            "must_keep.count", self.lang, schools=len(self.site_ids), pupils=f"{self.pupils:,}"
        )
        items: dict[bool, list[str]] = {True: [], False: []}
        for row in rows.to_dict("records"):
            lost = row["kept"] == "no"
            text = f"{escape(row['finding'])} <small>{escape(row['source'])}</small>"
            items[lost].append(f"<li>{signed('fail' if lost else 'pass')} {text}</li>")
        more = escape(say("must_keep.all", self.lang, n=len(items[False])))
        return framed(
            f"<p>{escape(head)}</p><ul>{''.join(items[True])}</ul>"
            f"<details><summary>{more}</summary><ul>{''.join(items[False])}</ul></details>"
        )
