"""All papers of a plan into a folder, or one of them."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pandas as pd

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.gates import Gates
from layoutplan.papers.asked import Projected, Scheduled
from layoutplan.papers.case import Case, make_case
from layoutplan.papers.dossier import YearsAhead, dossier, years_ahead
from layoutplan.papers.full_report import full_report
from layoutplan.papers.html import save_html
from layoutplan.papers.notice import notice
from layoutplan.papers.one_pager import one_pager
from layoutplan.papers.paper import Paper
from layoutplan.papers.pdf import office, write_pdf
from layoutplan.papers.pictures import Pictures
from layoutplan.papers.word import save_word
from layoutplan.plan import Plan
from layoutplan.reports.csv_tables import write_csv
from layoutplan.reports.whole import whole_file, whole_folder

Progress = Callable[[int, int, str], None]
"""Told of each paper: how many are done, of how many, and which."""

Kind = Literal["one_pager", "report", "notice", "dossier"]

FILES: Final = ("one-pager", "report", "notice")
"""The papers of a county, without their endings."""

DOSSIERS: Final = "dossiers"
"""The folder of the files of single schools."""

INDEX: Final = "index.csv"

_ENDINGS: Final = (".docx", ".html", ".pdf")
_PLAIN: Final = re.compile(r"[0-9A-Za-z]{1,32}")
_OURS: Final = re.compile(r"school-\d{4}(-[0-9A-Za-z]{1,32})?\.(docx|html|pdf)")


@dataclass(frozen=True, kw_only=True)
class Written:
    """What was written.

    Parameters
    ----------
    files
        The files.
    findings
        What should be known, such as why maps are missing.
    """

    files: tuple[Path, ...]
    findings: tuple[Finding, ...] = ()


def write_papers(
    plan: Plan,
    directory: str | Path,
    *,
    against: Plan | None = None,
    gates: Gates | None = None,
    roadmap: Scheduled | None = None,
    projection: Projected | None = None,
    dossiers: bool | Iterable[str] = False,
    pdf: bool = False,
    inputs: Mapping[str, str] | None = None,
    lang: str = "auto",
    progress: Progress | None = None,
) -> Written:
    """Write the papers of a plan as Word documents and pages.

    The county on one page, the full report and the public notice, and where asked for the
    file of each school (一校一案) in the folder ``dossiers``. What is not there, such as a
    roadmap, is said in the papers at its place. Equal inputs give equal bytes.

    Parameters
    ----------
    plan
        The plan; it is only read.
    directory
        The folder; made where it is missing. Papers of an earlier run are replaced, other
        files stay.
    against
        The layout it is set beside, such as today's.
    gates
        The gates of its closures, where they are already made, as with recorded votes.
    roadmap
        The plan year by year.
    projection
        Pupils of the years ahead.
    dossiers
        Whether every school gets its file, or the ids of those that do.
    pdf
        Whether Word documents are also written as PDF, by the machine's LibreOffice.
    inputs
        The files the plan was made from, as by `layoutplan.reports.input_hashes`.
    lang
        The language; that of the county's names where ``"auto"``.
    progress
        Told of each paper.

    Returns
    -------
    Written
        The files, and what should be known of them.

    Raises
    ------
    OptionsError
        If a site is unknown, parts are of another county, or PDF is asked for and the
        machine has no LibreOffice.
    DataError
        If a file cannot be put in its place, as when it is open in Word.

    Examples
    --------
    >>> import tempfile
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=20)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     done = write_papers(today, folder, lang="en")
    ...     [path.name for path in done.files][:2]
    ['one-pager.docx', 'one-pager.html']
    """
    case = make_case(
        plan, against=against, gates=gates, roadmap=roadmap, projection=projection,
        inputs=inputs or {}, lang=lang,
    )  # fmt: skip
    sites = _sites(case, dossiers)
    if pdf and office() is None:
        raise OptionsError(Finding(code="no_office"), lang=case.lang)
    out = Path(directory)
    pictures = Pictures(case=case)
    step = _steps(progress, len(FILES) + len(sites))
    files: list[Path] = []
    with whole_folder(out, replaces=[f"{n}{e}" for n in FILES for e in _ENDINGS]) as new:
        for name, make in _county_papers(case, pictures).items():
            files += _both(make(), new / name)
            step(name)
        files += write_pdf([f for f in files if f.suffix == ".docx"], lang=case.lang) if pdf else []
    files = [out / f.name for f in files]
    if sites:
        files += _dossiers(case, out / DOSSIERS, sites, pictures=pictures, pdf=pdf, step=step)
    return Written(files=tuple(files), findings=tuple(pictures.findings))


def write_paper(
    plan: Plan,
    path: str | Path,
    *,
    kind: Kind = "report",
    site: str = "",
    against: Plan | None = None,
    gates: Gates | None = None,
    roadmap: Scheduled | None = None,
    projection: Projected | None = None,
    inputs: Mapping[str, str] | None = None,
    lang: str = "auto",
) -> Path:
    """Write one paper as a Word document, or as a page where the file ends in ``.html``.

    Parameters
    ----------
    plan
        The plan; it is only read.
    path
        The file; written whole or not at all.
    kind
        ``"one_pager"``, ``"report"``, ``"notice"`` or ``"dossier"``.
    site
        The school of a dossier.
    against, gates, roadmap, projection, inputs, lang
        As in `write_papers`.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    OptionsError
        If the kind or the site is unknown.
    DataError
        If the file cannot be written, as when it is open in Word.

    Examples
    --------
    >>> import tempfile
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=20)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_paper(today, Path(folder) / "notice.docx", kind="notice").name
    'notice.docx'
    """
    case = make_case(
        plan, against=against, gates=gates, roadmap=roadmap, projection=projection,
        inputs=inputs or {}, lang=lang,
    )  # fmt: skip
    pictures = Pictures(case=case)
    makers = {k.replace("-", "_"): make for k, make in _county_papers(case, pictures).items()}
    if kind == "dossier":
        _sites(case, [site])
        paper = dossier(case, site, picture=pictures.site(site))
    elif kind in makers:
        paper = makers[kind]()
    else:
        values = {"value": kind}
        raise OptionsError(Finding(code="bad_option", column="kind", values=values), lang=case.lang)
    path = Path(path)
    with whole_file(path) as part:
        (save_html if path.suffix.lower() == ".html" else save_word)(paper, part)
    return path


def _county_papers(case: Case, pictures: Pictures) -> dict[str, Callable[[], Paper]]:
    drawn: list[bytes | None] = []

    def county() -> bytes | None:
        if not drawn:
            drawn.append(pictures.county())
        return drawn[0]

    return {
        "one-pager": lambda: one_pager(case, picture=county()),
        "report": lambda: full_report(case, picture=county(), charts=pictures.charts()),
        "notice": lambda: notice(case),
    }


def _sites(case: Case, asked: bool | Iterable[str]) -> tuple[str, ...]:  # noqa: FBT001
    """Give the schools that get a file: all but candidates that are not built."""
    known = case.sites
    if isinstance(asked, bool):
        used = known.index[known["action"].ne("unused")]
        return tuple(used.astype("str")) if asked else ()
    wanted = tuple(dict.fromkeys(map(str, asked)))
    unknown = tuple(s for s in wanted if s not in known.index)
    if unknown:
        raise OptionsError(Finding(code="papers_unknown_site", ids=unknown), lang=case.lang)
    return wanted


def _both(paper: Paper, path: Path) -> list[Path]:
    word, page = (path.parent / f"{path.name}{ending}" for ending in _ENDINGS[:2])
    save_word(paper, word)
    save_html(paper, page)
    return [word, page]


def _dossiers(
    case: Case,
    folder: Path,
    sites: tuple[str, ...],
    *,
    pictures: Pictures,
    pdf: bool,
    step: Callable[[str], None],
) -> list[Path]:
    ahead: YearsAhead = years_ahead(case)
    order = {str(s): n for n, s in enumerate(case.sites.index, 1)}
    files, rows = [], []
    with whole_folder(folder, replaces=_former(folder)) as new:
        for site in sites:
            paper = dossier(case, site, ahead=ahead, picture=pictures.site(site))
            name = file_name(order[site], site)
            files += _both(paper, new / name)
            rows.append((f"{name}.docx", site, case.school(site), case.sites.at[site, "action"]))
            step(name)
        if pdf:
            files += write_pdf([f for f in files if f.suffix == ".docx"], lang=case.lang)
        table = pd.DataFrame(rows, columns=["file", "site_id", "name", "action"])
        files.append(write_csv(table, new / INDEX))
    return [folder / f.name for f in files]


def file_name(number: int, site: str) -> str:
    """Name a school's file: by its number, and its id where that is safe in a path.

    Parameters
    ----------
    number
        Its number in the plan.
    site
        Its id.

    Returns
    -------
    str
        The name without an ending.

    Examples
    --------
    >>> file_name(7, "2134100129"), file_name(8, "../x")
    ('school-0007-2134100129', 'school-0008')
    """
    return f"school-{number:04d}" + (f"-{site}" if _PLAIN.fullmatch(site) else "")


def _former(folder: Path) -> list[str]:
    """Name the files of an earlier run; a folder's own names are data, ours have one form."""
    if not (folder / INDEX).is_file():
        return []
    return [INDEX, *sorted(p.name for p in folder.iterdir() if _OURS.fullmatch(p.name))]


def _steps(progress: Progress | None, total: int) -> Callable[[str], None]:
    done = 0

    def step(name: str) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total, name)

    return step
