"""The pictures of papers: drawn once, and where one cannot be drawn, why is kept."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from layoutplan.errors import LayoutPlanError
from layoutplan.findings import Finding
from layoutplan.maps.picture import picture_png
from layoutplan.maps.picture_drawing import Drawing, drawing_of
from layoutplan.papers.case import Case
from layoutplan.papers.charts import report_charts

_WHOLE: Final = (1500, 1000)
_NEAR: Final = (870, 560)
"""As many dots as a printer sets on the width that the picture has in a dossier."""


@dataclass(eq=False, kw_only=True)
class Pictures:
    """Draws the pictures of a case.

    Parameters
    ----------
    case
        The case.
    findings
        Why pictures are missing, each reason once.
    """

    case: Case
    findings: list[Finding] = field(default_factory=list)

    def county(self) -> bytes | None:
        """Draw the county.

        Returns
        -------
        bytes or None
            PNG; None where it cannot be drawn.
        """
        return self._map(None, _WHOLE)

    def site(self, site: str) -> bytes | None:
        """Draw one school and its villages.

        Parameters
        ----------
        site
            The school.

        Returns
        -------
        bytes or None
            PNG; None where it cannot be drawn.
        """
        return self._map(site, _NEAR)

    def charts(self) -> tuple[tuple[str, bytes], ...] | None:
        """Draw the charts of the report.

        Returns
        -------
        tuple or None
            Captions and PNG; None where they cannot be drawn.
        """
        try:
            return report_charts(self.case)
        except LayoutPlanError as error:
            self._missing(error)
            return None

    def _map(self, site: str | None, size: tuple[int, int]) -> bytes | None:
        if self.findings:
            # What stood in the way of one picture, such as a font, stands in the way of all.
            return None
        try:
            few = site is not None
            return picture_png(self._drawing, site=site, size=size, few_colours=few)
        except LayoutPlanError as error:
            self._missing(error)
            return None

    @cached_property
    def _drawing(self) -> Drawing:
        case = self.case
        return drawing_of(case.plan, against=case.against, lang=case.lang)

    def _missing(self, error: LayoutPlanError) -> None:
        why = " ".join(f.what(self.case.lang) for f in error.findings)
        found = Finding(code="papers_without_picture", severity="warning", values={"why": why})
        if all(f.values != found.values for f in self.findings):
            self.findings.append(found)
