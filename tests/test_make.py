"""What `make` runs: JupyterLab, the lectures in a shell, live copies, outputs, the address."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import make_live
import make_mine
import nbformat
import pytest
from conftest import ADDRESS, ROOT

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="make is not on the path")
GIVEN_ON = "MAKEFLAGS MAKEOVERRIDES MFLAGS MAKELEVEL VENV PYTHON CONSTRAINTS ARGS DISPLAY".split()


def outside_of_make(**more: str) -> dict[str, str]:
    """The environment without what a make around the tests gives on, and without a screen."""
    return {name: value for name, value in os.environ.items() if name not in GIVEN_ON} | more


def make(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    environment, command = outside_of_make(**environment), [shutil.which("make"), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)


def script(path: Path, *lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)


@pytest.fixture
def course(tmp_path) -> Path:
    """A copy of the files that `make` needs, beside two lectures of one cell each."""
    folder = tmp_path / "course"
    shutil.copytree(ROOT / ".tools", folder / ".tools")
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    (folder / "lectures").mkdir()
    first = "import os; print(os.environ['https_proxy'])"
    table = "import pandas; pandas.Series({'MF': 0.95})"
    for name, text in {"01_short": first, "06_ncf3_neural": table}.items():
        cell = nbformat.v4.new_code_cell(text, id="compare-table")
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / f"lectures/{name}.ipynb")
    return folder


PYENV, NO_VENV = "echo 'pyenv: command not found' >&2; exit 127", "exit 1"
PYTHONS = [  # what is there, and what make takes
    ({"python3": (3, 12), "python3.13": (3, 13)}, "python3"),
    ({"python3": (3, 14), "python3.13": PYENV, "python3.12": (3, 12)}, "python3.12"),
    ({"python3": NO_VENV, "python3.11": (3, 11)}, "python3.11"),
    ({"python3.13": (3, 13), "python3.12": (3, 12)}, "python3.13"),
    ({"python3": (3, 10), "python3.13": PYENV}, None),
    ({}, None),
]


@pytest.mark.parametrize(("there", "taken"), PYTHONS)
def test_make_takes_a_python_that_fits_and_says_which(there, taken, course):
    for name, what in there.items():
        version = f'import sys; sys.version_info = {what} + (0, "final", 0); exec(sys.argv[1])'
        fits = f"exec '{sys.executable}' -c '{version}' \"$2\"" if isinstance(what, tuple) else what
        script(course / "bin" / name, f'[ "$1" = -m ] && echo "{name} makes $3" && exit 1', fits)
    done = make(course, "lab", "VENV=new", PATH=str(course / "bin"))
    assert done.returncode
    if taken:
        assert f"{taken} sets up new" in done.stdout and f"{taken} makes new" in done.stdout
    else:
        assert "Python 3.11, 3.12 or 3.13 with venv is needed" in done.stderr
        assert "make PYTHON=" in done.stderr


@pytest.mark.parametrize("data", ["/my data", "my data/$HOME", "data", ""])
def test_make_lab_keeps_the_path_to_the_data(data, course):
    script(course / ".venv/bin/jupyter", 'echo "data in <$COURSE_DATA>"')
    script(course / ".venv/bin/python", "exit 0")
    (course / ".venv/installed").touch()
    absolute = str(course / data) if data else ""
    done = make(course, "lab", COURSE_DATA=data)
    assert f"data in <{absolute}>" in done.stdout, "kernels start in lectures/"


@contextmanager
def lab(folder: Path, **environment: str) -> Iterator[tuple[str, str]]:
    """What `make lab` says, started in the folder, and the address, as soon as it answers."""
    own = {f"JUPYTER_{name}_DIR": str(folder / name) for name in ("CONFIG", "RUNTIME")}
    venv = Path(sys.prefix)
    command = ["make", "-o", f"{venv}/installed", "lab", f"VENV={venv}"]
    with (folder / "log").open("w") as log:
        where = {"cwd": folder, "stdout": log, "stderr": log, "start_new_session": True}
        server = subprocess.Popen(command, env=outside_of_make(**own, **environment), **where)
    try:
        end, said = time.monotonic() + 60, ""
        while not (found := re.search(r"(http://127\.0\.0\.1:\d+/lab\S+)\s*$", said)):
            assert server.poll() is None and time.monotonic() < end, said
            time.sleep(0.1)
            said = (folder / "log").read_text()
        yield said, found[1]
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)


@pytest.mark.parametrize("browser", [None, "browser", "/nowhere/browser"])
def test_make_lab_answers_on_the_address_that_it_prints_last(browser, course):
    screen = {"DISPLAY": ":0", "BROWSER": browser} if browser else {}
    script(course / "bin/browser", f'echo "$1" > "{course}/opened"')
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
    with suppress(OSError):  # or another program has taken the port
        taken.bind(("127.0.0.1", 8888))
        taken.listen()
    path = f"{course / 'bin'}{os.pathsep}{os.environ['PATH']}"
    with taken, lab(course, PATH=path, **screen) as (said, address):
        assert "/lab/tree/lectures/01_embedding_layers.ipynb?token=" in address
        assert ":8888/" not in address
        assert b"JupyterLab" in urllib.request.urlopen(address, timeout=30).read()
        assert said.splitlines()[-1].strip() == address
        assert (course / "opened").exists() == (browser == "browser")


def tool(folder: Path, name: str, *arguments: str) -> str:
    command = [sys.executable, f".tools/{name}.py", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_make_run_shows_progress_and_the_table_and_writes_nothing(course):
    before = {path: path.read_bytes() for path in course.rglob("*.ipynb")}
    said = tool(course, "run_lectures")
    took = r": \d+ s, 0\.\d GB\n"
    assert re.search(rf"(?s)01_short.*{took}.*06_ncf3_neural.*{took}.*MF +0\.95\n", said)
    assert {path: path.read_bytes() for path in course.rglob("*.ipynb")} == before


def test_outputs_are_stored_and_nothing_of_the_machine(course):
    tool(course, "store_outputs", "lectures/06_ncf3_neural.ipynb")
    notebook = nbformat.read(course / "lectures/06_ncf3_neural.ipynb", as_version=4)
    (cell,) = notebook.cells
    assert "MF    0.95" in cell.outputs[0].data["text/plain"]
    assert (cell.id, cell.execution_count, cell.metadata) == ("compare-table", 1, {})
    assert notebook.metadata.language_info == {"name": "python"}


def test_live_copies_tell_nothing_before_it_happens(tmp_path):
    notice = "**Notice** It is\n\n- 1.\n\n**Predict first** And then?"
    code = nbformat.v4.new_code_cell("a = 1\na + 1", metadata={"tags": ["type-along"]})
    cells = [nbformat.v4.new_markdown_cell(notice), code]
    said, code = make_live.live(nbformat.v4.new_notebook(cells=cells)).cells
    before, question = said.source.split("</details>\n\n")
    assert before.startswith("<details><summary><b>Notice</b></summary>\n\nIt is\n\n- 1.\n\n")
    assert (question, code.source) == ("**Predict first** And then?", "a = 1\n# …")
    for path in sorted(ROOT.glob("lectures/0[12456]*.ipynb")):
        cells = nbformat.read(path, 4).cells
        begun = [cell for cell in cells if "type-along" in cell.metadata.get("tags", [])]
        assert 2 <= len(begun) <= 3 and all(cell.source.count("\n") < 8 for cell in begun)


def test_live_copies_are_the_lectures_without_outputs_and_keep_what_is_written(tmp_path, capsys):
    make_live.make_live(tmp_path)
    lectures = sorted(ROOT.glob("lectures/*.ipynb"))
    for path in lectures:
        copy, lecture = nbformat.read(tmp_path / path.name, 4), nbformat.read(path, 4)
        assert [cell.id for cell in copy.cells] == [cell.id for cell in lecture.cells]
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in copy.cells)
        assert not any(re.search("^\\*\\*Notice", cell.source, re.M) for cell in copy.cells)
    changed, run, old = (tmp_path / path.name for path in lectures[:3])
    for path in (changed, run, old):
        notebook = nbformat.read(path, 4)
        if path == changed:
            notebook.cells[1].source = "typed in class"
        elif path == run:
            notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="42")]
        else:  # as an older version was made
            del notebook.cells[3:]
            notebook.metadata.made = make_live.digest(notebook)
        nbformat.write(notebook, path)
    before = changed.read_text(), run.read_text()
    capsys.readouterr()
    make_live.make_live(tmp_path)
    assert (changed.read_text(), run.read_text()) == before
    assert len(nbformat.read(old, 4).cells) > 3
    said = capsys.readouterr().out
    assert said.count("is kept: it was changed or run") == 2 and said.count("is new") > 3


def test_practices_lie_in_mine_and_answers_are_kept(tmp_path):
    make_mine.make_mine(tmp_path)
    first, *others = sorted(ROOT.glob("practice/*.ipynb"))
    for path in (first, *others):
        assert nbformat.read(tmp_path / path.name, 4).cells == nbformat.read(path, 4).cells
    mine = nbformat.read(tmp_path / first.name, 4)
    mine.cells[-1].source = "my answer"
    nbformat.write(mine, tmp_path / first.name)
    make_mine.make_mine(tmp_path)
    assert nbformat.read(tmp_path / first.name, 4).cells[-1].source == "my answer"


@pytest.fixture
def copied(course) -> Path:
    """The course in a git repository, with a page that has the address in it."""
    links = [f"https://github.com/{ADDRESS}{end}" for end in ("", ".git", "/blob/main/a", "-other")]
    (course / "README.md").write_text("\n".join(links))
    (course / "untracked").write_text(ADDRESS)
    for command in (["init", "-q"], ["add", "README.md", "Makefile"]):
        subprocess.run(["git", *command], cwd=course, check=True)
    return course


WAYS = ["jane/mf.2", "https://github.com/jane/mf.2", "https://x:SECRET@github.com/jane/mf.2.git/"]
WAYS += ["git@github.com:jane/mf.2.git", "ssh://git@ssh.github.com:443/jane/mf.2.git"]


@pytest.mark.parametrize("remote", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_publish_replaces_the_address_in_tracked_files(way, remote, copied):
    if remote:
        subprocess.run(["git", "remote", "add", "origin", way], cwd=copied, check=True)
    done = make(copied, "publish", *([] if remote else [f"REPOSITORY={way}"]))
    assert done.returncode == 0 and "SECRET" not in done.stdout + done.stderr
    first, second, third, other = (copied / "README.md").read_text().splitlines()
    assert first == "https://github.com/jane/mf.2" and second == first + ".git"
    assert third == first + "/blob/main/a" and other == f"https://github.com/{ADDRESS}-other"
    assert "ADDRESS := jane/mf.2\n" in (copied / "Makefile").read_text()
    assert (copied / "untracked").read_text() == ADDRESS


NO_WAYS = ["", "fork", "a/b/c", "https://gitlab.com/a/b", "../course", "a/.."]


@pytest.mark.parametrize("way", NO_WAYS)
def test_publish_refuses_what_is_no_address_on_github(way, copied):
    done = make(copied, "publish", f"REPOSITORY={way}")
    assert done.returncode and "make publish REPOSITORY=" in done.stderr
    assert ADDRESS in (copied / "Makefile").read_text()
