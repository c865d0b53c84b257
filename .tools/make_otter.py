"""Assignments for otter-grader 7, from solutions/: `make otter`.

otter/source/ has each practice in otter's own form, with what its checks need beside it; `otter
assign` makes otter/dist/<practice>/ from it: `student/` to hand out, and the autograder, a zip
file. The points are those of `make nbgrader`.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import nbformat
from make_live import ROOT, write_unless_changed
from make_nbgrader import CHECK, IS_CHECK, WORDS, put_beside, run_tool, without_links
from nbformat.v4 import new_code_cell, new_raw_cell

FOLDER = ROOT / "otter"
CONFIG = """# ASSIGNMENT CONFIG
generate: true
init_cell: false
check_all_cell: false
run_tests: false
files:
- utils
- practice"""
QUIET = """import contextlib, io
with contextlib.redirect_stdout(io.StringIO()):
    right = {call}
assert right"""
STUB = '''\\1""" # BEGIN PROMPT
\\1# YOUR CODE HERE
\\1raise NotImplementedError()
\\1"""; # END PROMPT
\\1# BEGIN SOLUTION NO PROMPT'''


def question(name: str, points: int, cells: list, tests: list) -> list:
    """The cells of a question: answers between marks, then the tests; without, it is by hand."""
    how = f"name: {name}\npoints: {points}\nmanual: {str(not tests).lower()}\ncheck_cell: false"
    marked = [("SOLUTION", cells)] + [("TESTS", tests)] * bool(tests)
    between = [
        new_raw_cell(f"# BEGIN QUESTION\n{how}"),
        *(one for word, inner in marked for one in (
            new_raw_cell(f"# BEGIN {word}"), *inner, new_raw_cell(f"# END {word}"),
        )),
        new_raw_cell("# END QUESTION"),
    ]  # fmt: skip
    return between


def with_questions(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A solution in otter's form; an exercise is tested by the check in the cell below it."""
    cells, exercise = [new_raw_cell(CONFIG)], None
    for cell in notebook.cells:
        code, marked = cell.cell_type == "code", "BEGIN SOLUTION" in cell.source
        cell.metadata.pop("slideshow", None)
        if code and marked:
            cell.source = re.sub(r"( *)### BEGIN SOLUTION", STUB, cell.source)
            cell.source = cell.source.replace("### END SOLUTION", "# END SOLUTION")
            exercise = cell
        elif check := IS_CHECK.match(cell.source):
            call = cell.source.split(" = ", 1)[1]
            test = (
                f'""" # BEGIN TEST CONFIG\npoints: {CHECK}\nhidden: true\n""" # END TEST CONFIG\n'
            )
            name = check[1].removeprefix("ok_")
            tests = [new_code_cell(test + QUIET.format(call=call))]
            cells += [*question(name, CHECK, [exercise], tests), cell]
        elif marked:
            cell.source = without_links(
                re.sub(r"<!-- ### (BEGIN|END) SOLUTION -->\n?", "", cell.source)
            )
            cells += question(cell.id, WORDS, [cell], [])
        else:
            cell.source = cell.source if code else without_links(cell.source)
            cells.append(cell)
    notebook.cells = cells
    return notebook


def main(folder: Path = FOLDER, paths: Iterable[Path] = ()) -> None:
    """Write `folder`/source, and have otter make `folder`/dist, of all solutions or of some."""
    for path in paths or sorted((ROOT / "solutions").glob("*.ipynb")):
        put_beside(path, target := folder / "source" / path.stem)
        questions = with_questions(nbformat.read(path, as_version=4))
        write_unless_changed(questions, target / path.name)
        dist = folder / "dist" / path.stem
        run_tool(target, "otter", "assign", "--no-run-tests", path.name, str(dist.absolute()))


if __name__ == "__main__":
    main()
