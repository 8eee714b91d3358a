"""The command that makes a schools table of national school forms."""

from pathlib import Path
from typing import Annotated

import typer

from layoutplan.cli_options import HELP, LANG, Lang
from layoutplan.cli_screen import steps, tell
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.words import say


def from_forms(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help=HELP["forms_folder"])],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help=HELP["forms_out"])],
    lang: Lang = "auto",
) -> None:
    """Read the national forms of schools and write a schools table.

    Parameters
    ----------
    folder
        A workbook of forms, or a folder of them.
    out
        The file to write, ``.xlsx`` or ``.gpkg``.
    lang
        The language of headings and messages.

    Raises
    ------
    OptionsError
        If the file to write is one of the workbooks.
    """
    from layoutplan.reports.school_forms import write_forms  # noqa: PLC0415 # takes time
    from layoutplan.sources.forms.reading import form_files, read_forms  # noqa: PLC0415

    if out.resolve() in {p.resolve() for p in form_files(folder)}:
        raise OptionsError(Finding(code="output_is_input", values={"path": out}), lang=lang)
    with steps(say("cli.reading", LANG)) as step:
        forms = read_forms(folder, progress=step, lang=lang)
    spoken = forms.language(lang)
    written = write_forms(forms, out, lang=spoken)
    warnings = sum(f.severity == "warning" for f in forms.findings)
    found = {"findings": len(forms.findings), "warnings": warnings}
    tell("forms_read", spoken, schools=len(forms.schools), out=written, **found)
