"""Every notebook runs from top to bottom, says nothing on stderr, and is stored without outputs."""

from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LONG = {
    "01_first_plan",
    "03_standards_and_gates",
    "05_roadmap_and_supervision",
    "06_how_the_model_works",
}
"""They search on the whole demo county, or again and again."""

# What Jupyter's own machinery may say while it starts and stops a kernel.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Jupyter is migrating:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:jupyter_client"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:zmq"),
    pytest.mark.filterwarnings("ignore:Proactor event loop:RuntimeWarning:zmq"),
]


def name_of(path):
    return path.stem


def read(path):
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def outputs(notebook):
    return [o for cell in notebook.cells for o in cell.get("outputs", [])]


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_a_notebook_is_stored_clean(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert not outputs(notebook)
    assert not [c.id for c in notebook.cells if c.get("execution_count") is not None]
    ids = [c.id for c in notebook.cells]
    assert len(set(ids)) == len(ids)


def runs():
    """Give each notebook and where it starts; what takes long is started once, from the root."""
    for path in NOTEBOOKS:
        root = pytest.param(
            path, FOLDER.parent, marks=pytest.mark.slow, id=f"{path.stem}-from_root"
        )
        yield root
        if path.stem not in LONG:
            yield pytest.param(path, FOLDER, id=f"{path.stem}-from_notebooks")


@pytest.mark.parametrize(("path", "start"), list(runs()))
def test_a_notebook_runs(path, start, tmp_path, monkeypatch):
    from nbclient import NotebookClient

    # What a notebook writes goes to the kernel's temporary folder.
    for variable in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(variable, str(tmp_path))
    before = sorted(FOLDER.iterdir())
    notebook = read(path)
    resources = {"metadata": {"path": str(start)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()
    said = [o.text for o in outputs(notebook) if o.get("name") == "stderr"]
    assert not said
    assert sorted(FOLDER.iterdir()) == before
