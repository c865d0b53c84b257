"""`utils.data`: what is loaded is right, wherever it comes from, and what goes wrong is said."""

import errno
import functools
import gzip
import hashlib
import http.server
import io
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import filelock
import numpy as np
import pandas as pd
import pytest
import requests
import trustme

from utils import data, quiet_tensorflow
from utils.data import DataError, NotAvailable, RemoteFile, load_ratings

REAL = os.environ.get("COURSE_DATA")
SMALL = "ml-latest-small"
load_quickly = functools.cache(load_ratings)  # for tests that only look at the result

# Made-up data sets in the layout of the real ones ------------------------------------------------

MOVIES = """movieId,title,genres
10,"Empire Strikes Back, The (1980)",Action|Sci-Fi
20,"Kid in King Arthur's Court, A (1995)",Comedy
30,"American in Paris, An (1951) ",Musical|Romance
40,Babylon 5,Sci-Fi
50,Seven (Se7en) (1995),Crime
60,Land Before Time III (1995) (V),Animation
70,"Good, the Bad and the Ugly, The (1966)",Western
99,Never Rated (2000),Drama
"""
PAIRS = [(user, item) for user in (7, 3, 1000, 12) for item in range(10, 90, 10)]
RATINGS = "userId,movieId,rating,timestamp\n" + "".join(
    f"{user},{item},{1 + (user + item // 10) % 9 / 2},9{user}{item}\n" for user, item in PAIRS
)
NETFLIX = "movie_id,user_id,rating,date\n"


def archive(name: str, **files: str) -> bytes:
    """A zip archive with a folder; `_` stands for the dot in the names of the files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for file, text in files.items():
            path = file if "evil" in file else f"{name}/{file.replace('_', '.')}"
            out.writestr(zipfile.ZipInfo(path), text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def small(**files: str) -> bytes:
    return archive(SMALL, **{"ratings_csv": RATINGS, "movies_csv": MOVIES, **files})


@functools.cache
def ml_100k(rows: int = 80_000) -> bytes:
    """An archive of the size that ml-100k must have, with `rows` training rows in u1."""
    lines = [f"{k % 943 + 1}\t{k // 943 + 1}\t{k % 5 + 1}\t0\n" for k in range(100_000)]
    item = "".join(f"{i}|Film, The ({1900 + i})|||" + "|0" * 18 + "|1\n" for i in range(1, 108))
    base, test = "".join(lines[:rows]), "".join(lines[80_000:])
    return archive("ml-100k", u_item=item, u1_base=base, u1_test=test)


# A web server of our own -------------------------------------------------------------------------


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.routes[self.path](self)

    def begin(self, status: int = 200, **headers) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def log_message(self, *_) -> None:
        """Nothing on the error stream."""


class Server(http.server.ThreadingHTTPServer):
    """Publishes files; answers each path as `routes` says and keeps what it was `asked` for."""

    daemon_threads, block_on_close, request_queue_size, scheme = True, False, 64, "http"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.routes, self.asked, self.closing = {}, [], threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def publish(self, name: str, content: bytes, *answers, path: str = "") -> tuple:
        """Make /a the source of a data set's file, /b its second one, and so on."""
        urls, path = [], path or f"{name}.zip"
        for source, answer in zip("abc", answers or (sends(content),), strict=False):
            self.routes[f"/{source}/{path}"] = answer
            port = unused_port() if answer is refuses else self.server_port
            urls.append(f"{self.scheme}://127.0.0.1:{port}/{source}/{path}")
        file = RemoteFile(path, hashlib.sha256(content).hexdigest(), tuple(urls))
        data.REMOTE[name] = (file,)
        return data.REMOTE[name]

    def handle_error(self, *_) -> None:
        """A client that has hung up is no news."""


def sends(body: bytes, status: int = 200, after: float = 0):
    def answer(request: Handler) -> None:
        time.sleep(after)
        request.begin(status, Content_Length=len(body))
        request.wfile.write(body)

    return answer


def sends_zipped(body: bytes):
    def answer(request: Handler) -> None:
        request.begin(Content_Encoding="gzip")  # and no length
        request.wfile.write(gzip.compress(body))

    return answer


def breaks_off(request: Handler) -> None:
    request.begin(Content_Length=1000)
    request.wfile.write(b"PK")


def hangs(request: Handler) -> None:
    request.server.closing.wait(20)


def stalls(request: Handler) -> None:
    breaks_off(request)
    hangs(request)


def trickles(request: Handler) -> None:
    request.begin(Content_Length=1000)
    while not request.server.closing.wait(0.05):
        request.wfile.write(b".")


def refuses(request: Handler) -> None:
    """Stands for a port on which nobody listens."""


@pytest.fixture
def server():
    server = Server()
    yield server
    server.closing.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path) -> Path:
    """No real host, no real cache, no proxies, short patience; gives the empty cache's path."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "requests_ca_bundle", "curl_ca_bundle"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(data, "CONNECT_SECONDS", 2)
    monkeypatch.setattr(data, "SILENCE_SECONDS", 0.5)
    nobody = f"http://127.0.0.1:{unused_port()}/"
    nowhere = {
        name: tuple(replace(file, urls=(nobody + file.path,)) for file in files)
        for name, files in data.REMOTE.items()
    }
    monkeypatch.setattr(data, "REMOTE", nowhere)
    return tmp_path / "cache"


@pytest.fixture
def course_data(monkeypatch, tmp_path):
    """Puts files into a folder that COURSE_DATA names."""

    def put(**files: bytes) -> Path:
        for name, content in files.items():
            path = tmp_path / "course_data" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        monkeypatch.setenv("COURSE_DATA", str(tmp_path / "course_data"))
        return tmp_path / "course_data"

    return put


@pytest.fixture
def real(monkeypatch):
    """Sets COURSE_DATA to what it was when the tests began; skips where the data is not there."""

    def use(name: str) -> Path:
        if not REAL or not (Path(REAL) / name).exists():
            pytest.skip(f"needs the real {name} in the folder that COURSE_DATA names")
        monkeypatch.setenv("COURSE_DATA", REAL)
        return Path(REAL) / name

    return use


def kept(folder: Path) -> set[str]:
    """The names of the files below a folder, locks and notes of failures aside."""
    aside = (".lock", ".failed")
    return {p.name for p in folder.rglob("*") if p.is_file() and p.suffix not in aside}


def triples(rows, d: data.Ratings | None = None) -> list:
    """Sorted (user, item, rating), in the ids of the source if the data set is given."""
    if isinstance(rows, pd.DataFrame):
        rows = rows[["user", "item", "rating"]]
    values = np.array(rows, dtype=float)
    if d is not None:
        values[:, 0], values[:, 1] = d.user_ids[rows["user"]], d.item_ids[rows["item"]]
    return values[np.lexsort(values.T)].tolist()


def everything(d: data.Ratings) -> list:
    return triples(pd.concat([d.train, d.test]), d)


def rmse(a, b) -> float:
    return float(np.sqrt(np.mean((np.asarray(a) - np.asarray(b)) ** 2)))


@contextmanager
def fails(error: type, *parts: str):
    """Expects this very error, with a message that contains all parts."""
    with pytest.raises(error) as found:
        yield
    assert found.type is error
    assert not [part for part in parts if part not in str(found.value)], str(found.value)


# Names, splits, seeds ----------------------------------------------------------------------------

HINTS = {"ML-100K": "'ml-100k'", "ml-1mm": "'ml-1m'", "syntetic": "'synthetic'", "x": "", 5: ""}


@pytest.mark.parametrize("name", HINTS)
def test_unknown_name(name, cache):
    hint = f"Did you mean {HINTS[name]}?" if HINTS[name] else ""
    with fails(DataError, repr(str(name)), "expected one of ml-100k", "path of a CSV", hint):
        load_ratings(name)
    assert not cache.exists()


@pytest.mark.parametrize("split", [0, 6, -1, "1", True, 1.0, None])
@pytest.mark.parametrize("name", ["ml-100k", "synthetic", "mine.csv"])
def test_wrong_split(name, split):
    with fails(DataError, "1, 2, 3, 4 or 5", f"found {split!r}"):
        load_ratings(name, split)


def test_arguments_that_do_not_fit_the_name():
    with fails(DataError, "one split only", "use split=1", "found split=2"):
        load_ratings("netflix-small", 2)
    for extra in ({"test": "a.csv"}, {"columns": {"user": "u"}}):
        with fails(DataError, "go with a path", "'ml-100k'"):
            load_ratings("ml-100k", **extra)
    with fails(DataError, "synthetic does not exist", "CSV or TSV"):
        load_ratings(Path("synthetic"))  # a path object is a path, whatever it is called


@pytest.mark.parametrize("split", [1, 2, 3, 4, 5])
def test_ml_100k_has_the_official_splits(split, real):
    folder = real("ml-100k")
    d = load_ratings("ml-100k", split, fallback=False)
    base, test, whole = (
        pd.read_csv(folder / file, sep="\t", names=["user", "item", "rating", "time"])
        for file in (f"u{split}.base", f"u{split}.test", "u.data")
    )
    assert (d.name, d.source, d.num_users, d.num_items) == ("ml-100k", "COURSE_DATA", 943, 1682)
    assert (len(d.train), len(d.test)) == (80_000, 20_000)
    assert triples(d.train, d) == triples(base) and triples(d.test, d) == triples(test)
    assert (d.item_ids[d.test["item"]] == test["item"]).all(), "in the order of the source"
    assert everything(d) == triples(whole) and d.mean == pytest.approx(base["rating"].mean())


def test_ml_100k_items(real):
    real("ml-100k")
    d = load_ratings("ml-100k")
    film = {number: d.items.iloc[list(d.item_ids).index(number)] for number in (1, 50, 172, 267)}
    assert tuple(film[1]) == ("Toy Story", 1995, "Animation|Children's|Comedy")
    assert tuple(film[50]) == ("Star Wars", 1977, "Action|Adventure|Romance|Sci-Fi|War")
    assert tuple(film[172])[:2] == ("The Empire Strikes Back", 1980)
    assert film[267]["title"] == "unknown" and d.items["year"].isna().sum() == 1
    most_rated = pd.concat([d.train, d.test])["item"].mode()[0]
    assert d.items["title"][most_rated] == "Star Wars", "items are aligned with the ids"


@pytest.mark.parametrize("name", ["ml-100k", "synthetic"])
def test_training_rows_are_shuffled_by_the_seed(name, request):
    if name == "ml-100k":
        request.getfixturevalue("real")(name)
    first, again, other = (load_ratings(name, seed=s) for s in (0, 0, 1))
    pd.testing.assert_frame_equal(first.train, again.train)
    pd.testing.assert_frame_equal(first.test, other.test)
    assert not first.train.equals(other.train) and triples(first.train) == triples(other.train)
    last_tenth = first.train["user"].iloc[-8_000:]
    assert not last_tenth.is_monotonic_increasing and last_tenth.nunique() > 700


def test_one_shape(course_data):
    course_data(**{f"{SMALL}.zip": small()})
    d = load_ratings(SMALL)
    assert (d.num_users, d.num_items, d.noise_floor) == (4, 8, None)
    assert (d.user_ids.tolist(), d.item_ids.tolist()) == ([3, 7, 12, 1000], [*range(10, 90, 10)])
    for rows in (d.train, d.test):
        assert list(rows.columns) == ["user", "item", "rating"]
        assert [kind.kind for kind in rows.dtypes] == ["i", "i", "f"]
        assert list(rows.index) == list(range(len(rows)))
    written = pd.read_csv(io.StringIO(RATINGS)).to_numpy()[:, :3]
    assert everything(d) == triples(written), "ids can be traced back"
    held_out = [load_ratings(SMALL, split) for split in (1, 2, 3, 4, 5)]
    assert triples(pd.concat([h.test for h in held_out]), d) == triples(written), "five parts"
    assert list(d.items.index) == list(range(8)) and d.items.index.name == "item"
    years = [None if pd.isna(year) else year for year in d.items["year"]]
    assert list(zip(d.items["title"], years, d.items["genres"], strict=True)) == [
        ("The Empire Strikes Back", 1980, "Action|Sci-Fi"),
        ("A Kid in King Arthur's Court", 1995, "Comedy"),
        ("An American in Paris", 1951, "Musical|Romance"),
        ("Babylon 5", None, "Sci-Fi"),
        ("Seven (Se7en)", 1995, "Crime"),
        ("Land Before Time III", 1995, "Animation"),
        ("The Good, the Bad and the Ugly", 1966, "Western"),
        ("no title", None, ""),
    ]
    with pytest.raises(FrozenInstanceError):
        d.mean = 0.0
    shape = "25 training and 7 test ratings, 4 users, 8 items"
    assert repr(d) == f"Ratings({SMALL!r}: {shape}, mean {d.mean:.2f})"


def test_real_ml_latest_small_from_its_archive(real):
    real(f"{SMALL}.zip")
    d = load_ratings(SMALL)
    assert (len(d.train), len(d.test), d.num_users, d.num_items) == (80_668, 20_168, 610, 9_724)
    assert tuple(d.items.iloc[0])[:2] == ("Toy Story", 1995) and d.source == "COURSE_DATA"


def test_ml_1m_layout(course_data):
    rows = "".join(f"{u}::{i}::{(u + i) % 5 + 1}::0\n" for u in (1, 2, 3) for i in (5, 9))
    movies = "5::Misérables, Les (1995)::Drama|Musical\n9::Postman, The (1997)::Drama\n"
    files = {"ml-1m/ratings.dat": rows.encode(), "ml-1m/movies.dat": movies.encode("latin-1")}
    course_data(**files)
    d = load_ratings("ml-1m")
    assert d.items["title"].tolist() == ["Misérables, Les", "The Postman"]
    assert (len(d.train), len(d.test), d.items["genres"][0]) == (4, 2, "Drama|Musical")


def test_netflix_small_layout(course_data, capsys):
    rows = "".join(f"{m},{u},{(u + m) % 5 + 1},2005-01-01\n" for u in (8, 6) for m in (1, 2, 3))
    files = {"train.csv": NETFLIX + rows, "test.csv": NETFLIX + "4,6,3,x\n"}
    course_data(**{f"netflix-small/{name}": text.encode() for name, text in files.items()})
    d = load_ratings("netflix-small")
    assert triples(d.test, d) == [[6, 4, 3]] and len(d.train) == 6
    assert d.items["title"].tolist() == ["item 1", "item 2", "item 3", "item 4"]
    assert "1 test ratings of 1 items never seen" in capsys.readouterr().out


# The planted ratings -----------------------------------------------------------------------------


def fingerprint(frame: pd.DataFrame) -> str:
    return hashlib.sha256(frame.to_numpy("<f8").tobytes()).hexdigest()[:32]


def test_synthetic_is_the_same_everywhere():
    splits = [load_quickly("synthetic", split) for split in (1, 2, 3, 4, 5)]
    assert fingerprint(splits[0].train) == "b357bdf1be66d04db0b34824173e4929"
    assert fingerprint(pd.concat([d.test for d in splits])) == "ccb3ba3b3cc8820992505b6b4d5f6f97"
    text = splits[0].items.to_csv(lineterminator="\n")
    assert hashlib.sha256(text.encode()).hexdigest()[:32] == "44c4f840f09e004fcff164ef4886ecf7"


def test_synthetic_has_the_size_and_shape_of_ml_100k():
    splits = [load_quickly("synthetic", split) for split in (1, 2, 3, 4, 5)]
    d, rows = splits[0], pd.concat([split.test for split in splits])
    assert (d.name, d.source, d.num_users, d.num_items) == ("synthetic", "generated", 943, 1682)
    assert len(rows) == 100_000 and not rows.duplicated(["user", "item"]).any(), "disjoint"
    for split in splits:
        assert (len(split.train), len(split.test)) == (80_000, 20_000)
        assert everything(split) == triples(rows), "complete"
    assert set(rows["rating"]) == {1, 2, 3, 4, 5} and 3.2 < d.mean < 3.8
    per_item = rows["item"].value_counts()
    assert len(per_item) == 1682 and per_item.head(168).sum() > 40_000, "a long tail"
    assert per_item.median() < 0.6 * per_item.mean() and rows["user"].value_counts().min() >= 15
    assert d.items["title"].is_unique and len(d.items) == 1682
    assert d.items["year"].between(1930, 1998).all() and d.items["genres"].nunique() == 8


def test_noise_floor_is_what_the_planted_truth_reaches(monkeypatch):
    seen, original = [], data._expected_rating
    monkeypatch.setattr(data, "_expected_rating", lambda *a: seen.append(a) or original(*a))
    d = load_ratings("synthetic")
    (signal, noise_sd), random = seen[0], np.random.default_rng(1)
    drawn = signal[:, None] + noise_sd * random.standard_normal((len(signal), 300))
    ratings = np.clip(np.rint(drawn), 1, 5)  # of each test pair, 300 times
    assert rmse(ratings.mean(axis=1), d.test["rating"]) == pytest.approx(d.noise_floor, abs=0.002)
    # What the noise alone leads one to expect; were noise in the signal, the floor would be lower.
    assert np.sqrt(ratings.var(axis=1).mean()) == pytest.approx(d.noise_floor, abs=0.01)


def test_no_constant_and_no_biases_come_near_the_noise_floor():
    d = load_quickly("synthetic")
    found = [rmse(d.train["rating"].mean(), d.test["rating"])]
    for shrink in (1, 3, 10, 30):
        biases = {"user": np.zeros(d.num_users), "item": np.zeros(d.num_items)}
        for side, other in [("item", "user"), ("user", "item")] * 10:
            rest = d.train["rating"] - d.mean - biases[other][d.train[other]]
            count = np.bincount(d.train[side], minlength=len(biases[side]))
            biases[side] = np.bincount(d.train[side], rest, len(biases[side])) / (count + shrink)
        guess = d.mean + biases["user"][d.test["user"]] + biases["item"][d.test["item"]]
        found.append(rmse(np.clip(guess, 1, 5), d.test["rating"]))
    assert min(found) > d.noise_floor + 0.25, found


# Which source is used, and what is said ----------------------------------------------------------


def test_order_of_the_sources(server, course_data, cache, monkeypatch, capsys):
    def load() -> tuple[str, ...]:
        d = load_ratings(SMALL, fallback=True)
        which, counts = capsys.readouterr().out.split("\n", 1)
        return d.name, d.source, which, counts

    server.publish(SMALL, small())
    course_data(**{f"{SMALL}.zip": small()})
    cache.mkdir()
    (cache / f"{SMALL}.zip").write_bytes(small())
    *found, line, counts = load()
    assert found == [SMALL, "COURSE_DATA"] and "from the folder in COURSE_DATA" in line
    monkeypatch.delenv("COURSE_DATA")
    *found, line, counts = load()
    assert found == [SMALL, "cache"] and "from the cache of an earlier download" in line
    assert server.asked == []
    (cache / f"{SMALL}.zip").unlink()
    *found, line, counts = load()
    assert found == [SMALL, "download"] and "downloaded, SHA-256 checked" in line
    assert "25 training and 7 test ratings" in counts and "training rows shuffled" in counts
    (cache / f"{SMALL}.zip").unlink()
    server.publish(SMALL, small(), sends(b"", 503))
    *found, line, counts = load()
    assert found == ["synthetic", "generated"] and "noise floor: RMSE 0.6" in counts
    assert f"planted ratings, because {SMALL}.zip could not be downloaded: 127.0.0.1" in line
    assert "answered HTTP 503" in line and kept(cache) == set()
    load_ratings("synthetic")
    assert "planted ratings, as asked" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["ml-100k", SMALL, "ml-1m", "netflix-small"])
def test_only_ml_100k_falls_back_unasked(name, cache):
    host = data.REMOTE[name][0].urls[0].split("/")[2]
    parts = [f"{host} could not be reached", "COURSE_DATA names", "fallback=True"]
    with fails(NotAvailable, *parts):
        load_ratings(name, fallback=False)
    if name == "ml-100k":
        assert load_ratings(name).name == "synthetic"
    else:
        with fails(NotAvailable, *parts):
            load_ratings(name)
    assert load_ratings(name, fallback=True).name == "synthetic" and kept(cache) == set()


# Downloads ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [sends, sends_zipped])
def test_a_download_is_kept(how, server, cache):
    server.publish("ml-100k", ml_100k(), how(ml_100k()))
    first, second = load_ratings("ml-100k"), load_ratings("ml-100k")
    assert (first.source, second.source, len(server.asked)) == ("download", "cache", 1)
    assert (first.name, len(first.train), first.num_users) == ("ml-100k", 80_000, 943)
    assert tuple(first.items.iloc[4]) == ("The Film", 1905, "Western")
    assert (cache / "ml-100k.zip").read_bytes() == ml_100k() and kept(cache) == {"ml-100k.zip"}


def test_a_data_set_of_two_files(server, cache):
    name, texts = "netflix-small", [f"{NETFLIX}1,1,3,x\n2,1,4,x\n", f"{NETFLIX}1,2,3,x\n"]
    train, test = (text.encode() for text in texts)
    first = server.publish(name, train, path=f"{name}/train.csv")
    data.REMOTE[name] = first + server.publish(name, test, refuses, path=f"{name}/test.csv")
    with fails(NotAvailable, "test.csv could not be downloaded"):
        load_ratings(name)
    assert kept(cache) == {"train.csv"}, "what is right stays"
    data.REMOTE[name] = first + server.publish(name, test, path=f"{name}/test.csv")
    assert [load_ratings(name).source for _ in range(2)] == ["download", "cache"]
    assert server.asked == [f"/a/{name}/train.csv", f"/a/{name}/test.csv"]


BAD_SOURCES = {
    "404": (sends(b"gone", 404), "answered HTTP 404"),
    "500": (sends(b"oh", 500), "answered HTTP 500"),
    "wrong": (sends(b"another file"), "sent a file with another SHA-256"),
    "truncated": (breaks_off, "broke off before the end"),
    "hangs": (hangs, "did not answer in time"),
    "stalls": (stalls, "did not answer in time"),
    "trickles": (trickles, "did not answer in time"),
    "refuses": (refuses, "could not be reached"),
}


@pytest.mark.parametrize("kind", BAD_SOURCES)
def test_a_bad_source(kind, server, cache, monkeypatch):
    monkeypatch.setattr(data, "DOWNLOAD_SECONDS", 0.6)
    bad, reason = BAD_SOURCES[kind]
    (file,) = server.publish(SMALL, small(), bad, sends(b"also wrong"))
    hosts = [url.split("/")[2] for url in file.urls]
    begin = time.monotonic()
    with fails(
        NotAvailable,
        f"{SMALL}.zip could not be downloaded",
        f"{hosts[0]} {reason}; {hosts[1]} sent a file with another SHA-256",
    ):
        load_ratings(SMALL)
    assert time.monotonic() - begin < 10 and kept(cache) == set()
    server.publish(SMALL, small(), bad, sends(small()))
    assert load_ratings(SMALL).source == "download" and kept(cache) == {f"{SMALL}.zip"}
    asked = len(server.asked)
    assert load_ratings(SMALL).source == "cache" and len(server.asked) == asked


@pytest.fixture
def old_urllib3(monkeypatch):
    """As with urllib3 1.26: a response has no `read1`, and a body that ends early is no error."""
    get = requests.get

    def get_from_old(*args, **kwargs):
        response = get(*args, **kwargs)
        raw = response.raw
        raw.enforce_content_length = False
        response.raw = SimpleNamespace(stream=raw.stream, tell=raw.tell, close=raw.close)
        return response

    monkeypatch.setattr(requests, "get", get_from_old)


@pytest.mark.usefixtures("old_urllib3")
@pytest.mark.parametrize("how", [sends, sends_zipped])
def test_a_download_with_an_old_urllib3(how, server, cache):
    test_a_download_is_kept(how, server, cache)


@pytest.mark.usefixtures("old_urllib3")
@pytest.mark.parametrize("kind", ["truncated", "stalls", "trickles"])
def test_a_bad_source_with_an_old_urllib3(kind, server, cache, monkeypatch):
    test_a_bad_source(kind, server, cache, monkeypatch)


def test_an_interrupted_download_leaves_nothing(server, cache, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    server.publish(SMALL, small())
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("tqdm.auto.tqdm.update", interrupt)
        load_ratings(SMALL)
    assert kept(cache) == set()
    assert load_ratings(SMALL).source == "download"


def test_a_damaged_file_in_the_cache_is_fetched_anew(server, cache):
    server.publish(SMALL, small())
    cache.mkdir()
    (cache / f"{SMALL}.zip").write_bytes(small()[:-1])
    assert load_ratings(SMALL).source == "download"
    assert (cache / f"{SMALL}.zip").read_bytes() == small() and len(server.asked) == 1


@pytest.mark.parametrize("why", ["expired", "of an unknown authority"])
def test_a_certificate_that_is_not_valid(why, server, cache, tmp_path, monkeypatch, capfd):
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    yesterday = datetime.now(UTC) - timedelta(days=1) if why == "expired" else None
    authority.issue_cert("127.0.0.1", not_after=yesterday).configure_cert(context)
    if why == "expired":
        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    server.socket, server.scheme = context.wrap_socket(server.socket, server_side=True), "https"
    server.publish(SMALL, small(), sends(b"not what was published"))
    with fails(NotAvailable, "another SHA-256"):
        load_ratings(SMALL)
    assert kept(cache) == set()
    server.publish(SMALL, small())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert load_ratings(SMALL).source == "download"
    assert "arning" not in capfd.readouterr().err


# Archives in COURSE_DATA -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "member", ["../evil", "/evil", f"{SMALL}/../../evil", "..\\evil", "\\evil"]
)
def test_an_archive_that_points_outside(member, course_data, tmp_path, cache):
    course_data(**{f"{SMALL}.zip": small(**{member: "!"})})
    with fails(DataError, repr(member), "points outside", "Do not unpack", "publisher"):
        load_ratings(SMALL, fallback=True)
    assert not list(tmp_path.rglob("*evil*")) and not Path("/evil").exists() and not cache.exists()


BROKEN = {
    "truncated": (small()[:-200], "damaged or cut off", "Delete"),
    "not a zip": (b"<html>", "damaged or cut off", "Delete"),
    "scratched": (small()[:80] + b"\xff" * 20 + small()[100:], "damaged or cut off", "Delete"),
    "file missing": (archive(SMALL, ratings_csv=RATINGS), "is incomplete", "unset COURSE_DATA"),
    "other folder": (archive("x", ratings_csv=RATINGS), "is incomplete", "unset COURSE_DATA"),
    "empty file": (small(ratings_csv=""), "cannot be read as a table", "Delete"),
    "cut off": (small(ratings_csv=RATINGS[:-13]), "rating is missing", "Delete"),
    "no number": (small(ratings_csv=RATINGS.replace("7,10,", "7,10,x")), "as a table", "Delete"),
    "no column": (small(ratings_csv=RATINGS.replace("movieId", "x")), "'item'", "unset"),
    "too few rows": (ml_100k(79_999), "u1.base of ml-100k has 79,999 rows; expected 80,000", "u1"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_archive(case, course_data, cache, server, monkeypatch):
    content, *parts = BROKEN[case]
    name, good = ("ml-100k", ml_100k()) if case == "too few rows" else (SMALL, small())
    folder = course_data(**{f"{name}.zip": content})
    with fails(DataError, name, *parts):
        load_ratings(name, fallback=True)
    assert kept(folder) == {f"{name}.zip"} and not cache.exists()
    monkeypatch.delenv("COURSE_DATA")
    server.publish(name, good)
    assert load_ratings(name).source == "download"


# Disks and processes -----------------------------------------------------------------------------


@pytest.fixture
def temporary_folder():
    """A new one, in place of a cache, that is gone after the test."""
    data._temporary_folder.cache_clear()
    yield
    data._temporary_folder().cleanup()
    data._temporary_folder.cache_clear()


@pytest.mark.usefixtures("temporary_folder")
@pytest.mark.parametrize("kind", ["below a file", "read-only"])
def test_a_cache_that_cannot_be_written(kind, server, monkeypatch, tmp_path):
    place = tmp_path / "place"
    if kind == "below a file":
        place.write_text("")
    elif os.name == "nt" or os.geteuid() == 0:
        pytest.skip("this user may write into any folder")
    else:
        place.mkdir(mode=0o500)
    monkeypatch.setenv("COURSE_CACHE", str(place / "cache"))
    server.publish(SMALL, small())
    assert [load_ratings(SMALL).source for _ in range(2)] == ["download", "cache"]
    assert len(server.asked) == 1, "one download for each process"
    assert place.is_file() or not list(place.iterdir())


def test_a_cache_for_several_users(server, cache):
    before = os.umask(0o077)
    try:
        with fails(NotAvailable, "could not be reached"):
            load_ratings(SMALL)
        assert (cache / f"{SMALL}.failed").stat().st_mode & 0o044 == 0o044, "all can read why"
        server.publish(SMALL, small())
        assert load_ratings(SMALL).source == "download"
    finally:
        os.umask(before)
    assert (cache / f"{SMALL}.zip").stat().st_mode & 0o044 == 0o044, "all can read it"
    assert (cache / f"{SMALL}.lock").stat().st_mode & 0o022 == 0o022, "all can lock it"


@pytest.mark.usefixtures("temporary_folder")
def test_a_file_in_the_cache_that_cannot_be_read(server, cache):
    (cache / f"{SMALL}.zip").mkdir(parents=True)  # in place of another user's private file
    server.publish(SMALL, small())
    assert [load_ratings(SMALL).source for _ in range(2)] == ["download", "cache"]


def test_a_drive_without_modes(server, cache, monkeypatch):
    def chmod(*_):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "chmod", chmod)
    server.publish(SMALL, small())
    assert load_ratings(SMALL).source == "download"


@pytest.mark.parametrize("why", [PermissionError, NotImplementedError, "a folder"])
def test_a_lock_that_cannot_be_had(why, server, cache, monkeypatch):
    def acquire(*_):
        raise why

    if why == "a folder":
        (cache / f"{SMALL}.lock").mkdir(parents=True)
    else:
        monkeypatch.setattr(filelock.FileLock, "acquire", acquire)
    with fails(NotAvailable, "could not be reached"):
        load_ratings(SMALL)
    assert not (cache / f"{SMALL}.failed").exists(), "nobody waits for this process"
    server.publish(SMALL, small())
    assert [load_ratings(SMALL).source for _ in range(2)] == ["download", "cache"]
    assert kept(cache) == {f"{SMALL}.zip"} and len(server.asked) == 1


@pytest.mark.parametrize("code", ["ENOSYS", "ENOLCK", "EOPNOTSUPP", "EIO"])
def test_a_drive_without_locks(code, server, cache, monkeypatch):
    def flock(*_):
        raise OSError(getattr(errno, code), os.strerror(getattr(errno, code)))

    monkeypatch.setattr(pytest.importorskip("fcntl"), "flock", flock)
    server.publish(SMALL, small())
    begin = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert load_ratings(SMALL).source == "download"
    assert time.monotonic() - begin < 5, "nobody waits"
    assert kept(cache) == {f"{SMALL}.zip"} and len(list(cache.iterdir())) == 1


def test_a_lock_is_held_for_too_long(server, cache, monkeypatch):
    monkeypatch.setattr(data, "CONNECT_SECONDS", 0.1)
    monkeypatch.setattr(data, "DOWNLOAD_SECONDS", 0.2)
    server.publish(SMALL, small())
    cache.mkdir()
    with filelock.FileLock(cache / f"{SMALL}.lock"):
        with fails(NotAvailable, "another program has been downloading", "for too long"):
            load_ratings(SMALL)
        assert server.asked == []

        def acquire(lock):
            (cache / f"{SMALL}.zip").write_bytes(small())
            raise filelock.Timeout(lock.lock_file)

        monkeypatch.setattr(filelock.FileLock, "acquire", acquire)
        assert load_ratings(SMALL).source == "cache", "one last look"


def test_an_error_while_the_lock_is_held_is_not_about_the_lock(server, monkeypatch):
    def fetch(file, _):
        asked.append(file.path)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    asked = []
    monkeypatch.setattr(data, "_fetch", fetch)
    with fails(NotAvailable, f"{SMALL} could not be stored (No space left on device)"):
        load_ratings(SMALL)
    assert asked == [f"{SMALL}.zip"]


def test_a_full_disk(server, cache, monkeypatch):
    class Full(io.FileIO):
        def write(self, content) -> int:
            super().write(content[:100])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    server.publish("ml-100k", ml_100k(), sends(ml_100k()), sends(ml_100k()))
    with monkeypatch.context() as patch:
        patch.setattr(data, "open", Full, raising=False)
        with fails(NotAvailable, "ml-100k.zip could not be written (No space left on device)"):
            load_ratings("ml-100k", fallback=False)
        assert len(server.asked) == 1, "another source would not help"
        assert load_ratings("ml-100k").name == "synthetic" and kept(cache) == set()
    assert not (cache / "ml-100k.failed").exists(), "others may have a place for it"
    assert load_ratings("ml-100k").source == "download"


LOADER = """
import json, sys
from utils import data
path, sha256, urls = json.loads(sys.argv[1])
data.REMOTE = {"ml-latest-small": (data.RemoteFile(path, sha256, urls),)}
print("ready", flush=True)
sys.stdin.readline()
found = data.load_ratings("ml-latest-small", fallback=False)
print(found.train.to_csv() + found.test.to_csv())
"""


@pytest.mark.parametrize("number", [2, 8])
def test_processes_at_once(number, server, cache):
    (file,) = server.publish(SMALL, small(), sends(small(), after=0.5))
    command = [sys.executable, "-c", LOADER, json.dumps([file.path, file.sha256, file.urls])]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    folder = Path(data.__file__).parents[1]
    loaders = [subprocess.Popen(command, cwd=folder, text=True, **pipes) for _ in range(number)]
    assert [loader.stdout.readline() for loader in loaders] == ["ready\n"] * number
    for loader in loaders:
        loader.stdin.write("go\n")
        loader.stdin.flush()
    said = [loader.communicate(timeout=30) for loader in loaders]
    assert [loader.returncode for loader in loaders] == [0] * number, said
    assert len(server.asked) == 1 and kept(cache) == {f"{SMALL}.zip"}, "one download for all"
    d = load_ratings(SMALL)
    assert all((d.train.to_csv() + d.test.to_csv()) in out for out, _ in said)


def at_once(number: int, name: str) -> list[str]:
    """What `number` threads get that load a data set at the same moment: its source, or why not."""
    gate = threading.Barrier(number)

    def load(_) -> str:
        gate.wait()
        try:
            return load_ratings(name).source
        except NotAvailable as error:
            return str(error)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(load, range(number)))


def test_those_who_wait_give_up_with_the_first(server, cache, monkeypatch):
    monkeypatch.setattr(data, "SILENCE_SECONDS", 1)
    server.publish(SMALL, small(), hangs)
    for tries in (1, 2):  # the second time all begin after the first failure
        begin = time.monotonic()
        (said,) = set(at_once(8, SMALL))
        assert f"{SMALL}.zip could not be downloaded: 127.0.0.1" in said
        assert "did not answer in time. Try again later" in said
        assert time.monotonic() - begin < 4 and len(server.asked) == tries, "one try for all"
    server.publish(SMALL, small())
    assert sorted(at_once(8, SMALL)) == ["cache"] * 7 + ["download"]
    assert kept(cache) == {f"{SMALL}.zip"} and not (cache / f"{SMALL}.failed").exists()


def test_those_who_wait_have_patience_for_every_source(server, monkeypatch):
    monkeypatch.setattr(data, "CONNECT_SECONDS", 0.1)
    monkeypatch.setattr(data, "SILENCE_SECONDS", 1)
    monkeypatch.setattr(data, "DOWNLOAD_SECONDS", 0.2)
    server.publish(SMALL, small(), hangs, hangs, sends(small(), after=0.8))
    assert sorted(at_once(2, SMALL)) == ["cache", "download"] and len(server.asked) == 3


@pytest.mark.parametrize("stored", [False, True])
def test_a_failure_matters_only_while_the_file_is_missing(stored, server, cache, monkeypatch):
    def acquire(lock):
        (cache / f"{SMALL}.failed").write_text("1700000000.5 the server is down")
        (cache / f"{SMALL}.zip").write_bytes(small() if stored else b"")
        return original(lock)

    original = filelock.FileLock.acquire
    monkeypatch.setattr(filelock.FileLock, "acquire", acquire)
    server.publish(SMALL, small())
    if stored:
        assert load_ratings(SMALL).source == "cache"
    else:
        with fails(NotAvailable, "the server is down. Try again later"):
            load_ratings(SMALL)
        assert load_ratings(SMALL).source == "download", "it is not news any more"


NO_NOTES = {
    "empty": b"",
    "no text": bytes(range(256)),
    "no time": b"the server is down",
    "no reason": b"1700000000.5 ",
    "more than a line": b"1700000000.5 the server\nis down",
    "not to be printed": b"1700000000.5 \x1b[2J",
    "a folder": None,
}


@pytest.mark.parametrize("kind", NO_NOTES)
def test_a_note_that_is_none(kind, server, cache, monkeypatch):
    def acquire(lock):
        note = cache / f"{SMALL}.failed"
        if NO_NOTES[kind] is None:
            note.mkdir(exist_ok=True)
        else:
            note.write_bytes(NO_NOTES[kind])
        return original(lock)

    original = filelock.FileLock.acquire
    monkeypatch.setattr(filelock.FileLock, "acquire", acquire)
    server.publish(SMALL, small(), sends(b"", 503))
    with fails(NotAvailable, "answered HTTP 503"):
        load_ratings(SMALL)
    server.publish(SMALL, small())
    assert load_ratings(SMALL).source == "download" and len(server.asked) == 2


# The user's own file -----------------------------------------------------------------------------

OWN = [(101 + k % 4, 900 + k // 4, 1 + k % 5) for k in range(20)]


def table(sep: str = ",", head: str = "user,item,rating", rows=OWN, end: str = "\n") -> str:
    lines = [head.replace(",", sep), *(sep.join(map(str, row)) for row in rows)]
    return end.join(lines) + end


@pytest.fixture
def own(tmp_path, cache):
    """Writes a user's file; afterwards it must be as it was, alone, and the cache untouched."""
    folder, written = tmp_path / "own", {}
    folder.mkdir()

    def write(content: str | bytes, name: str = "mine.csv") -> Path:
        written[name] = content if isinstance(content, bytes) else content.encode()
        (folder / name).write_bytes(written[name])
        return folder / name

    yield write
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == written
    assert not cache.exists()


HEADS = "userId,movieId,rating", "USER_ID,Item_Id,Stars", "uid, iid, score", "u,i,r"
WAYS = {
    **{sep: table(sep) for sep in ",;\t|"},
    **{head: table(head=head) for head in HEADS},
    "byte order mark": "\ufeff" + table(),
    "Windows line ends": table(end="\r\n"),
    "blank lines": "\n" + table(end="\n\n"),
    "quoted": table(head='"user","item","rating"'),
    "decimals": table(rows=[(f"{u}.0", i, f" {r} ") for u, i, r in OWN]),
    "more columns": table(head="time,user,item,rating", rows=[("x", *row) for row in OWN]),
}


@pytest.mark.parametrize("way", WAYS)
def test_ways_to_write_a_file(way, own, capsys):
    d = load_ratings(str(own(WAYS[way])))
    assert everything(d) == triples(OWN)
    assert (d.name, d.source, len(d.train), len(d.test)) == ("mine", "file", 16, 4)
    assert d.items["title"].tolist() == [f"item {900 + k}" for k in range(5)]
    assert "mine, split 1: from mine.csv.\n16 training and 4 test" in capsys.readouterr().out


def test_ways_to_name_a_file(own, monkeypatch):
    path = own(table("\t"), "mine.tsv")
    expected = load_ratings(str(path))
    monkeypatch.setenv("HOME", str(path.parent))
    monkeypatch.setenv("USERPROFILE", str(path.parent))
    monkeypatch.chdir(path.parent)
    for name in (path, "~/mine.tsv", Path("~/mine.tsv"), "mine.tsv", "./mine.tsv"):
        pd.testing.assert_frame_equal(load_ratings(name).train, expected.train)
    assert not load_ratings(path, 2).test.equals(expected.test)


def test_columns_by_name(own):
    path = own(table(head="reader,book,stars,rating", rows=[(u, i, r, 9) for u, i, r in OWN]))
    d = load_ratings(path, columns={"user": "reader", "item": "book", "rating": "stars"})
    assert everything(d) == triples(OWN)
    found = "found reader, book, stars, rating"
    with fails(DataError, "no column 'user'", found, 'columns={"user": "..."}'):
        load_ratings(path)
    with fails(DataError, "no column 'pages'", found, 'columns={"item": "..."}'):
        load_ratings(path, columns={"user": "reader", "item": "pages"})


def test_a_second_file_with_test_ratings(own, capsys):
    rows = [(101, 904, 2), (7, 900, 3), (101, 1, 4), (8, 1, 5), (101, 904, 1)]
    d = load_ratings(own(table()), test=own(table(";", rows=rows), "other.csv"))
    assert len(d.train) == 20 and triples(d.test, d) == triples(rows[1:])
    assert d.user_ids.tolist() == [7, 8, 101, 102, 103, 104] and d.num_users == 6
    assert d.num_items == 6 == len(d.items) and d.test["item"].max() < 6
    line = capsys.readouterr().out
    assert "duplicate pairs: 1 earlier ratings dropped" in line
    assert "2 test ratings of 2 users never seen" in line
    assert "2 test ratings of 1 items never seen" in line


@pytest.mark.parametrize("split", [1, 2, 3, 4, 5])
def test_the_last_of_duplicate_ratings_wins(split, own, capsys):
    again = [(u, i, r % 5 + 1) for u, i, r in OWN]
    d = load_ratings(own(table(rows=OWN + again)), split)
    assert everything(d) == triples(again), "no pair is in training and test"
    assert "duplicate pairs: 20 earlier ratings dropped, the last one" in capsys.readouterr().out


def test_large_ids_stay_apart(own):
    big = 76_561_197_960_265_729  # above 2 ** 53, such as Steam's
    d = load_ratings(own(table(rows=[(big + u, i, r) for u, i, r in OWN])))
    assert d.user_ids.tolist() == [big + 101, big + 102, big + 103, big + 104]


UNUSABLE = {
    "no rating": (table(head="user,item,x"), "no column 'rating'; found user, item, x", "columns="),
    "no header": (table()[17:], "no column 'user'; found 101, 900, 1", "Expected a header"),
    "empty": ("", "is empty; expected a header"),
    "blank": ("\n \n", "is empty; expected a header"),
    "header only": (table(rows=[]), "a header but no ratings; expected a rating in each row"),
    "four": (table(rows=OWN[:4]), "4 pairs of user and item; expected at least 5", "Add ratings"),
    "four pairs": (table(rows=OWN[:4] * 2), "4 pairs of user and item; expected at least 5"),
    "binary": (bytes(range(256)) * 4, "cannot be read as a table", "expected UTF-8"),
    "UTF-16": (table().encode("utf-16"), "cannot be read as a table", "expected UTF-8"),
    "ragged": (table(rows=[*OWN, (1, 2, 3, 4)]), "line 22", "same number of columns"),
    "no name": (table(rows=[(*row, 0) for row in OWN]), "more columns", "Complete the header"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_file_that_cannot_be_used(case, own):
    content, *parts = UNUSABLE[case]
    path = own(content)
    with fails(DataError, "mine", *parts):
        load_ratings(path)


VALUES = {
    "user": ["ann", "", "1.5", "NA", "nan", "inf", "1e300"],
    "item": ["1-2", ""],
    "rating": ["good", "", "inf", "-inf", "nan", "4;5", "1e999"],
}


@pytest.mark.parametrize(
    ("start", "end"), [("", "\n"), ("\ufeff", "\r\n"), ("\n\n", "\n"), ("", "\n\n  \n")]
)
@pytest.mark.parametrize(("column", "value"), [(c, v) for c in VALUES for v in VALUES[c]])
def test_values_that_cannot_be_used(column, value, start, end, own):
    rows = [dict(zip(("user", "item", "rating"), row, strict=True), note='"a\nb"') for row in OWN]
    for row in rows[11:]:
        row[column] = value
    rows[11]["note"] = "here"
    text = start + table(head="user,item,rating,note", rows=[r.values() for r in rows], end=end)
    line = next(n for n, content in enumerate(text.splitlines(), 1) if "here" in content)
    kind, advice = ("numbers", "mend") if column == "rating" else ("whole numbers", "factorize")
    path = own(text)
    with fails(
        DataError,
        f"column {column!r}: expected {kind} in every row; found 9 others",
        f"(line {line}: {value!r}; ",
        advice,
    ):
        load_ratings(path)


def test_no_file(own, tmp_path):
    path = own(table())
    with fails(DataError, "none.csv does not exist; expected the path of a CSV"):
        load_ratings(tmp_path / "none.csv")
    with fails(DataError, "own is a folder; expected the path of a CSV"):
        load_ratings(tmp_path / "own")
    with fails(DataError, "none.csv does not exist"):
        load_ratings(path, test=tmp_path / "none.csv")


# What the planted world is for -------------------------------------------------------------------


def test_an_mlp_beats_a_dot_product_on_planted_ratings():
    """Each with the epochs and the penalty that suit it best; all else is equal."""
    quiet_tensorflow()
    import keras
    from keras import layers

    d = load_quickly("synthetic")

    def score(kind: str, epochs: int, penalty: float) -> float:
        keras.utils.set_random_seed(1)
        user, item = keras.Input((), dtype="int32"), keras.Input((), dtype="int32")
        start, l2 = keras.initializers.RandomNormal(stddev=0.05), keras.regularizers.L2(penalty)
        p, q = (
            layers.Embedding(rows, 32 if kind == "dot" else 16, start, l2)(ids)
            for rows, ids in ((d.num_users, user), (d.num_items, item))
        )
        if kind == "dot":
            a = layers.Embedding(d.num_users, 1, "zeros")(user)
            b = layers.Embedding(d.num_items, 1, "zeros")(item)
            output = layers.Add()([layers.Dot(axes=1)([p, q]), a, b])
        else:
            hidden = layers.Dropout(0.1)(layers.Concatenate()([p, q]))
            hidden = layers.Dropout(0.1)(layers.Dense(64, "relu")(hidden))
            output = layers.Dense(1)(layers.Dense(32, "relu")(hidden))
        model = keras.Model([user, item], output)
        rate = keras.optimizers.schedules.CosineDecay(0.01, epochs * 79)
        model.compile(keras.optimizers.Adam(rate), "mse", steps_per_execution=20)
        train, test = ([rows[c].to_numpy() for c in ("user", "item")] for rows in (d.train, d.test))
        target = (d.train["rating"] - d.mean).to_numpy()
        model.fit(train, target, batch_size=1024, epochs=epochs, verbose=0)
        guess = d.mean + model.predict(test, batch_size=8192, verbose=0)[:, 0]
        return rmse(np.clip(guess, 1, 5), d.test["rating"])

    dot, mlp = score("dot", 8, 7e-5), score("mlp", 12, 1e-4)
    assert d.noise_floor < mlp < dot - 0.02, (d.noise_floor, mlp, dot)
