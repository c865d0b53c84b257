"""A course folder for nbgrader 0.9.6, from solutions/: `make nbgrader`.

nbgrader/source/ has each practice with grade ids and points, and beside the notebook what its
checks need; nbgrader itself makes release/ from it, without a solution. An exercise is an
"autograded answer"; its check gives CHECK points when it says ✅; an answer in words gives up to
WORDS points, by hand; all other code is read-only, and put back before grading. What was changed
in source/ since it was made is kept.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import nbformat
from make_live import ROOT, write_unless_changed

FOLDER = ROOT / "nbgrader"
CHECK, WORDS = 2, 1  # points
ADDRESS = re.search(r"ADDRESS := (\S+)", (ROOT / "Makefile").read_text())[1]
BESIDE = ["utils/*.py", "utils/*.tsv", "utils/*.csv", "utils/*.json", "practice/__init__.py"]
BESIDE += ["practice/checks/_*.py", "practice/checks/{table}.py"]
IS_CHECK = re.compile(r"(ok_\w+) = checks\.\w+\(")
CONFIG = """c = get_config()
c.CourseDirectory.course_id = "neural_mf"
c.ExecutePreprocessor.timeout = 600
"""
MAKE_RELEASE = "nbgrader generate_assignment --create --force --log-level=ERROR".split()
HIDDEN = """
### BEGIN HIDDEN TESTS
assert {ok}, "the check does not say ✅"
### END HIDDEN TESTS"""


def put_beside(path: Path, target: Path) -> None:
    """What a practice needs: utils, its checks, and packed what these compare answers with."""
    for pattern in BESIDE:
        for file in ROOT.glob(pattern.format(table=path.stem[3:])):
            (target / file.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target / file.relative_to(ROOT))
    packed = zlib.compress(json.dumps(code_of(path)).encode())
    (target / "practice/checks" / f"{path.stem}.bin").write_bytes(packed)


def code_of(path: Path) -> dict[str, str]:
    """The code cells of a notebook, by their ids."""
    cells = nbformat.read(path, as_version=4).cells
    return {cell.id: cell.source for cell in cells if cell.cell_type == "code"}


def without_links(text: str) -> str:
    """Prose without the badge, and with addresses in place of links to other folders."""
    text = re.sub(r"^\[!\[Open.*\n+", "", text, flags=re.M)
    return text.replace("](../", f"](https://github.com/{ADDRESS}/blob/main/")


def with_points(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A practice with nbgrader's metadata, and no address that leads to the solutions."""
    for cell in notebook.cells:
        code, marked = cell.cell_type == "code", "BEGIN SOLUTION" in cell.source
        check = IS_CHECK.match(cell.source)
        points = CHECK if check else WORDS if marked and not code else 0
        if check:
            cell.source += HIDDEN.format(ok=check[1])
        if not code:
            cell.source = without_links(cell.source)
        if code or marked:
            kind = {"grade": points > 0, "solution": marked, "locked": not marked, "task": False}
            more = {"points": points} if points else {}
            cell.metadata.nbgrader = {
                "grade_id": cell.id, "cell_type": cell.cell_type, "schema_version": 3,
            } | kind | more  # fmt: skip
        cell.metadata.pop("slideshow", None)
    return notebook


def main(folder: Path = FOLDER) -> None:
    """Write `folder`/source and its settings, and have nbgrader make `folder`/release."""
    folder.mkdir(exist_ok=True)
    if not (settings := folder / "nbgrader_config.py").exists():
        settings.write_text(CONFIG, encoding="utf-8")
    for path in sorted((ROOT / "solutions").glob("*.ipynb")):
        put_beside(path, target := folder / "source" / path.stem)
        graded = with_points(nbformat.read(path, as_version=4))
        write_unless_changed(graded, target / path.name)
        run_tool(folder, *MAKE_RELEASE, path.stem)


def run_tool(folder: Path, *command: str) -> None:
    """Run a module in a folder, such as nbgrader, which calls programs beside this Python."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    where = os.environ | {"PATH": path}
    subprocess.run([sys.executable, "-m", *command], cwd=folder, env=where, check=True)


if __name__ == "__main__":
    main()
