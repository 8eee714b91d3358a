"""What is noted while forms are read, gathered so that one finding tells of all schools."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from layoutplan.findings import Finding, Severity

_KEPT = 200
"""Schools named in one finding; the count is that of all."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """One thing noted at one school.

    Parameters
    ----------
    code
        The key of its texts.
    school
        The code of the school, or the file where that is not known.
    column
        The value concerned.
    severity
        How grave it is.
    values
        What the text names; notes with the same values make one finding.
    example
        What one example shows; only the first one is told.
    """

    code: str
    school: str
    column: str = ""
    severity: Severity = "warning"
    values: tuple[tuple[str, str], ...] = ()
    example: str = ""


@dataclass(eq=False, kw_only=True)
class Notes:
    """A place where notes are put down while forms are read.

    Parameters
    ----------
    all
        The notes in the order in which they were made.
    """

    all: list[Note] = field(default_factory=list)

    def add(
        self,
        code: str,
        school: str,
        *,
        column: str = "",
        severity: Severity = "warning",
        example: str = "",
        **values: object,
    ) -> None:
        """Put one note down.

        Parameters
        ----------
        code
            The key of its texts.
        school
            The code of the school, or its file.
        column
            The value concerned.
        severity
            How grave it is.
        example
            What one example shows.
        **values
            What its text names.
        """
        told = tuple((k, str(v)) for k, v in values.items())
        self.all.append(
            Note(
                code=code,
                school=school,
                column=column,
                severity=severity,
                values=told,
                example=example,
            )
        )


def findings_of(notes: list[Note]) -> Iterator[Finding]:
    """Make one finding of all notes that say the same.

    Parameters
    ----------
    notes
        The notes.

    Yields
    ------
    Finding
        With the schools concerned, the first example among its values.
    """
    groups: dict[tuple[object, ...], list[Note]] = {}
    for note in notes:
        key = (note.code, note.column, note.severity, note.values)
        groups.setdefault(key, []).append(note)
    for same in groups.values():
        first = same[0]
        schools = tuple(dict.fromkeys(n.school for n in same))
        yield Finding(
            code=first.code,
            severity=first.severity,
            table="schools",
            column=first.column,
            ids=schools[:_KEPT],
            rows=len(schools),
            values={**dict(first.values), "example": first.example},
        )
