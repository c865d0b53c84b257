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
import ssl
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import nbformat
import pytest
import trustme
from conftest import ROOT, real_data_at_hand
from nbclient import NotebookClient
from test_notebooks import PATHS, name_of
from test_setup_cell import as_on_github, github_is

from utils.data import SHA256, UCI_FILE, load_ratings, load_reviews

FOLDERS = ("lectures", "practice", "solutions", "utils", "tests")
HOSTS = ("files.grouplens.org", "archive.ics.uci.edu")
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


@functools.cache
def archives() -> dict[str, bytes]:
    """What the hosts publish: the real data where it is at hand, else made-up data as archives."""
    real = real_data_at_hand()
    with redirect_stdout(None):
        name = "ml-100k" if real else "synthetic"
        splits = {k: load_ratings(name, split=k) for k in (1, 2, 3, 4, 5)}
        reviews = load_reviews("restaurant-reviews" if real else "own-reviews").frame
    items = [f"{row.title} ({row.year})|||" + "|0" * 18 for row in splits[1].items.itertuples()]
    items = "".join(f"{k}|{item}|1\n" for k, item in enumerate(items, 1))
    movies = {"ml-100k/u.item": items.encode("latin-1", "replace")}
    for k, d in splits.items():
        for part, rows in (("base", d.train), ("test", d.test)):
            rows = rows[["user", "item", "rating"]].astype(int).add([1, 1, 0]).assign(time=0)
            movies[f"ml-100k/u{k}.{part}"] = rows.to_csv(sep="\t", header=False, index=False)
    texts = reviews.groupby("label").head(500)
    rows = "".join(f"{row.review}\t{row.label}\n" for row in texts.itertuples())
    yelp = {"sentiment labelled sentences/yelp_labelled.txt": rows}
    return {"ml-100k.zip": zipped(movies), UCI_FILE: zipped(yelp)}


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
        name = unquote(Path(self.path).name)
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
    authority, yesterday = trustme.CA(), datetime.now(UTC) - timedelta(days=1)
    contexts = {"down": None}
    for kind, until in (("up", None), ("expired", yesterday)):
        contexts[kind] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*HOSTS, not_after=until).configure_cert(contexts[kind])
    trusted = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(trusted))
    proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hosts)
    proxy.daemon_threads, proxy.asked, proxy.sent, proxy.certificate = True, [], [], None
    proxy.known = {f"{name}:443" for name in HOSTS}
    threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True).start()

    def be(kind: str) -> None:
        proxy.certificate = contexts[kind]
        proxy.asked.clear(), proxy.sent.clear()

    url = f"http://127.0.0.1:{proxy.server_port}"
    yield SimpleNamespace(be=be, url=url, trusted=str(trusted), asked=proxy.asked, sent=proxy.sent)
    proxy.shutdown()


@pytest.fixture(scope="session")
def published(tmp_path_factory) -> Path:
    """A git repository of the course as it stands here, in place of the one on GitHub."""
    folder = tmp_path_factory.mktemp("published")
    for name in FOLDERS:
        ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    loader = folder / "utils" / "data.py"
    source = loader.read_text(encoding="utf-8")
    for name, content in archives().items():  # ours cannot have the hashes of the official ones
        assert source.count(SHA256[name]) == 1
        source = source.replace(SHA256[name], hashlib.sha256(content).hexdigest())
    loader.write_text(source, encoding="utf-8")
    return as_on_github(folder)


@pytest.fixture
def student(tmp_path, published, network, monkeypatch) -> SimpleNamespace:
    """An empty folder in which only the simulated network exists; a home of its own."""
    stubs, alone, home = (tmp_path / name for name in ("stubs", "content", "home"))
    for folder in (stubs / "google" / "colab", alone, home):
        folder.mkdir(parents=True)
    (stubs / "google" / "colab" / "__init__.py").write_text(STUB)
    (stubs / "utils.py").write_text("raise ImportError('another utils won')\n")
    environment = {"PYTHONPATH": stubs, "HOME": home, "COURSE_CACHE": home / "cache"}
    environment |= {"COURSE_DATA": "", "NO_PROXY": "", "no_proxy": "", "PIP_NO_INDEX": "1"}
    environment |= {"REQUESTS_CA_BUNDLE": network.trusted, **github_is(published)}
    proxies = [f"{scheme}_proxy" for scheme in ("http", "https")]
    environment |= dict.fromkeys([*proxies, *map(str.upper, proxies)], network.url)
    for name, value in environment.items():
        monkeypatch.setenv(name, str(value))
    return SimpleNamespace(folder=alone, home=home, **vars(network))


def run(path: Path, folder: Path, behind_setup: str, twice: bool = False) -> str:
    """Execute a copy of the notebook in `folder` in a new kernel; everything that it printed.

    Another cell runs behind the setup cell; if `twice`, each cell of the notebook runs twice.
    """
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert cells[0].metadata.tags == ["setup"]
    if twice:
        pairs = [(cell, nbformat.from_dict({**cell, "id": f"{cell.id}-2"})) for cell in cells]
        cells = [cell for pair in pairs for cell in pair]
    cells.insert(1 + twice, nbformat.v4.new_code_cell(behind_setup))
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
    quick = MEASURE + ("" if os.environ.get("COURSE_WHOLE") else SHORT)
    said = run(path, student.folder, quick, twice=True)
    needs_network = path.stem != "07_nlp_embeddings" or path.parent.name == "lectures"
    assert ("downloaded, SHA-256 checked" in said) == needs_network
    downloads = 1 if needs_network else 0
    assert len(student.asked) == len(student.sent) == downloads, "once, though the cell ran twice"

    shutil.rmtree(student.home / "cache", ignore_errors=True)
    student.be("expired")
    said = run(path, student.folder, quick + AS_ON_A_GPU)
    assert ("downloaded, SHA-256 checked" in said) == needs_network
    assert len(student.sent) == downloads
    assert (len(student.asked) > 1) == needs_network, "the certificate was refused first"

    shutil.rmtree(student.home / "cache", ignore_errors=True)
    student.be("down")
    said = run(path, student.folder, quick)
    assert "planted ratings" in said or "written for this course" in said

    (course,) = student.folder.iterdir()
    assert course.name == "mf-course"
    status = ["git", "-C", str(course), "status", "--porcelain", "--ignored"]
    changed = subprocess.run(status, capture_output=True, text=True, check=True).stdout
    assert all("__pycache__" in line for line in changed.splitlines()), changed
