"""Copies of the lectures to type along in, without outputs: `make live`.

They lie in live/, which git ignores. A copy that was changed or run since it was made is kept.
"""

import hashlib
from pathlib import Path

import nbformat
from nbconvert.preprocessors import ClearOutputPreprocessor

ROOT = Path(__file__).resolve().parents[1]


def digest(notebook: nbformat.NotebookNode) -> str:
    """A short number that changes with what is written in the cells or printed by them."""
    cells = [(cell.source, cell.get("outputs")) for cell in notebook.cells]
    return hashlib.sha256(repr(cells).encode()).hexdigest()[:16]


def write_unless_changed(notebook: nbformat.NotebookNode, target: Path) -> None:
    """Write a copy with its digest; what was changed or run since it was made is kept."""
    if target.exists():
        there = nbformat.read(target, as_version=4)
        if there.metadata.get("made") != digest(there):
            print(f"{target} is kept: it was changed or run. For a fresh one delete it.")
            return
    notebook.metadata.made = digest(notebook)
    nbformat.write(notebook, target)
    print(f"{target} is new.")


def make_live(folder: Path = ROOT / "live") -> None:
    """Write the copies into `folder`, without outputs."""
    folder.mkdir(exist_ok=True)
    for path in sorted((ROOT / "lectures").glob("*.ipynb")):
        notebook, _ = ClearOutputPreprocessor().preprocess(nbformat.read(path, as_version=4), {})
        write_unless_changed(notebook, folder / path.name)


if __name__ == "__main__":
    make_live()
