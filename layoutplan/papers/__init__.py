"""Papers that a bureau can sign: Word, pages and PDF from a plan."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from layoutplan.papers.pdf import write_pdf
    from layoutplan.papers.rectification import write_rectification
    from layoutplan.papers.supervision import write_notices, write_supervision
    from layoutplan.papers.write import Written, write_paper, write_papers

_WHERE: Final = {
    "Written": "write",
    "write_notices": "supervision",
    "write_paper": "write",
    "write_papers": "write",
    "write_pdf": "pdf",
    "write_rectification": "rectification",
    "write_supervision": "supervision",
}

__all__ = [
    "Written",
    "write_notices",
    "write_paper",
    "write_papers",
    "write_pdf",
    "write_rectification",
    "write_supervision",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import a part when it is first used: Word takes time."""
    if name not in _WHERE:
        message = f"module 'layoutplan.papers' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"layoutplan.papers.{_WHERE[name]}"), name)
