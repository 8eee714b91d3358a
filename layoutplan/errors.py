"""Errors for planners: what, where, cure; never a traceback for a user's mistake."""

from collections.abc import Iterable

from layoutplan.findings import Finding, message
from layoutplan.words import Language, language


class LayoutPlanError(Exception):
    """Base of all errors that the library raises on purpose.

    Parameters
    ----------
    findings
        Everything found wrong, all at once.
    where
        The file, folder or argument concerned.
    lang
        The language of ``str(error)``; ``"auto"`` is that of the machine.
    """

    def __init__(
        self, findings: Finding | Iterable[Finding], *, where: str = "", lang: str = "auto"
    ) -> None:
        self.findings = (findings,) if isinstance(findings, Finding) else tuple(findings)
        self.where = where
        self.lang: Language = language(lang, [where] if lang == "auto" else [])
        super().__init__(self.message(self.lang))

    def message(self, lang: Language) -> str:
        """Give the whole message in one language.

        Parameters
        ----------
        lang
            The language.

        Returns
        -------
        str
            What, where and cure of every finding.
        """
        return message(self.findings, lang=lang, where=self.where)


class DataError(LayoutPlanError, ValueError):
    """The data cannot be used as they are."""


class TravelError(LayoutPlanError, ValueError):
    """Travel times cannot be computed from these roads and places."""


class InfeasibleError(LayoutPlanError, ValueError):
    """What is asked contradicts itself."""


class SolverError(LayoutPlanError, RuntimeError):
    """The solver gave no answer."""


class OptionsError(LayoutPlanError, ValueError):
    """An option is unknown, of the wrong kind or names something unknown."""


class InternalError(LayoutPlanError, RuntimeError):
    """A fault of the library itself, to be reported with the inputs."""
