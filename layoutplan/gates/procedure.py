"""The procedure of a closure, step by step: what was done when, and what must come first."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import pandas as pd

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.gates.check import named, sources
from layoutplan.gates.declared import GATE_NAMES, PROCEDURE, STEPS, WITHDRAWN
from layoutplan.gates.recorded import parse_date, plain_file_name
from layoutplan.gates.shown import framed, signed
from layoutplan.standards import Standard
from layoutplan.tables import heading
from layoutplan.words import Language, say

if TYPE_CHECKING:
    from layoutplan.gates.noun import Gates

NOTICE_STANDARD: Final = "closure_notice_days_min"
"""The days of the public notice: a provincial standard; the national profile has none."""

REQUIRES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "survey": (),
        "scheme": ("survey",),
        "argument": ("scheme",),
        "hearing": ("scheme",),
        "notice": ("argument", "hearing"),
        "deliberation": ("notice",),
        "approval": ("deliberation",),
        "building": ("approval",),
        "transfer": ("building",),
        "transition": ("transfer",),
        "premises": ("transfer",),
        "done": ("transition", "premises"),
    }
)
"""Which steps must come before a step: argument and hearing in either order, all else in line."""

_JUDGED_FROM: Final = "deliberation"


@dataclass(frozen=True, kw_only=True)
class Record:
    """One step taken.

    Parameters
    ----------
    step
        The step.
    date
        The day; of a notice the first day, of a building the day of acceptance.
    until
        The last day of a notice; None for other steps.
    receiver
        The receiving school that is ready, for building.
    evidence
        The name of a file; it is never opened.
    recorded_by
        Who recorded it.
    """

    step: str
    date: dt.date
    until: dt.date | None = None
    receiver: str = ""
    evidence: str = ""
    recorded_by: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Procedure:
    """How far the closure of one school has come.

    Made by `layoutplan.gates.procedures`. Every step gives a new procedure; nothing is
    changed in place.

    Parameters
    ----------
    site_id
        The school.
    receivers
        The receiving schools, all of which must be ready before pupils move.
    verdicts
        What the five gates say.
    names
        The names of schools by id.
    notice
        The standard for the days of the public notice; None where there is none.
    records
        The steps taken, in the order in which they were recorded.
    lang
        The language of messages.
    """

    site_id: str
    receivers: tuple[str, ...]
    verdicts: Mapping[str, str]
    names: Mapping[str, str] = field(repr=False)
    notice: Standard | None = None
    records: tuple[Record, ...] = ()
    lang: Language = "zh"

    @property
    def withdrawn(self) -> bool:
        """Whether the closure was given up."""
        return any(r.step == WITHDRAWN for r in self.records)

    @property
    def ready(self) -> tuple[str, ...]:
        """The receiving schools that are ready."""
        have = {r.receiver for r in self.records if r.step == "building"}
        return tuple(r for r in self.receivers if r in have)

    @property
    def done(self) -> tuple[str, ...]:
        """The steps that are done; building is when every receiving school is ready."""
        taken = {r.step for r in self.records}
        if set(self.ready) != set(self.receivers):
            taken.discard("building")
        elif "approval" in taken:
            # A closure without receivers has nothing to build first.
            taken.add("building")
        return tuple(s for s in STEPS if s in taken)

    @property
    def state(self) -> str:
        """The last step done, ``withdrawn``, or an empty text before the first."""
        if self.withdrawn:
            return WITHDRAWN
        return self.done[-1] if self.done else ""

    @property
    def next_steps(self) -> tuple[str, ...]:
        """The steps that may be recorded now, in their order."""
        return tuple(s for s in STEPS if s not in self.done and not self._lacking(s))

    @property
    def table(self) -> pd.DataFrame:
        """The steps taken, with the columns of `layoutplan.gates.declared.PROCEDURE`."""
        rows = [
            {
                "site_id": self.site_id,
                "step": r.step,
                "date": r.date.isoformat(),
                "until": r.until.isoformat() if r.until else "",
                "receiver": r.receiver,
                "evidence": r.evidence,
                "recorded_by": r.recorded_by,
            }
            for r in self.records
        ]
        return pd.DataFrame(rows, columns=[c.name for c in PROCEDURE.columns], dtype="str")

    def with_gates(self, gates: "Gates") -> "Procedure":
        """Take over what the gates say now, as after the votes are recorded.

        Parameters
        ----------
        gates
            The gates of the plan.

        Returns
        -------
        Procedure
            The procedure.
        """
        row = gates.verdicts.loc[self.site_id]
        return replace(self, verdicts={g: str(row[g]) for g in GATE_NAMES})

    def record(
        self,
        step: str,
        on: dt.date | str,
        *,
        evidence: str,
        until: dt.date | str | None = None,
        receiver: str = "",
        recorded_by: str = "",
    ) -> "Procedure":
        """Record a step.

        Parameters
        ----------
        step
            One of `layoutplan.gates.declared.STEPS`, or ``withdrawn``.
        on
            The day, as a date or text such as ``2026-05-12``.
        evidence
            The name of a file, without a folder; it is never opened.
        until
            The last day, for a notice.
        receiver
            The receiving school that is ready, for building.
        recorded_by
            Who recorded it.

        Returns
        -------
        Procedure
            The procedure with the step.

        Raises
        ------
        OptionsError
            With everything that is missing or contradicts itself: steps that must come
            first, gates that fail or are open, receivers that are not ready, a notice
            that is too short or not over, dates in the wrong order.
        """
        day, last = _day(on), None if until is None else _day(until)
        found = self._wrong(step, receiver=receiver, evidence=evidence)
        found += [
            Finding(code="procedure_no_date", values={"text": str(given)})
            for given, read in ((on, day), (until, last))
            if given is not None and read is None
        ]
        if not found and day is not None:
            found += self._lacking(step, on=day)
            found += self._notice(step, day, last)
        if found or day is None:
            raise OptionsError(found, where=self._school(), lang=self.lang)
        entry = Record(
            step=step,
            date=day,
            until=last,
            receiver=receiver,
            evidence=evidence,
            recorded_by=recorded_by,
        )
        return replace(self, records=(*self.records, entry))

    def lacking(self, step: str, lang: Language | None = None) -> tuple[str, ...]:
        """Say what a step lacks.

        Parameters
        ----------
        step
            The step.
        lang
            The language.

        Returns
        -------
        tuple of str
            One sentence each; none where the step may be recorded.
        """
        return tuple(f.what(lang or self.lang) for f in self._lacking(step))

    def words(self, lang: Language | None = None) -> pd.DataFrame:
        """Set the procedure out for a reader: every step, when it was done, what it lacks.

        Parameters
        ----------
        lang
            The language.

        Returns
        -------
        pandas.DataFrame
            One row per step.
        """
        spoken = lang or self.lang
        rows = []
        for step in STEPS:
            taken = [r for r in self.records if r.step == step]
            at = "done" if step in self.done else "next" if step in self.next_steps else "later"
            rows.append(
                {
                    heading(PROCEDURE, "step", lang=spoken): say(f"step.{step}", spoken),
                    say("procedure.at", spoken): say(f"procedure.{at}", spoken),
                    heading(PROCEDURE, "date", lang=spoken): ", ".join(
                        r.date.isoformat() + (f" ～ {r.until.isoformat()}" if r.until else "")
                        for r in taken
                    ),
                    heading(PROCEDURE, "evidence", lang=spoken): ", ".join(
                        r.evidence for r in taken
                    ),
                    say("procedure.lacking", spoken): ""
                    if at == "done"
                    else say("gates.between_sentences", spoken).join(self.lacking(step, spoken)),
                }
            )
        return pd.DataFrame(rows, dtype="str")

    def _school(self) -> str:
        return named(self.site_id, self.names, self.lang)

    def _word(self, step: str) -> str:
        return say(f"step.{step}", self.lang)

    def _wrong(self, step: str, *, receiver: str, evidence: str) -> list[Finding]:
        """Find what is wrong with what is given, whatever was done before."""
        if step not in (*STEPS, WITHDRAWN):
            known = ", ".join((*STEPS, WITHDRAWN))
            return [Finding(code="procedure_unknown_step", values={"step": step, "known": known})]
        found = []
        if not evidence.strip():
            found.append(Finding(code="procedure_no_evidence", values={"step": self._word(step)}))
        if not plain_file_name(evidence):
            found.append(Finding(code="procedure_evidence_name", values={"name": evidence}))
        known = ", ".join(self.receivers) or "–"
        if (step == "building") != bool(receiver) or (receiver and receiver not in self.receivers):
            values = {"receiver": receiver or "–", "known": known, "step": self._word(step)}
            found.append(Finding(code="procedure_receiver", values=values))
        again = receiver in self.ready if step == "building" else step in self.done
        if again:
            found.append(Finding(code="procedure_repeated", values={"step": self._word(step)}))
        return found

    def _lacking(self, step: str, *, on: dt.date | None = None) -> list[Finding]:
        """Find what must come first."""
        if self.withdrawn:
            return [Finding(code="procedure_withdrawn")]
        if step == WITHDRAWN:
            late = "transfer" in self.done
            return [Finding(code="procedure_too_late", ids=())] if late else []
        found = []
        missing = [s for s in self._before(step) if s not in self.done]
        if missing:
            words = say("gates.separator", self.lang).join(self._word(s) for s in missing)
            values = {"step": self._word(step), "missing": words}
            found.append(Finding(code="procedure_steps_missing", values=values))
        if STEPS.index(step) >= STEPS.index("transfer"):
            waiting = tuple(r for r in self.receivers if r not in self.ready)
            if waiting:
                text = tuple(named(r, self.names, self.lang) for r in waiting)
                found.append(Finding(code="procedure_not_ready", ids=text))
        if STEPS.index(step) >= STEPS.index(_JUDGED_FROM):
            found += self._judged(step)
        earlier = [r for r in self.records if r.step in self._before(step)]
        if on is not None and earlier and on < max(r.date for r in earlier):
            last = max(earlier, key=lambda r: r.date)
            values = {
                "step": self._word(step),
                "date": on.isoformat(),
                "other": self._word(last.step),
                "other_date": last.date.isoformat(),
            }
            found.append(Finding(code="procedure_dates", values=values))
        return found

    def _before(self, step: str) -> tuple[str, ...]:
        """Give all steps that must come before, directly or not, in their order."""
        seen: set[str] = set()
        todo = list(REQUIRES[step])
        while todo:
            one = todo.pop()
            if one not in seen:
                seen.add(one)
                todo += REQUIRES[one]
        return tuple(s for s in STEPS if s in seen)

    def _judged(self, step: str) -> list[Finding]:
        """Refuse to go on where a gate fails or a vote is not recorded."""
        found = []
        for verdict, code in (("fail", "procedure_gate_failed"), ("open", "procedure_gate_open")):
            stands = [g for g in GATE_NAMES if self.verdicts.get(g, "open") == verdict]
            if stands:
                ids = tuple(say(f"gate.{g}", self.lang) for g in stands)
                found.append(Finding(code=code, ids=ids, values={"step": self._word(step)}))
        return found

    def _notice(self, step: str, day: dt.date, last: dt.date | None) -> list[Finding]:
        """Hold the public notice against its days, and what follows against its end."""
        found = []
        if last is not None and (step != "notice" or last < day):
            values = {"step": self._word(step), "until": last.isoformat()}
            found.append(Finding(code="procedure_until", values=values))
        elif step == "notice" and self.notice is not None:
            days = 0 if last is None else (last - day).days + 1
            if days < self.notice.value:
                values = {
                    "days": f"{days}",
                    "least": f"{self.notice.value:g}",
                    "source": sources([self.notice], self.lang),
                }
                found.append(Finding(code="procedure_notice_short", values=values))
        if step in STEPS and "notice" in self._before(step):
            last_day = max((r.until for r in self.records if r.until is not None), default=None)
            if last_day is not None and day <= last_day:
                running = {"step": self._word(step), "until": last_day.isoformat()}
                found.append(Finding(code="procedure_notice_running", values=running))
        return found

    def _repr_html_(self) -> str:
        """Show the steps with signs, for notebooks."""
        items = []
        for step, row in zip(STEPS, self.words().to_numpy().tolist(), strict=True):
            sign = signed("pass" if step in self.done else "open")
            cells = "".join(f"<td>{escape(str(cell))}</td>" for cell in row)
            items.append(f"<tr><td>{sign}</td>{cells}</tr>")
        heads = "".join(f"<th>{escape(c)}</th>" for c in self.words().columns)
        return framed(
            f"<p>{escape(self._school())}</p><table><thead><tr><th></th>{heads}</tr></thead>"
            f"<tbody>{''.join(items)}</tbody></table>"
        )


def _day(given: dt.date | str) -> dt.date | None:
    if isinstance(given, dt.datetime):
        return given.date()
    return given if isinstance(given, dt.date) else parse_date(given)
