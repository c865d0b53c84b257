"""The setup cell, wherever a notebook is opened, and the import of utils that ends it.

The course is a small one here: the cell must find it or fetch it, and import its utils, not
another. test_colab.py runs whole notebooks alone.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from conftest import ADDRESS, ROOT

LAST = "utils/restaurant_reviews.tsv"
CELL = nbformat.read(ROOT / "lectures/01_embedding_layers.ipynb", as_version=4).cells[1]
DATA = "import utils.data\nprint(utils.data.__file__)"


def write(folder: Path, files: dict[str, str]) -> None:
    """Files, by their paths in the folder, with their texts."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def as_on_github(folder: Path) -> Path:
    """Make a git repository of the folder, to stand for the one on GitHub."""
    author = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for command in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "-m", "course"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def github_is(folder: Path) -> dict[str, str]:
    """The environment in which git fetches from the folder what it seeks on GitHub."""
    url, here = f"https://github.com/{ADDRESS}", f"url.{folder.as_uri()}.insteadOf"
    return {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": here, "GIT_CONFIG_VALUE_0": url}


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """A small course."""
    folder = tmp_path_factory.mktemp("published")
    files = ("lectures/a.ipynb", "utils/__init__.py", "utils/data.py", LAST)
    write(folder, dict.fromkeys(files, ""))
    return as_on_github(folder)


@pytest.fixture
def online(monkeypatch, published, tmp_path) -> Path:
    """A machine from which GitHub can be reached, with the course in course/."""
    for name, value in github_is(published).items():
        monkeypatch.setenv(name, value)
    shutil.copytree(published, tmp_path / "course")
    return tmp_path


@pytest.fixture
def offline(online, monkeypatch) -> Path:
    """A machine from which GitHub cannot be reached."""
    monkeypatch.setenv("GIT_CONFIG_KEY_0", github_is(online / "nowhere")["GIT_CONFIG_KEY_0"])
    return online


def start(folder: Path, source: str) -> subprocess.CompletedProcess:
    """Run the source in a new Python, whose folder is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-X", "utf8", "-c", source]
    how = {"cwd": folder, "encoding": "utf-8", "start_new_session": True}
    return subprocess.run(command, capture_output=True, **how)


def course_of(folder: Path, before: str = "", cell: str = CELL.source) -> Path:
    """The course whose utils are imported after the cell was run twice, in one Python."""
    done = start(folder, "\n".join([before, cell, cell, DATA]))
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip()).parents[1]


def test_the_cell_is_short_and_folded_and_the_same_everywhere():
    assert sum(bool(line.strip()) for line in CELL.source.splitlines()) <= 14
    for path in sorted(ROOT.glob("[lps][eor]*/[0-9]*.ipynb")):
        cell = nbformat.read(path, as_version=4).cells[1]
        assert (cell.id, cell.source, cell.metadata.tags) == ("setup", CELL.source, ["setup"])
        assert cell.metadata.cellView == "form" and cell.source.startswith("# @title ")
        assert cell.metadata.jupyter.source_hidden


def test_the_file_that_marks_the_course_is_the_last_one_that_git_writes():
    names = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()
    assert names[-1] == LAST and f'"{LAST}"' in CELL.source


@pytest.mark.parametrize("place", ["course", "course/lectures", "course/practice/mine/week 1"])
def test_it_finds_the_course_around_the_notebook(place, offline):
    assert course_of(offline / place) == offline / "course"


@pytest.mark.parametrize("place", ["empty", "Übung 1, März", "US$HOME x & `touch oops` 's", '"my"'])
def test_it_fetches_the_course_and_later_finds_it(place, online, monkeypatch):
    for _ in range(2):
        assert course_of(online / place) == online / place / "mf-course"
        assert list((online / place).iterdir()) == [online / place / "mf-course"]
        monkeypatch.setenv("GIT_CONFIG_KEY_0", github_is(online / "nowhere")["GIT_CONFIG_KEY_0"])


@pytest.mark.parametrize("place", [".", "mf", "datasets/jane/mf/mf-main"])
def test_it_finds_the_course_among_the_data_sets_on_kaggle(place, offline):
    inputs = offline / "kaggle" / "input"
    (inputs / "movielens" / "ml-100k").mkdir(parents=True)
    shutil.copytree(offline / "course", inputs / place, dirs_exist_ok=True)
    cell = CELL.source.replace('"/kaggle/input"', repr(str(inputs)))
    assert cell != CELL.source
    assert course_of(offline / "working", cell=cell) == inputs / place


def test_it_finds_the_course_around_the_notebook_that_vs_code_names(offline):
    named = f"__vsc_ipynb_file__ = {str(offline / 'course/lectures/a.ipynb')!r}"
    assert course_of(offline / "elsewhere", named) == offline / "course"


@pytest.mark.parametrize("before", ["", "import utils.data\nassert utils.other"])
def test_another_utils_gives_way(before, offline, monkeypatch):
    stubs = {"keras.py": KERAS, "tensorflow.py": ""}
    write(offline / "other", {"utils/__init__.py": "other = 1", "utils/data.py": "", **stubs})
    monkeypatch.setenv("PYTHONPATH", str(offline / "other"))
    shutil.copy(ROOT / "utils/__init__.py", offline / "course/utils")
    assert course_of(offline / "course/lectures", before) == offline / "course"


def no_git(machine: Path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(machine))


def half_a_fetch(machine: Path, monkeypatch) -> None:
    """A fetch of which the power went off before the last file was written."""
    git = machine / "bin" / "git"
    write(git.parent, {"git": "#!/bin/sh\nmkdir -p mf-course/.git mf-course/utils\nkill -9 $$\n"})
    git.chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", f"{git.parent}{os.pathsep}{os.environ['PATH']}")
        assert "I cannot fetch the course" in start(machine / "empty", CELL.source).stderr


def read_only(machine: Path, monkeypatch) -> None:
    (machine / "empty").chmod(0o555)


SAID = {  # what is wrong, in git's words or those of the shell
    no_git: "git: not found|git: command not found",
    half_a_fetch: "destination path 'mf-course' already exists",
    read_only: "could not create work tree dir 'mf-course'",
    None: "nowhere' does not (exist|appear to be)",
}


@pytest.mark.parametrize("trouble", SAID, ids=lambda trouble: getattr(trouble, "__name__", "down"))
def test_one_sentence_says_what_is_wrong_and_what_to_do(trouble, request, monkeypatch):
    machine = request.getfixturevalue("online" if trouble else "offline")
    folder = machine / "empty"
    folder.mkdir()
    if trouble is read_only and os.geteuid() == 0:
        folder = Path("/proc")  # where root may not write either
    elif trouble:
        trouble(machine, monkeypatch)
    before = sorted(machine.rglob("*"))
    done = start(folder, CELL.source)
    said = done.stderr.partition("AssertionError: ")[2]
    assert done.stderr.count("Traceback") == 1
    assert re.match(rf"I cannot fetch the course \(.*({SAID[trouble]})", said, re.S), done.stderr
    for remedy in ("(Kaggle: Settings, Internet)", "delete the folder mf-course", "open me in"):
        assert remedy in said
    assert sorted(machine.rglob("*")) == before, "nothing was written"
    if trouble is half_a_fetch:  # who does as told has the course
        shutil.rmtree(folder / "mf-course")
        assert course_of(folder) == folder / "mf-course"


KERAS = """
import os, tensorflow
class backend:
    name = os.environ.get("KERAS_BACKEND")
    def backend(): return backend.name
"""
IN_A_KERNEL = """
import nbclient, nbformat
cell = nbformat.v4.new_code_cell("import utils")
nbclient.NotebookClient(nbformat.v4.new_notebook(cells=[cell]), kernel_name="python3").execute()
"""
NOISE = "import os\nos.write(2, b'no graphics card here\\n')\n"
TORCH = "import os\nos.environ['KERAS_BACKEND'] = 'torch'\n"
OTHER_BACKEND = "KERAS_BACKEND asks for torch; the course runs on TensorFlow.\ntensorflow\n"
NAME_IT = "\nprint(keras.backend.backend())"
TOO_LATE = "RuntimeError: Keras already runs on torch here.*restart the kernel"
IMPORTS = [  # TensorFlow, what is run, what it prints, what is written to the error stream
    (NOISE, "import utils", "", "^$"),
    (NOISE, "import utils, importlib\nimportlib.reload(utils)", "", "^$"),
    (NOISE + "os.abort()", "import utils", "", "^no graphics card here\n"),
    (NOISE + "os.abort()", IN_A_KERNEL, "", "(?m)^no graphics card here$"),
    (NOISE + "raise ImportError('DLL')", "import utils", "", "(?s)no graphics.*DLL"),
    (NOISE, "import utils, os\nos.write(2, b'mine')", "", "^mine$"),
    (NOISE, TORCH + "import utils, keras" + NAME_IT, OTHER_BACKEND, "^$"),
    ("", TORCH + "import keras, utils", "", TOO_LATE),
]


@pytest.mark.parametrize(("tensorflow", "source", "printed", "written"), IMPORTS)
def test_importing_utils_is_quiet_unless_something_is_wrong(
    tensorflow, source, printed, written, tmp_path, monkeypatch
):
    write(tmp_path, {"tensorflow.py": tensorflow, "keras.py": KERAS})
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{ROOT}")
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    done = start(tmp_path, source)
    assert done.stdout == printed
    assert re.search(written, done.stderr), done.stderr


@pytest.mark.parametrize("closed", ["", "2>&-"])
def test_the_real_tensorflow_is_quiet_too(closed):
    command = f"'{sys.executable}' -c 'import utils, keras{NAME_IT}' {closed}"
    where = {"cwd": ROOT, "env": {**os.environ, "KERAS_BACKEND": "jax"}}
    done = subprocess.run(command, shell=True, capture_output=True, text=True, **where)
    assert done.stdout.splitlines()[-1] == "tensorflow" and done.stderr == ""
