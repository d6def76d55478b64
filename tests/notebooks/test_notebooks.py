"""Every notebook runs from top to bottom in a fresh kernel, and shows what it promises."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def executed(path: Path) -> nbformat.NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return notebook


@pytest.mark.filterwarnings("ignore")  # the kernel client's own, about event loops
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_plain_pictures(path: Path) -> None:
    notebook = executed(path)
    bundles = [
        output["data"]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type in ("display_data", "execute_result")
    ]
    assert bundles, "a notebook shows something"
    for bundle in bundles:
        assert "text/plain" in bundle
        for kind in ("image/svg+xml", "text/html"):
            assert "<script" not in str(bundle.get(kind, ""))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells)


def test_the_first_notebook_draws_the_sequence_diagram() -> None:
    path = next(path for path in NOTEBOOKS if path.stem == "01-hello-world")
    sources = "".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
    assert "Sequence(result.events)" in sources
