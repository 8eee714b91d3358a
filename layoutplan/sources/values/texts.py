"""Text cells that say "none", and townships that are named in place of their codes."""

import pandas as pd

from layoutplan.findings import Finding
from layoutplan.sources.headings.plain import plain_heading
from layoutplan.sources.values.numbers import is_nothing
from layoutplan.tables import Table


def clean_texts(frame: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, list[Finding]]:
    """Empty the text cells that hold only a sign for "not applicable".

    Parameters
    ----------
    frame
        The table under our names.
    table
        What it declares.

    Returns
    -------
    tuple
        The table and what was done. Letters are no sign: a school may be called NA.
    """
    findings, changed = [], dict[str, pd.Series]()
    for column in table.columns:
        if column.name not in frame or column.type != "text" or column.required:
            continue
        cells = frame[column.name]
        none = cells.map(lambda v: isinstance(v, str) and not v.isalnum() and is_nothing(v))
        none |= cells.eq("无")
        # In a column of yes and no, 无 is an answer.
        if none.any() and table.name != "roads":
            changed[column.name] = cells.astype(object).where(~none, None)
            findings.append(
                Finding(
                    code="not_applicable",
                    severity="note",
                    table=table.name,
                    column=column.name,
                    ids=tuple(f"#{i}" for i in frame.index[none]),
                    values={"examples": ", ".join(dict.fromkeys(cells[none]))},
                )
            )
    return frame.assign(**changed), findings


def join_townships(
    frames: dict[str, pd.DataFrame],
) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """Replace the names of townships by their codes, where a name has one code.

    Parameters
    ----------
    frames
        The tables under our names.

    Returns
    -------
    tuple
        The tables and what was done.
    """
    townships = frames.get("townships")
    if townships is None or not {"township_id", "name"} <= set(townships.columns):
        return frames, []
    codes = townships["township_id"].map(str)
    names = townships["name"].map(lambda v: plain_heading(v) if isinstance(v, str) else "")
    once = names.ne("") & ~names.duplicated(keep=False)
    by_name = dict(zip(names[once], codes[once], strict=True))
    known, joined, findings = set(codes), dict(frames), []
    for name in ("villages", "schools", "candidates"):
        if name not in frames or "township_id" not in frames[name]:
            continue
        cells = frames[name]["township_id"]
        new = cells.map(
            lambda v: (
                v if not isinstance(v, str) or v in known else by_name.get(plain_heading(v), v)
            )
        )
        changed = new.ne(cells) & cells.notna()
        if changed.any():
            joined[name] = frames[name].assign(township_id=new)
            findings.append(
                Finding(
                    code="townships_by_name",
                    severity="note",
                    table=name,
                    column="township_id",
                    ids=tuple(dict.fromkeys(cells[changed])),
                    rows=int(changed.sum()),
                )
            )
    return joined, findings
