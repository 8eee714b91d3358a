"""Further sheets of a report: townships, classes, gaps to standards, projects, method."""

from collections.abc import Callable, Mapping

import pandas as pd

from layoutplan.assessment import Assessment, class_table
from layoutplan.assessment.assess import township_names
from layoutplan.assessment.selections import pupils_of_villages, sites, trips
from layoutplan.plan import Plan
from layoutplan.reports.names import plan_title, site_names, village_names
from layoutplan.reports.record import plan_record
from layoutplan.reports.sheets import summed_sheet
from layoutplan.reports.workbook import WHOLE, Sheet, unit_format
from layoutplan.tables import ASSESSMENT, BANDS, DECISIONS, TOWNSHIPS, VILLAGES, heading
from layoutplan.words import Language, say

_METHOD = ("times", "pupils", "classes", "money", "gates")


def townships_sheet(plan: Plan, lang: Language) -> Sheet:
    """Sum up each township: its children by home, its schools by place.

    Parameters
    ----------
    plan
        The plan.
    lang
        The language.

    Returns
    -------
    Sheet
        One row per township, with sums.
    """
    people = pupils_of_villages(plan)
    ways = trips(plan)
    table = people.groupby("township_id")[["pupils", "moved", "unserved"]].sum()
    table["beyond"] = ways[ways["beyond"]].groupby("township_id")["pupils"].sum()
    schools = sites(plan)
    for name, chosen in (
        ("closed", schools["action"].eq("close")),
        ("changed", ~schools["action"].isin(["keep", "unused"])),
    ):
        counts = schools[chosen].groupby("township_id").size()
        table = table.reindex(table.index.union(counts.index))
        table[name] = counts
    table["capital"] = schools.groupby("township_id")["capital_yuan"].sum()
    names = township_names(plan)
    labels = {
        "pupils": say("indicator.pupils", lang),
        "moved": say("indicator.pupils_moved", lang),
        "beyond": say("indicator.travel_beyond", lang),
        "unserved": say("indicator.pupils_unserved", lang),
        "closed": say("action.close", lang),
        "changed": say("report.column.changed", lang),
        "capital": heading(DECISIONS, "capital_yuan", lang=lang),
    }
    shown = pd.DataFrame(
        {
            heading(TOWNSHIPS, "township_id", lang=lang): table.index.astype("str"),
            heading(TOWNSHIPS, "name", lang=lang): [names.get(str(i), str(i)) for i in table.index],
            heading(TOWNSHIPS, "responsible", lang=lang): _responsible(plan, table.index),
            **{label: table[name].fillna(0).to_numpy() for name, label in labels.items()},
        }
    )
    title = say("papers.excel.township_sheet", lang)
    return summed_sheet(title, shown, labels.values(), lang=lang)


def _responsible(plan: Plan, ids: pd.Index) -> list[str]:
    table = plan.county.townships
    if "responsible" not in table:
        return [""] * len(ids)
    told = {str(i): "" if pd.isna(n) else str(n) for i, n in table["responsible"].items()}
    return [told.get(str(i), "") for i in ids]


def township_sheets(plan: Plan, lang: Language) -> list[Sheet]:
    """Give each township its own sheet: its villages, band by band, for its head.

    Parameters
    ----------
    plan
        The plan.
    lang
        The language.

    Returns
    -------
    list of Sheet
        One sheet per township, its schools first, then its villages, with sums of the
        children who live there.
    """
    schools, ways = sites(plan), trips(plan)
    names, villages, towns = site_names(plan), village_names(plan), township_names(plan)
    people = pupils_of_villages(plan)
    homes = _homes(people, ways)
    homes_of = {str(i): rows for i, rows in homes.groupby("township_id")}
    of = {str(i): rows for i, rows in schools.groupby("township_id")}
    made = []
    for township in sorted(set(homes_of) | set(of)):
        shown = pd.concat(
            [
                _schools(of.get(township, schools.iloc[:0]), names, lang),
                _villages(homes_of.get(township, homes.iloc[:0]), villages, lang),
            ],
            ignore_index=True,
        )
        numbers = _township_headings(lang)
        title = say("papers.excel.of_township", lang, name=towns.get(township, township))
        sums = [numbers[c] for c in ("pupils", "moved", "beyond", "unserved")]
        forms = {numbers["minutes"]: unit_format("minutes")}
        made.append(summed_sheet(title, shown, sums, lang=lang, formats=forms, frozen=3))
    return made


def _township_headings(lang: Language) -> dict[str, str]:
    return {
        "part": say("papers.excel.section", lang),
        "id": say("report.standard.id", lang),
        "name": heading(VILLAGES, "name", lang=lang),
        "action": heading(DECISIONS, "action", lang=lang),
        "receivers": heading(DECISIONS, "receivers", lang=lang),
        "before": say("report.column.school_before", lang),
        "after": say("report.column.school_after", lang),
        "pupils": say("indicator.pupils", lang),
        "moved": say("indicator.pupils_moved", lang),
        "beyond": say("indicator.travel_beyond", lang),
        "unserved": say("indicator.pupils_unserved", lang),
        "minutes": say("indicator.travel_mean", lang),
    }


def _homes(people: pd.DataFrame, ways: pd.DataFrame) -> pd.DataFrame:
    """Sum up each village over its bands."""
    table = people.groupby(["township_id", "village_id"])[["pupils", "moved", "unserved"]].sum()
    by = ["township_id", "village_id"]
    table["beyond"] = ways[ways["beyond"]].groupby(by)["pupils"].sum()
    known = ways[ways["known"]].groupby(by)[["pupil_minutes", "pupils"]].sum()
    table["minutes"] = known["pupil_minutes"] / known["pupils"]
    return table.fillna({"beyond": 0}).reset_index()


def _schools(rows: pd.DataFrame, names: pd.Series, lang: Language) -> pd.DataFrame:
    head = _township_headings(lang)
    return pd.DataFrame(
        {
            head["part"]: say("papers.excel.school_part", lang),
            head["id"]: rows.index.astype("str"),
            head["name"]: [str(names[i]) for i in rows.index],
            head["action"]: [say(f"action.{a}", lang) for a in rows["action"]],
            head["receivers"]: [
                say("report.list_separator", lang).join(
                    str(names.get(r, r)) for r in str(x).split()
                )
                for x in rows["receivers"].fillna("")
            ],
            head["before"]: rows["pupils_today"].to_numpy(),
            head["after"]: rows["pupils"].to_numpy(),
        }
    )


def _villages(rows: pd.DataFrame, names: pd.Series, lang: Language) -> pd.DataFrame:
    head = _township_headings(lang)
    return pd.DataFrame(
        {
            head["part"]: say("papers.excel.village_part", lang),
            head["id"]: rows["village_id"].astype("str"),
            head["name"]: rows["village_id"].map(names).astype("str"),
            **{head[c]: rows[c] for c in ("pupils", "moved", "beyond", "unserved", "minutes")},
        }
    )


def classes_sheet(plan: Plan, lang: Language) -> Sheet:
    """Set out the classes of every grade of every open school.

    Parameters
    ----------
    plan
        The plan.
    lang
        The language.

    Returns
    -------
    Sheet
        One row per school and grade; those over the class size are marked.
    """
    table, names, towns = class_table(plan), site_names(plan), township_names(plan)
    columns = ("pupils", "size", "wanted", "classes", "largest", "over_size", "large")
    labels = {c: say(f"report.class.{c}", lang) for c in columns}
    shown = pd.DataFrame(
        {
            heading(DECISIONS, "site_id", lang=lang): table["site_id"],
            heading(DECISIONS, "name", lang=lang): table["site_id"].map(names),
            heading(TOWNSHIPS, "name", lang=lang): table["township_id"].map(
                lambda t: towns.get(t, t)
            ),
            say("papers.excel.grade", lang): table["grade"],
            **{label: table[c] for c, label in labels.items()},
        }
    )
    sums = [labels[c] for c in ("pupils", "wanted", "classes", "over_size", "large")]
    title = say("papers.excel.class_sheet", lang)
    return summed_sheet(title, shown, sums, lang=lang, marked=table["over_size"] > 0)


def projects_sheet(plan: Plan, lang: Language) -> Sheet:
    """List what is built, for the finance bureau.

    Parameters
    ----------
    plan
        The plan.
    lang
        The language.

    Returns
    -------
    Sheet
        One row per site with capital, the dearest first, with sums.
    """
    table, names, towns = sites(plan), site_names(plan), township_names(plan)
    table = table[table["capital_yuan"].fillna(0).gt(0)]
    table = table.sort_values("capital_yuan", ascending=False, kind="stable")
    columns = ("extra_classes", "extra_beds", "places", "capital_yuan", "annual_yuan")
    shown = pd.DataFrame(
        {
            heading(DECISIONS, "site_id", lang=lang): table.index.astype("str"),
            heading(DECISIONS, "name", lang=lang): [str(names[i]) for i in table.index],
            heading(TOWNSHIPS, "name", lang=lang): [
                towns.get(str(t), str(t)) for t in table["township_id"]
            ],
            heading(DECISIONS, "action", lang=lang): [
                say(f"action.{a}", lang) for a in table["action"]
            ],
            **{heading(DECISIONS, c, lang=lang): table[c].to_numpy() for c in columns},
        }
    )
    sums = [heading(DECISIONS, c, lang=lang) for c in columns if c != "places"]
    return summed_sheet(say("papers.excel.project_sheet", lang), shown, sums, lang=lang)


def gaps_sheet(done: Assessment, lang: Language) -> Sheet:
    """List the indicators that miss their standard, and by how much.

    Parameters
    ----------
    done
        The indicators.
    lang
        The language.

    Returns
    -------
    Sheet
        One row per indicator and group, or a sentence where nothing misses its standard.
    """
    rows = done.table
    missed = rows["met"].eq("no")
    words, rows = done.words(lang)[missed], rows[missed]
    chosen = ["indicator", "level", "group", "band", "value", "limit", "unit", "source", "status"]
    shown = words[chosen].assign(gap=rows["value"] - rows["limit"])
    title = say("papers.excel.gap_sheet", lang)
    head = {c: heading(ASSESSMENT, c, lang=lang) for c in chosen}
    gap = say("papers.excel.gap", lang)
    if shown.empty:
        table = pd.DataFrame({head["indicator"]: [say("papers.excel.met_all", lang)]})
        return Sheet(title=title, table=table, across=frozenset({0}))
    forms = [unit_format(u) for u in rows["unit"]]
    return Sheet(
        title=title,
        table=shown.rename(columns=head | {"gap": gap}),
        formats=dict.fromkeys((head["value"], head["limit"], gap), forms),
    )


def method_sheet(
    plan: Plan, lang: Language, *, inputs: Mapping[str, str], done: Assessment
) -> Sheet:
    """Tell how the numbers came about and from what.

    Parameters
    ----------
    plan
        The plan.
    lang
        The language.
    inputs
        The files it was made from: name to SHA-256.
    done
        Its indicators.

    Returns
    -------
    Sheet
        Method, versions, inputs, standards, locks and the solver's proof.
    """
    record = plan_record(plan, inputs=inputs, done=done)
    unknown, none = say("papers.unknown", lang), say("papers.none", lang)
    told: Callable[[str], str] = lambda key: say(f"papers.provenance.{key}", lang)  # noqa: E731
    solver = record["solver"]
    gap = unknown if solver["gap"] is None else f"{100 * solver['gap']:.2f}%"
    lines = [
        (told("plan"), plan_title(plan.name, lang)),
        (told("county"), plan.county.name or unknown),
        (told("year"), str(plan.county.year) if plan.county.year else unknown),
        (told("version"), f"layoutplan {record['version']}"),
        (told("standards"), plan.standards.name),
        (told("solver"), say(f"papers.solver.{solver['status']}", lang, gap=gap)),
        (told("seed"), str(solver["seed"])),
        *((told("inputs"), f"{name}  SHA-256 {value}") for name, value in record["inputs"].items()),
        *(
            (told("changed"), f"{name} = {v['value']:g}")
            for name, v in record["standards"]["changed"].items()
        ),
        *(
            (told(f"lock_{lock}"), " ".join(sorted(getattr(plan.options, lock))) or none)
            for lock in ("keep", "close", "freeze")
        ),
        (told("locked_by"), told("locked_by_unknown")),
        *((say(f"papers.method.{m}", lang), say(f"papers.method.{m}_text", lang)) for m in _METHOD),
    ]
    if not record["inputs"]:
        lines.append((told("inputs"), told("no_inputs")))
    head = say("papers.excel.step", lang), say("papers.excel.text", lang)
    table = pd.DataFrame(lines, columns=list(head), dtype="str")
    return Sheet(title=say("papers.excel.method_sheet", lang), table=table)


def numbers_of(plan: Plan) -> dict[str, float]:
    """Give the numbers of a plan that the sheets must add up to.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    dict
        Number by its key under ``papers.excel``.
    """
    decisions, moves = plan.decisions, plan.moves
    changed = moves["from_site"].ne("") & moves["from_site"].ne(moves["to_site"])
    capital = float(decisions["capital_yuan"].fillna(0).sum())
    return {
        "pupils_in": plan.pupils_in,
        "assigned": plan.pupils_assigned,
        "decided": int(decisions[[f"after_{b}" for b in BANDS]].to_numpy().sum()),
        "moved": int(moves.loc[changed, "pupils"].sum()),
        "classes": plan.pupils_assigned,
        "capital": capital,
        "projects": capital,
        "townships": plan.pupils_in,
    }


def reconciliation_sheet(numbers: Mapping[str, float], sums: Mapping[str, list[object]],
                         lang: Language) -> Sheet:  # fmt: skip
    """Set the numbers of the plan beside the sums of the workbook's own sheets.

    Parameters
    ----------
    numbers
        What `numbers_of` gives.
    sums
        Under the same keys: formula for the sum, formula for the difference.
    lang
        The language.

    Returns
    -------
    Sheet
        One row per number; every difference is 0.
    """
    head = [say(f"papers.excel.{c}", lang) for c in ("what", "in_plan", "in_sheets", "difference")]
    rows = [[say(f"papers.excel.{k}", lang), numbers[k], *sums[k]] for k in numbers]
    columns = {h: pd.Series([r[i] for r in rows], dtype=object) for i, h in enumerate(head)}
    return Sheet(
        title=say("papers.excel.reconciliation", lang),
        table=pd.DataFrame(columns),
        formats=dict.fromkeys(head[1:], WHOLE),
        one_page=True,
    )
