"""Make practice/ from solutions/: `make practice`.

Between nbgrader's markers `### BEGIN SOLUTION` and `### END SOLUTION`, in prose in HTML comments,
code becomes `raise NotImplementedError()` and prose a place for the student's answer. Outputs,
execution counts and all metadata but a cell's tags and folding go; cell ids stay.
"""

import re
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = (rf"(?:<!-- )?### {word} SOLUTION(?: -->)?" for word in ("BEGIN", "END"))
MARKED = re.compile(rf"^([ \t]*){BEGIN}\n.*?^[ \t]*{END}$", re.M | re.S)
KEPT = ("tags", "cellView", "jupyter")  # what the metadata of a cell keeps
STUB = {
    "code": r"\1# YOUR CODE HERE\n\1raise NotImplementedError()",
    "markdown": "*Your answer:*",
}


def practice_of(solution: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A new notebook: the solution's cells without what is between the markers."""
    cells = []
    for cell in solution.cells:
        source = MARKED.sub(STUB[cell.cell_type], cell.source)
        if re.search("SOLUTION|(?i:(begin|end) *solution)", source):
            raise ValueError(f"cell {cell.id!r}: markers that do not pair: BEGIN and END SOLUTION")
        make = getattr(nbformat.v4, f"new_{cell.cell_type}_cell")
        source = source.replace("/blob/main/solutions/", "/blob/main/practice/")
        kept = {key: cell.metadata[key] for key in KEPT if key in cell.metadata}
        cells.append(make(source, id=cell.id, metadata=kept))
    return nbformat.v4.new_notebook(cells=cells, metadata=solution.metadata)


def text_of(path: Path) -> str:
    """The practice that belongs to the solution at `path`, as the text of a notebook file."""
    return nbformat.writes(practice_of(nbformat.read(path, as_version=4))) + "\n"


if __name__ == "__main__":
    for path in sorted((ROOT / "solutions").glob("*.ipynb")):
        target = ROOT / "practice" / path.name
        target.write_text(text_of(path), encoding="utf-8")
        print(target.relative_to(ROOT))
