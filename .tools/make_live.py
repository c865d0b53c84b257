"""Copies of the lectures to type along in: `make live`.

They have no outputs, and tell nothing before it happens: a notice opens with a click, and of a cell
with the tag "type-along" the first line is there, and dots. They lie in live/, which git ignores. A
copy that was changed or run since it was made is kept.
"""

import hashlib
import re
from pathlib import Path

import nbformat
from nbconvert.preprocessors import ClearOutputPreprocessor

ROOT = Path(__file__).resolve().parents[1]
# A notice with its list or formula; a paragraph of its own behind it, such as a question, stays.
NOTICE = re.compile(r"^\*\*Notice\*\*\s*(.+?)(?=\n\n[A-Z*`]|\Z)", re.M | re.S)
FOLDED = r"<details><summary><b>Notice</b></summary>\n\n\1\n\n</details>"


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


def live(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The copy of a lecture: without outputs, with notices folded and cells to type begun."""
    copy, _ = ClearOutputPreprocessor().preprocess(notebook, {})
    for cell in copy.cells:
        if cell.cell_type == "markdown":
            cell.source = NOTICE.sub(FOLDED, cell.source)
        elif "type-along" in cell.metadata.get("tags", []):
            cell.source = f"{cell.source.splitlines()[0]}\n# …"
    return copy


def make_live(folder: Path = ROOT / "live") -> None:
    """Write the copies into `folder`."""
    folder.mkdir(exist_ok=True)
    for path in sorted((ROOT / "lectures").glob("*.ipynb")):
        write_unless_changed(live(nbformat.read(path, as_version=4)), folder / path.name)


if __name__ == "__main__":
    make_live()
