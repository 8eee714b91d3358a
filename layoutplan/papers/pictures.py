"""The pictures of papers: drawn once, and where one cannot be drawn, why is kept."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from layoutplan.errors import LayoutPlanError
from layoutplan.findings import Finding
from layoutplan.maps.picture import map_picture
from layoutplan.papers.case import Case
from layoutplan.papers.charts import report_charts

_WHOLE: Final = (1500, 1000)
_NEAR: Final = (1000, 640)


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
        case = self.case
        if self.findings:
            # What stood in the way of one picture, such as a font, stands in the way of all.
            return None
        with tempfile.TemporaryDirectory(prefix="layoutplan-") as folder:
            path = Path(folder) / "map.png"
            try:
                map_picture(
                    case.plan, path, site=site, against=case.against, lang=case.lang,
                    width=size[0], height=size[1],
                )  # fmt: skip
            except LayoutPlanError as error:
                self._missing(error)
                return None
            return path.read_bytes()

    def _missing(self, error: LayoutPlanError) -> None:
        why = " ".join(f.what(self.case.lang) for f in error.findings)
        found = Finding(code="papers_without_picture", severity="warning", values={"why": why})
        if all(f.values != found.values for f in self.findings):
            self.findings.append(found)
