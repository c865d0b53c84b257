"""Every notebook alone in an empty folder, as Colab opens it, on three kinds of network.

The classroom is simulated as far as it goes on one machine. The notebook fetches the course with
git, whose address of GitHub is mapped to a copy of what stands here. The hosts of the data are
answered by a server of our own behind a proxy, under their real names, with certificates of a
test authority that are valid or have really expired. Google's modules are there and must not be
used. Between two runs the kernel is restarted in the same folder.

In the second run networks are compiled as Keras does it where there is a GPU.

`make classroom` runs it; trainings last one epoch of 8,000 rows, except with COURSE_WHOLE=1. Every
figure is measured as it is published (contrast.py).
"""

import functools
import hashlib
import http.server
import io
import os
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
import trustme
from conftest import ROOT, real_data_at_hand
from nbclient import NotebookClient
from publish import UNSTAMPED, address
from test_notebooks import PATHS, name_of

from utils.data import GROUPLENS, REMOTE, SHA256, UCI, load_ratings, load_reviews

FOLDERS = ("lectures", "practice", "solutions", "utils", "tests")
REPOSITORY = address().replace("OWNER/", "somebody/")
ARCHIVES = {"ml-100k": GROUPLENS, "restaurant-reviews": UCI}

MEASURE = f"""
import sys
sys.path.append({str(ROOT / "tests")!r})
import contrast
from utils import plotting
plotting.show = contrast.measured(plotting.show)
"""
SHORT = """
import keras
whole_fit = keras.Model.fit
def short_fit(self, x, y=None, **given):
    x, y = keras.tree.map_structure(lambda a: a[:8000], (x, y))
    return whole_fit(self, x, y, **{**given, "epochs": 1})
keras.Model.fit = short_fit
"""
# Where there is a GPU, Keras compiles networks with XLA by itself.
AS_ON_A_GPU = """
import keras
whole_compile = keras.Model.compile
def compile_for_gpu(self, *args, **given):
    whole_compile(self, *args, **{"jit_compile": not given.get("run_eagerly"), **given})
keras.Model.compile = compile_for_gpu
"""
STUB = "def __getattr__(name):\n    raise RuntimeError(f'the course must not use {name}')\n"


# The data hosts ----------------------------------------------------------------------------------


@functools.cache
def archives() -> dict[str, bytes]:
    """What the hosts publish: the real data where it is at hand, else made-up data as archives."""
    real = real_data_at_hand()
    with redirect_stdout(None):
        d = load_ratings("ml-100k" if real else "synthetic")
        reviews = load_reviews("restaurant-reviews" if real else "own-reviews").frame
    items = [
        f"{k}|{row.title} ({row.year})|||" + "|0" * 18 + "|1"
        for k, row in enumerate(d.items.itertuples(), 1)
    ]
    lines = {
        part: [f"{r.user + 1}\t{r.item + 1}\t{r.rating:.0f}\t0" for r in rows.itertuples()]
        for part, rows in (("base", d.train), ("test", d.test))
    }
    texts = reviews.groupby("label").head(500)
    rows = [f"{row.review}\t{row.label}" for row in texts.itertuples()]
    files = {"ml-100k/u.item": "\n".join(items).encode("latin-1", "replace")}
    files |= {f"ml-100k/u1.{part}": "\n".join(some) + "\n" for part, some in lines.items()}
    yelp = {"sentiment labelled sentences/yelp_labelled.txt": "\n".join(rows) + "\n"}
    return {"ml-100k": zipped(files), "restaurant-reviews": zipped(yelp)}


def file_of(name: str) -> str:
    """The archive that the host of a data set publishes."""
    (file,) = REMOTE[name]
    return file


def zipped(files: dict) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for path, content in files.items():
            out.writestr(path, content)
    return buffer.getvalue()


class Hosts(http.server.BaseHTTPRequestHandler):
    """A proxy that is the whole network: it answers for the data hosts, and knows no others."""

    def do_CONNECT(self) -> None:
        self.server.asked.append(self.path)
        if not self.server.certificate or self.path not in self.server.known:
            return self.send_error(502)
        self.send_response(200)
        self.end_headers()
        try:
            self.connection = self.server.certificate.wrap_socket(self.connection, server_side=True)
        except (ssl.SSLError, OSError):
            return None  # a client that does not trust the certificate hangs up
        self.rfile, self.wfile = (self.connection.makefile(mode) for mode in ("rb", "wb"))
        self.close_connection = False  # the request proper follows inside TLS
        return None

    def do_GET(self) -> None:
        name = next(n for n in ARCHIVES if self.path.endswith("/" + file_of(n)))
        self.server.sent.append(name)
        self.send_response(200)
        self.send_header("Content-Length", str(len(archives()[name])))
        self.end_headers()
        self.wfile.write(archives()[name])

    def log_message(self, *_) -> None:
        """Nothing on the error stream."""


@pytest.fixture(scope="session")
def network(tmp_path_factory) -> Iterator[SimpleNamespace]:
    """A proxy; `network.be("up")`, "expired" or "down" says what it is from now on."""
    authority, names = trustme.CA(), [url.split("/")[2] for url in ARCHIVES.values()]
    yesterday = datetime.now(UTC) - timedelta(days=1)
    contexts = {"down": None}
    for kind, until in (("up", None), ("expired", yesterday)):
        contexts[kind] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*names, not_after=until).configure_cert(contexts[kind])
    trusted = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(trusted))
    proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hosts)
    proxy.daemon_threads, proxy.asked, proxy.sent, proxy.certificate = True, [], [], None
    proxy.known = {f"{name}:443" for name in names}
    threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True).start()

    def be(kind: str) -> None:
        proxy.certificate = contexts[kind]
        proxy.asked.clear(), proxy.sent.clear()

    url = f"http://127.0.0.1:{proxy.server_port}"
    yield SimpleNamespace(be=be, url=url, trusted=str(trusted), asked=proxy.asked, sent=proxy.sent)
    proxy.shutdown()


# The student's machine ---------------------------------------------------------------------------


@pytest.fixture(scope="session")
def published(tmp_path_factory) -> Path:
    """A git repository of the course as it stands here, stamped, in place of the one on GitHub."""
    folder = tmp_path_factory.mktemp("published")
    for name in FOLDERS:
        ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    loader = folder / "utils" / "data.py"
    source = loader.read_text(encoding="utf-8")
    for name, content in archives().items():  # ours cannot have the hashes of the official ones
        known = SHA256[file_of(name)]
        assert source.count(known) == 1
        source = source.replace(known, hashlib.sha256(content).hexdigest())
    loader.write_text(source, encoding="utf-8")
    author = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for command in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "-m", "course"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


@pytest.fixture
def student(tmp_path, published, network, monkeypatch) -> SimpleNamespace:
    """An empty folder in which only the simulated network exists; a home of its own."""
    stubs, alone, home = (tmp_path / name for name in ("stubs", "content", "home"))
    for folder in (stubs / "google" / "colab", alone, home):
        folder.mkdir(parents=True)
    (stubs / "google" / "colab" / "__init__.py").write_text(STUB)
    (stubs / "utils.py").write_text("raise ImportError('another utils won')\n")
    environment = {
        "PYTHONPATH": str(stubs),
        "HOME": str(home),
        "COURSE_DATA": "",
        "COURSE_CACHE": str(home / "cache"),
        "REQUESTS_CA_BUNDLE": network.trusted,
        "NO_PROXY": "",
        "PIP_NO_INDEX": "1",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{published.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": f"https://github.com/{REPOSITORY}",
    }
    environment |= dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY"), network.url)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
        if name.lower() in ("no_proxy", "http_proxy", "https_proxy"):
            monkeypatch.setenv(name.lower(), value)
    return SimpleNamespace(
        folder=alone, home=home, be=network.be, asked=network.asked, sent=network.sent
    )


def run(path: Path, folder: Path, twice: bool = False, own: str = "") -> str:
    """Execute a copy of the notebook in `folder` in a new kernel; everything that it printed.

    `own` is code that runs behind the setup cell.
    """
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert cells[0].metadata.tags == ["setup"]
    cells[0].source = cells[0].source.replace(UNSTAMPED, REPOSITORY)
    if twice:
        pairs = [(cell, nbformat.from_dict({**cell, "id": f"{cell.id}-2"})) for cell in cells]
        cells = [cell for pair in pairs for cell in pair]
    own = MEASURE + ("" if os.environ.get("COURSE_WHOLE") else SHORT) + own
    cells.insert(1 + twice, nbformat.v4.new_code_cell(own))
    notebook.cells = cells
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, kernel_name="python3", timeout=300, resources=resources).execute()
    assert all(cell.execution_count for cell in cells)
    said = "".join(output.get("text", "") for cell in cells for output in cell.outputs)
    assert "❌" not in said, "a solution is right, and what is not filled in is not wrong"
    return said


@pytest.mark.classroom
@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_a_notebook_alone_runs_to_the_end(path, student):
    student.be("up")
    said = run(path, student.folder, twice=True)
    needs_network = path.stem != "07_nlp_embeddings" or path.parent.name == "lectures"
    assert ("downloaded, SHA-256 checked" in said) == needs_network
    downloads = 1 if needs_network else 0
    assert len(student.asked) == len(student.sent) == downloads, "once, though the cell ran twice"

    shutil.rmtree(student.home / "cache", ignore_errors=True)
    student.be("expired")
    said = run(path, student.folder, own=AS_ON_A_GPU)
    assert ("downloaded, SHA-256 checked" in said) == needs_network
    assert len(student.sent) == downloads
    assert (len(student.asked) > 1) == needs_network, "the certificate was refused first"

    shutil.rmtree(student.home / "cache", ignore_errors=True)
    student.be("down")
    said = run(path, student.folder)
    assert "planted ratings" in said or "written for this course" in said

    (course,) = student.folder.iterdir()
    assert course.name == REPOSITORY.split("/")[1]
    status = ["git", "-C", str(course), "status", "--porcelain", "--ignored"]
    changed = subprocess.run(status, capture_output=True, text=True, check=True).stdout
    assert all("__pycache__" in line for line in changed.splitlines()), changed


LOADER = """
import hashlib, sys
from utils.data import load_ratings
print("ready", flush=True)
sys.stdin.readline()
d = load_ratings(fallback=False)
print(hashlib.sha256((d.train.to_csv() + d.test.to_csv() + d.items.to_csv()).encode()).hexdigest())
"""


@pytest.mark.classroom
def test_a_class_of_40_on_one_cold_cache(student, published):
    student.be("expired")
    started = []
    for _ in range(40):
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        command = [sys.executable, "-c", LOADER]
        started.append(subprocess.Popen(command, cwd=published, text=True, **pipes))
    assert [kernel.stdout.readline() for kernel in started] == ["ready\n"] * 40
    for kernel in started:
        kernel.stdin.write("go\n")
        kernel.stdin.flush()
    said = [kernel.communicate(timeout=180) for kernel in started]
    assert [kernel.returncode for kernel in started] == [0] * 40, said
    assert set(student.sent) == {"ml-100k"} and len(student.sent) <= 40, "at most one for each"
    (student.home / "data").mkdir()
    (student.home / "data" / "ml-100k.zip").write_bytes(archives()["ml-100k"])
    command, here = [sys.executable, "-c", LOADER], {"COURSE_DATA": str(student.home / "data")}
    where = {"cwd": published, "env": {**os.environ, **here}}
    right = subprocess.check_output(command, input="go\n", text=True, **where).splitlines()[-1]
    assert {out.splitlines()[-1] for out, _ in said} == {right}, "all have what the host published"
    how = [out.splitlines()[0] for out, _ in said]
    assert all("downloaded" in line or "from the cache" in line for line in how), how
    kept = [path.name for path in (student.home / "cache").iterdir()]
    assert kept == ["ml-100k.zip"], "whole, and nothing beside it"


# The setup cell in other places ------------------------------------------------------------------

PLACES = {
    "Colab, Kaggle: an empty folder": "working",
    "JupyterLab, VS Code: the notebook's folder": "course/lectures",
    "VS Code: the folder that was opened": "course",
    "a folder of the student's inside the course": "course/practice/mine/week 1",
    "lectures alone, without utils": "alone/lectures",
    "a folder with blanks and umlauts": "Übung 1, März",
    "a folder that a shell would take apart": "US$HOME x & `touch oops` 's",
    "a folder with quotes": 'my "course"',
}
needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is not on the path")
needs_sh = pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for git")


def setup_cell(kaggle: str = "nowhere") -> str:
    """The setup cell, stamped and run twice, and a line that prints where the course is."""
    source = nbformat.read(PATHS[0], as_version=4).cells[1].source
    source = source.replace(UNSTAMPED, REPOSITORY).partition("from utils import")[0]
    assert source.count('"/kaggle/input"') == 1
    source = source.replace('"/kaggle/input"', repr(kaggle))
    again = ["import utils", "before = utils", source, "import utils", "assert utils is before"]
    lines = ["import sys", source, "first = list(sys.path)", *again, "assert sys.path == first"]
    return "\n".join([*lines, "import utils.checks", "print(utils.checks.__file__)"])


def start(source: str, folder: Path) -> subprocess.Popen:
    pipes = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
    command = [sys.executable, "-X", "utf8", "-c", source]
    own_group = {"start_new_session": True} if os.name != "nt" else {}
    return subprocess.Popen(command, cwd=folder, encoding="utf-8", **pipes, **own_group)


def course_of(started: subprocess.Popen) -> Path:
    """The folder of the course that the setup cell found."""
    said, error = started.communicate(timeout=120)
    assert started.returncode == 0, error
    return Path(said.strip()).parents[2]


@needs_git
@pytest.mark.parametrize("place", PLACES)
def test_setup_cell_finds_or_fetches_the_course(place, student, published):
    if os.name == "nt" and '"' in PLACES[place]:
        pytest.skip("no such folder on Windows")
    subprocess.run(["git", "clone", "-q", published, student.home / "course"], check=True)
    folder = student.home / PLACES[place]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "utils.py").write_text("raise ImportError('another utils won')\n")
    found = course_of(start(setup_cell(), folder))
    inside = "course" in Path(PLACES[place]).parts
    assert found == (student.home / "course" if inside else folder / REPOSITORY.split("/")[1])
    (folder / "utils.py").unlink()
    assert inside or list(folder.iterdir()) == [found], "nothing else was written"


@pytest.fixture
def offline(student, monkeypatch) -> SimpleNamespace:
    """A student without GitHub, in an empty folder in which nothing may be written."""
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{(student.home / 'nowhere').as_uri()}.insteadOf")
    yield student
    assert list(student.folder.iterdir()) == []


@needs_git
def test_setup_cell_finds_utils_beside_an_assignment(student):
    folder = student.home / "source" / "week 1"
    shutil.copytree(ROOT / "utils", folder / "utils")
    assert course_of(start(setup_cell(), folder)) == folder


@needs_git
@pytest.mark.parametrize("place", [".", "course", "datasets/jane/course/mf-main"])
def test_setup_cell_finds_the_course_among_the_data_on_kaggle(place, offline):
    kaggle = offline.home / "kaggle" / "input"
    (kaggle / "movielens" / "ml-100k").mkdir(parents=True)
    shutil.copytree(ROOT / "utils", kaggle / place / "utils")
    found = course_of(start(setup_cell(kaggle.as_posix()), offline.folder))
    assert found == kaggle / place


@needs_git
def test_setup_cell_finds_the_course_around_the_notebook_that_vs_code_names(offline):
    lectures = offline.home / "course" / "lectures"
    shutil.copytree(ROOT / "utils", lectures.parent / "utils")
    named = f"__vsc_ipynb_file__ = {str(lectures / '01_embedding_layers.ipynb')!r}"
    assert course_of(start(f"{named}\n{setup_cell()}", offline.folder)) == lectures.parent


@pytest.fixture
def stand_in(student, monkeypatch):
    """Put a shell script in the place of git; "$GIT" is the real one, $NAME the folder it makes."""

    def put(*lines: str) -> None:
        script = student.home / "bin" / "git"
        script.parent.mkdir()
        first = ["#!/bin/sh -eu", 'test "$GIT_TERMINAL_PROMPT" = 0']
        script.write_text("\n".join([*first, *lines, ""]))
        script.chmod(0o755)
        monkeypatch.setenv("GIT", shutil.which("git"))
        monkeypatch.setenv("NAME", REPOSITORY.split("/")[1])
        monkeypatch.setenv("NOTES", str(student.home))
        monkeypatch.setenv("PATH", os.pathsep.join([str(script.parent), os.environ["PATH"]]))

    return put


@needs_git
@needs_sh
def test_two_notebooks_that_start_at_once_both_find_the_course(student, stand_in):
    stand_in(
        '"$GIT" "$@"',
        'touch "$NOTES/fetched-$$"',
        'until [ "$(ls "$NOTES" | grep -c fetched-)" = 2 ]; do sleep 0.02; done',
    )
    both = [start(setup_cell(), student.folder) for _ in range(2)]
    found = [course_of(started) for started in both]
    assert found == [student.folder / REPOSITORY.split("/")[1]] * 2
    assert list(student.folder.iterdir()) == found[:1], "nothing else was written"


@needs_git
@needs_sh
def test_a_notebook_that_was_slower_takes_what_the_other_has_fetched(student, stand_in):
    course = student.folder / REPOSITORY.split("/")[1]
    stand_in('"$GIT" "$@"', 'cp -R "$NAME" ..', 'touch "../$NAME/first"')
    assert course_of(start(setup_cell(), student.folder)) == course
    assert (course / "first").exists()
    assert list(student.folder.iterdir()) == [course]


@needs_git
@needs_sh
def test_a_fetch_that_was_killed_does_no_harm(student, stand_in, monkeypatch):
    path = os.environ["PATH"]
    stand_in('mkdir -p "$NAME/.git" "$NAME/lectures"', "echo started", "exec sleep 60")
    killed = start(setup_cell().replace("capture_output=True, ", ""), student.folder)
    assert killed.stdout.readline() == "started\n"
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    (rest,) = student.folder.iterdir()
    assert rest.name.startswith("fetching-")
    monkeypatch.setenv("PATH", path)
    found = course_of(start(setup_cell(), student.folder))
    assert found == student.folder / REPOSITORY.split("/")[1]


def test_setup_cell_can_run_twice_and_beats_another_utils(tmp_path):
    setup = nbformat.read(ROOT / "lectures" / "01_embedding_layers.ipynb", as_version=4)
    source = next(cell.source for cell in setup.cells if cell.cell_type == "code")
    (tmp_path / "utils.py").write_text("other = True\n")
    lines = ["import utils", "assert utils.other", source, "first = list(sys.path)", source]
    lines += ["assert sys.path == first", "import utils.data", "print(utils.data.__file__)"]
    result = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        cwd=ROOT / "lectures",
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(result.stdout.strip()) == ROOT / "utils" / "data.py"
