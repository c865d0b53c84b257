"""`utils.data`: what is loaded is right, wherever it comes from, and what goes wrong is said."""

import functools
import gzip
import hashlib
import http.server
import io
import os
import re
import socket
import ssl
import threading
import time
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import trustme

from utils import data, planted
from utils.data import DataError, NotAvailable, load_ratings

REAL = os.environ.get("COURSE_DATA")
SMALL = "ml-latest-small"
PATIENCE = data.TIMEOUTS
SPLITS = (1, 2, 3, 4, 5)

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


def archive(name: str, **files: str) -> bytes:
    """A zip archive with a folder; `_` stands for the dot in the names of the files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for file, text in files.items():
            path = zipfile.ZipInfo(f"{name}/{file.replace('_', '.')}")  # its date is always 1980
            out.writestr(path, text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def small(**files: str) -> bytes:
    return archive(SMALL, **{"ratings_csv": RATINGS, "movies_csv": MOVIES, **files})


@functools.cache
def ml_100k(rows: int = 80_000) -> bytes:
    """An archive of the size that ml-100k must have, with `rows` training rows in u1."""
    lines = [f"{k % 943 + 1}\t{k // 943 + 1}\t{k % 5 + 1}\t0\n" for k in range(100_000)]
    titles = ["Misérables, The (1901)", *(f"Film, The ({1900 + i})" for i in range(2, 108))]
    items = "".join(f"{i}|{t}|||" + "|0" * 18 + "|1\n" for i, t in enumerate(titles, 1))
    base, test = "".join(lines[:rows]), "".join(lines[80_000:])
    return archive("ml-100k", u_item=items, u1_base=base, u1_test=test)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.routes[self.path](self)

    def log_message(self, *_) -> None:
        """Nothing on the error stream."""


class Server(http.server.ThreadingHTTPServer):
    """Publishes files; answers each path as `routes` says and keeps what it was `asked` for."""

    daemon_threads, block_on_close, request_queue_size, scheme = True, False, 64, "http"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.routes, self.asked, self.closing = {}, [], threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def publish(self, name: str, content: bytes, *answers, path: str = "") -> list[str]:
        """Make /a the source of a data set's file, /b its second one, and so on; their hosts."""
        sources, path = [], path or f"{name}.zip"
        for source, answer in zip("abc", answers or (sends(content),), strict=False):
            self.routes[f"/{source}/{Path(path).name}"] = answer
            sources.append(f"{self.scheme}://127.0.0.1:{self.server_port}/{source}/")
        data.REMOTE[name] = {path: sources}
        data.SHA256[path] = hashlib.sha256(content).hexdigest()
        return [source.split("/")[2] for source in sources]

    def handle_error(self, *_) -> None:
        """A client that has hung up is no news."""


def sends(body: bytes, status: int = 200, length: int = 0, wait: float = 0):
    """An answer with this body, but perhaps another length in its header, and a wait behind."""

    def answer(request: Handler) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(length or len(body)))
        request.end_headers()
        request.wfile.write(body)
        request.server.closing.wait(wait)

    return answer


def hangs(request: Handler) -> None:
    request.server.closing.wait(20)


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
    for name in [*os.environ]:
        if re.search("(?i)_proxy$|_ca_bundle$|^course_data$", name):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(data, "TIMEOUTS", (2, 0.5))
    with socket.socket() as port:  # on which nobody listens
        port.bind(("127.0.0.1", 0))
        nobody = [f"http://127.0.0.1:{port.getsockname()[1]}/"]
    nowhere = {name: dict.fromkeys(files, nobody) for name, files in data.REMOTE.items()}
    monkeypatch.setattr(data, "REMOTE", nowhere)
    monkeypatch.setattr(data, "SHA256", data.SHA256.copy())
    return tmp_path / "cache"


@pytest.fixture
def course_data(monkeypatch, tmp_path):
    """Puts files into a folder that COURSE_DATA names."""

    def put(**files: bytes | str) -> Path:
        for name, content in files.items():
            path = tmp_path / "course_data" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
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
    """The names of the files below a folder."""
    return {path.name for path in folder.rglob("*") if path.is_file()}


def triples(rows, d: data.Ratings | None = None) -> list:
    """Sorted [user, item, rating], in the ids of the source if the data set is given."""
    frame = pd.DataFrame(rows).iloc[:, :3].set_axis(["user", "item", "rating"], axis=1)
    if d is not None:
        frame["user"], frame["item"] = d.user_ids[frame["user"]], d.item_ids[frame["item"]]
    frame = frame.astype({"user": str, "item": str, "rating": float})
    return frame.sort_values(["user", "item", "rating"]).to_numpy().tolist()


def both(d: data.Ratings) -> pd.DataFrame:
    return pd.concat([d.train, d.test])


def everything(d: data.Ratings) -> list:
    return triples(both(d), d)


@contextmanager
def fails(error: type, *parts: str):
    """Expects this very error, with a message that contains all parts."""
    with pytest.raises(error) as found:
        yield found
    assert found.type is error
    assert not [part for part in parts if part not in str(found.value)], str(found.value)


def cases(**table):
    """Runs a test with each value of a table as its `case`; the keys name the runs."""
    return pytest.mark.parametrize("case", table.values(), ids=table.keys())


@cases(
    another_case=("ML-100K", "Did you mean 'ml-100k'?"),
    a_slip=("syntetic", "Did you mean 'synthetic'?"),
    neither_name_nor_path=("x", "set 'x'; expected one of ml-100k"),
    a_dict=({"user": [1, 2]}, "set {'user': [1, 2]}; expected", "or a DataFrame."),
    a_file_s_text=("user,item\n" * 99, "user,item", "pandas.read_csv(io.StringIO(text))"),
)
def test_unknown_name(case, cache):
    name, *parts = case
    with fails(DataError, "Unknown data set", "path of a CSV", *parts) as found:
        load_ratings(name)
    assert len(str(found.value)) < 350 and not cache.exists()


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
    with fails(DataError, "fallback= names one of synthetic, synthetic-choices; found 'ml-1m'"):
        load_ratings("ml-100k", fallback="ml-1m")


@pytest.mark.parametrize("split", SPLITS)
def test_ml_100k_has_the_official_splits_with_their_times(split, real):
    folder = real("ml-100k")
    d = load_ratings("ml-100k", split, fallback=False, seed=split)
    assert (d.name, d.source, d.num_users, d.num_items) == ("ml-100k", "COURSE_DATA", 943, 1682)
    assert d.user_ids.tolist() == [str(k) for k in range(1, 944)], "user 0 is called 1"
    names = ["user", "item", "rating", "time"]
    base, test = (
        pd.read_csv(folder / f"u{split}.{part}", sep="\t", names=names).astype({"rating": float})
        for part in ("base", "test")
    )
    ours, held_out = (
        rows.assign(user=rows.user + 1, item=rows.item + 1) for rows in (d.train, d.test)
    )
    pd.testing.assert_frame_equal(held_out, test)  # in the source's order
    pd.testing.assert_frame_equal(ours.sort_values(["user", "item"], ignore_index=True), base)
    assert (len(base), len(test), d.mean) == (80_000, 20_000, pytest.approx(base["rating"].mean()))


def test_real_items(real):
    real("ml-100k")
    d = load_ratings("ml-100k")
    film = {int(i): d.items.loc[k] for k, i in enumerate(d.item_ids)}
    assert tuple(film[1]) == ("Toy Story", 1995, "Animation|Children's|Comedy")
    assert tuple(film[50]) == ("Star Wars", 1977, "Action|Adventure|Romance|Sci-Fi|War")
    assert tuple(film[172])[:2] == ("The Empire Strikes Back", 1980)
    assert film[267]["title"] == "unknown" and d.items["year"].isna().sum() == 1
    most_rated = both(d)["item"].mode()[0]
    assert d.items["title"][most_rated] == "Star Wars", "items are aligned with the ids"
    real(f"{SMALL}.zip")
    d = load_ratings(SMALL)
    assert (len(d.train), len(d.test), d.num_users, d.num_items) == (80_668, 20_168, 610, 9_724)
    assert tuple(d.items.iloc[0])[:2] == ("Toy Story", 1995) and d.source == "COURSE_DATA"


def test_training_rows_are_shuffled_by_the_seed(course_data):
    course_data(**{"ml-100k.zip": ml_100k()})
    first, again, other = (load_ratings(seed=s) for s in (0, 0, 1))
    pd.testing.assert_frame_equal(first.train, again.train)
    pd.testing.assert_frame_equal(first.test, other.test)
    assert not first.train.equals(other.train) and triples(first.train) == triples(other.train)
    assert first.train["user"].iloc[-8_000:].nunique() > 700, "ml-100k is sorted by user"


def test_one_shape(course_data):
    course_data(**{f"{SMALL}.zip": small()})
    d = load_ratings(SMALL)
    assert (d.num_users, d.num_items, d.noise_floor) == (4, 8, None)
    assert d.user_ids.tolist() == ["3", "7", "12", "1000"]
    assert d.item_ids.tolist() == [str(item) for item in range(10, 90, 10)]
    for rows in (d.train, d.test):
        assert list(rows.columns) == ["user", "item", "rating", "time"]
        assert rows.dtypes.tolist() == ["int64", "int64", "float64", "int64"]
        assert list(rows.index) == list(range(len(rows)))
    written = [line.split(",")[:3] for line in RATINGS.splitlines()[1:]]
    assert everything(d) == triples(written), "ids can be traced back"
    held_out = [load_ratings(SMALL, split).test for split in SPLITS]
    assert triples(pd.concat(held_out), d) == triples(written), "five parts"
    expected = pd.DataFrame(
        [
            ("The Empire Strikes Back", 1980, "Action|Sci-Fi"),
            ("A Kid in King Arthur's Court", 1995, "Comedy"),
            ("An American in Paris", 1951, "Musical|Romance"),
            ("Babylon 5", None, "Sci-Fi"),
            ("Seven (Se7en)", 1995, "Crime"),
            ("Land Before Time III", 1995, "Animation"),
            ("The Good, the Bad and the Ugly", 1966, "Western"),
            ("no title", None, ""),
        ],
        columns=["title", "year", "genres"],
    )
    expected = expected.astype({"year": "Int64"}).rename_axis("item")
    pd.testing.assert_frame_equal(d.items, expected, check_dtype=False)
    with pytest.raises(FrozenInstanceError):
        d.mean = 0.0
    shape = "25 training and 7 test ratings, 4 users, 8 items"
    assert repr(d) == f"Ratings({SMALL!r}: {shape}, mean {d.mean:.2f})"


def test_ml_1m_layout(course_data):
    rows = "".join(f"{u}::{i}::{(u + i) % 5 + 1}::0\n" for u in (1, 2, 3) for i in (5, 9))
    movies = "5::Misérables, Les (1995)::Drama|Musical\n9::Postman, The (1997)::Drama\n"
    course_data(**{"ml-1m/ratings.dat": rows, "ml-1m/movies.dat": movies.encode("latin-1")})
    d = load_ratings("ml-1m")
    assert d.items["title"].tolist() == ["Misérables, Les", "The Postman"]
    assert (len(d.train), len(d.test), d.items["genres"][0]) == (4, 2, "Drama|Musical")


def test_netflix_small_has_two_files(server, capsys):
    name, files = "netflix-small", {}
    rows = "".join(f"{m},{u},{(u + m) % 5 + 1},2005-01-01\n" for u in (8, 6) for m in (1, 2, 3))
    for part, text in (("train", rows), ("test", "4,6,3,2005-09-30\n")):
        text = f"movie_id,user_id,rating,date\n{text}".encode()
        server.publish(name, text, path=f"{name}/{part}.csv")
        files |= data.REMOTE[name]
    data.REMOTE[name] = files
    d = load_ratings(name)
    assert (d.source, load_ratings(name).source) == ("download", "cache")
    assert server.asked == ["/a/train.csv", "/a/test.csv"]
    assert triples(d.test, d) == [["6", "4", 3]] and len(d.train) == 6
    assert (d.train["time"] == 1_104_537_600).all() and d.test["time"].tolist() == [1_128_038_400]
    assert d.items["title"].tolist() == ["item 1", "item 2", "item 3", "item 4"]
    assert "1 test ratings of 1 items never seen" in capsys.readouterr().out


PLANTED = {  # the noise floor; SHA-256 of training and all test ratings, of items and choices
    "synthetic": "0.627 b357bdf1be66 ccb3ba3b3cc8 44c4f840f09e".split(),
    "synthetic-choices": "0.731 3190ab2f7208 0a23efee1360 fb721ac0cf91 bbae6d1d1edf".split(),
}


@pytest.fixture(params=PLANTED)
def world(request, monkeypatch) -> tuple[data.Ratings, list]:
    """Planted ratings, and from what the expected ones were computed."""
    seen, original = [], planted._expected_rating
    monkeypatch.setattr(planted, "_expected_rating", lambda *a: seen.append(a) or original(*a))
    return load_ratings(request.param), seen


def test_planted_ratings_are_the_same_everywhere(world, capsys):
    d, (floor, *hashes) = world[0], PLANTED[world[0].name]
    load_ratings(d.name)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"{d.name}, split 1: planted ratings, as asked."
    assert f"noise floor: RMSE {floor}" in said[2]
    tests = pd.concat([load_ratings(d.name, split).test for split in SPLITS])
    found = [frame.to_numpy("<f8").tobytes() for frame in (d.train, tests)]
    found.append(d.items.to_csv(lineterminator="\n").encode())
    if d.choice is not None:
        found.append(d.choice.astype("<f8").tobytes())
    assert [hashlib.sha256(part).hexdigest()[:12] for part in found] == hashes


def test_no_model_can_expect_less_than_the_floors(world):
    d, seen = world
    floors = [floor for floor in (d.noise_floor, d.floor_without_mood) if floor]
    for (signal, noise_sd), floor in zip([*seen], floors, strict=True):
        signal = signal[::5]
        noise = noise_sd * np.random.default_rng(1).standard_normal((300, len(signal)))
        ratings = np.clip(np.rint(signal + noise), 1, 5)  # of each pair, 300 times
        bias = ratings.mean(axis=0) - planted._expected_rating(signal, noise_sd)
        assert bias.mean() == pytest.approx(0, abs=0.002)
        # What the noise alone leads one to expect; were it in the signal, the floor would be lower.
        assert np.sqrt(ratings.var(axis=0, ddof=1).mean()) == pytest.approx(floor, abs=0.01)


choices = pytest.mark.parametrize("world", ["synthetic-choices"], indirect=True)


@choices
def test_synthetic_choices_looks_like_movielens(world):
    d, _ = world
    rows, ids = both(d), [[str(k) for k in range(count)] for count in (943, 1682)]
    assert [d.user_ids.tolist(), d.item_ids.tolist()] == ids, "choice has the rows of the users"
    assert d.choice.shape == (943, 1682) and d.choice.dtype == np.float32
    assert 95_000 < len(rows) < 105_000 and not rows.duplicated(["user", "item"]).any()
    counts = rows["item"].value_counts()
    assert counts.max() > 15 * counts.median() and counts.min() == 1, "a long tail"
    assert rows["user"].value_counts().min() >= 20
    alone = ~rows.duplicated(["user", "time"], keep=False)
    assert 0.1 < alone.mean() < 0.3, "most ratings stand on a page with others"


@choices
def test_synthetic_choices_are_of_taste(world):
    (d, _), hits = world, {}
    rows = both(d).sample(frac=1, random_state=0)
    user, item = rows.drop_duplicates("user")[["user", "item"]].to_numpy().T  # one of each user
    rated = np.zeros(d.choice.shape, "float32")
    rated[rows["user"], rows["item"]] = 1
    rated[user, item] = 0
    inverse = np.linalg.inv(rated.T @ rated + 500 * np.eye(1682, dtype="float32"))
    ease = -inverse / np.diag(inverse)
    np.fill_diagonal(ease, 0)
    popularity = np.tile(rated.sum(axis=0), (943, 1))
    for name, scores in {"pop": popularity, "EASE": rated @ ease, "truth": d.choice}.items():
        scores = np.where(rated, -np.inf, scores)[user]
        rank = (scores > scores[np.arange(len(user)), item, None]).sum(axis=1)
        hits[name] = np.mean(rank < 10)
    assert 2 * hits["pop"] < hits["EASE"] and hits["EASE"] + 0.02 < hits["truth"], hits


def test_order_of_the_sources(server, course_data, cache, monkeypatch, capsys):
    def load(fallback: bool = True) -> tuple[str, str]:
        d = load_ratings(SMALL, fallback=fallback)
        said = capsys.readouterr().out
        shape = "25 training and 7 test ratings, 4 users, 8 items; training rows shuffled."
        assert shape in said or d.name == "synthetic"
        return d.source, said.splitlines()[0].removeprefix(f"{d.name}, split 1: ")

    server.publish(SMALL, small())
    course_data(**{f"{SMALL}.zip": small()})
    cache.mkdir()
    (cache / f"{SMALL}.zip").write_bytes(small())
    assert load() == ("COURSE_DATA", "from the folder in COURSE_DATA.")
    monkeypatch.delenv("COURSE_DATA")
    assert load() == ("cache", "from the cache of an earlier download.") and not server.asked
    (cache / f"{SMALL}.zip").unlink()
    assert load() == ("download", "downloaded, SHA-256 checked.") and len(server.asked) == 1
    (cache / f"{SMALL}.zip").write_bytes(small()[:-1])
    assert [load()[0], load()[0]] == ["download", "cache"], "what is damaged is fetched again"
    (cache / f"{SMALL}.zip").unlink()
    (host,) = server.publish(SMALL, small(), sends(b"", 503))
    why = f"{SMALL}.zip could not be downloaded: {host} answered HTTP 503"
    assert load() == ("generated", f"planted ratings, because {why}.") and kept(cache) == set()
    with fails(NotAvailable, f"{why}. Try again later, put {SMALL} into", "fallback=True"):
        load(fallback=False)


@pytest.mark.parametrize("name", ["ml-100k", SMALL, "ml-1m", "netflix-small"])
def test_only_ml_100k_falls_back_unasked(name, capsys):
    with fails(NotAvailable, "could not be reached", "fallback=True for planted ratings"):
        load_ratings(name, fallback=False if name == "ml-100k" else None)
    asked = {"fallback": True} if name != "ml-100k" else {}
    assert load_ratings(name, **asked).name == "synthetic"
    for planted_set in PLANTED:
        assert load_ratings(name, fallback=planted_set).name == planted_set
    assert capsys.readouterr().out.count("planted ratings, because") == 3


@cases(
    nothing_there=("{}", "has no ml-100k or ml-100k.zip"),
    missing=("{}/nowhere", "nowhere is no folder"),
    the_data_set_itself=("{}/other/ml-100k", "ml-100k must be the folder above"),
    quotes=('"{}"', "has quotes or blanks around it: take them away"),
    blank=("{} ", "has quotes or blanks around it: take them away"),
    a_second_download=("{}/again", "no ml-100k or ml-100k.zip, but 'ml-100k (1).zip'"),
)
def test_course_data_without_what_was_sought(case, course_data, server, monkeypatch, capsys):
    value, why = case
    value = value.format(course_data(**{"other/ml-100k/u.item": "", "again/ml-100k (1).zip": ""}))
    monkeypatch.setenv("COURSE_DATA", value)
    assert load_ratings().name == "synthetic"
    line = capsys.readouterr().out.splitlines()[0]
    assert f"could not be reached (COURSE_DATA={value}" in line and line.endswith(f"{why}).")
    with fails(NotAvailable, f"{why}). Try again later, put ml-100k into the folder"):
        load_ratings(fallback=False)
    server.publish("ml-100k", ml_100k())
    assert [load_ratings().source, load_ratings().source] == ["download", "cache"]
    said = [line for line in capsys.readouterr().out.splitlines() if "split" in line]
    assert len(said) == 2 and all(line.endswith(f"{why}).") for line in said)


def test_a_download_is_kept_for_all(server, cache):
    server.publish("ml-100k", ml_100k())
    before = os.umask(0o077)
    try:
        first, second = load_ratings("ml-100k"), load_ratings("ml-100k")
    finally:
        os.umask(before)
    assert (first.source, second.source, len(server.asked)) == ("download", "cache", 1)
    assert (first.name, len(first.train), first.num_users) == ("ml-100k", 80_000, 943)
    assert tuple(first.items.iloc[0]) == ("The Misérables", 1901, "Western"), "u.item is in UTF-8"
    assert (cache / "ml-100k.zip").read_bytes() == ml_100k() and kept(cache) == {"ml-100k.zip"}
    assert (cache / "ml-100k.zip").stat().st_mode & 0o044 == 0o044, "all of a class can read it"


@cases(
    gone=(sends(b"gone", 404), "answered HTTP 404"),
    wrong=(sends(b"another file"), "sent a file with another SHA-256"),
    breaks_off=(sends(b"PK", length=9), ""),  # which of two reasons depends on urllib3
    hangs=(hangs, "did not answer in time"),
    stalls=(sends(b"PK", length=9, wait=20), "did not answer in time"),
)
def test_a_bad_source(case, server, cache):
    bad, reason = case
    hosts = server.publish(SMALL, small(), bad, sends(b"also wrong"))
    begin, why = time.monotonic(), f"{SMALL}.zip could not be downloaded: {hosts[0]} {reason}"
    with fails(NotAvailable, why, f"; {hosts[1]} sent a file with another SHA-256."):
        load_ratings(SMALL)
    assert time.monotonic() - begin < 5 and kept(cache) == set()
    server.publish(SMALL, small(), bad, sends(small()))
    assert load_ratings(SMALL).source == "download" and kept(cache) == {f"{SMALL}.zip"}


def test_a_network_that_swallows_everything_is_soon_given_up():
    sources = max(len(urls) for files in data.REMOTE.values() for urls in files.values())
    assert sum(PATIENCE) * sources <= 30, "seconds, and ten more where a name must be looked up"


CERTIFICATES = ["expired", "of an unknown authority", "bundle that names nothing", "no bundle"]


@pytest.mark.parametrize("why", CERTIFICATES)
def test_a_certificate_that_is_not_valid(why, server, cache, tmp_path, monkeypatch, capfd):
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    yesterday = datetime.now(UTC) - timedelta(days=1) if why == "expired" else None
    authority.issue_cert("127.0.0.1", not_after=yesterday).configure_cert(context)
    bundle = tmp_path / "ca.pem"
    if why == "expired":
        authority.cert_pem.write_to_path(str(bundle))
    if why == "no bundle":
        bundle.write_text("no certificate")
    if why != "of an unknown authority":
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    server.socket, server.scheme = context.wrap_socket(server.socket, server_side=True), "https"
    server.publish(SMALL, small(), sends(b"not what was published"))
    with fails(NotAvailable, "another SHA-256"):
        load_ratings(SMALL)
    assert kept(cache) == set()
    server.publish(SMALL, small())
    with warnings.catch_warnings(action="error"):
        assert load_ratings(SMALL).source == "download"
    assert "arning" not in capfd.readouterr().err


def test_a_cache_that_cannot_be_written(server, monkeypatch, tmp_path):
    (tmp_path / "place").write_text("a file where a folder should be")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "place" / "cache"))
    server.publish("ml-100k", ml_100k(), sends(ml_100k()), sends(ml_100k()))
    with fails(NotAvailable, f"{tmp_path / 'place'}", "ml-100k.zip could not be written (Not a"):
        load_ratings("ml-100k", fallback=False)
    assert load_ratings("ml-100k").name == "synthetic" and server.asked == []


@pytest.mark.skipif(os.name == "nt", reason="a user has a home there")
def test_without_home_and_passwd_entry_downloads_go_to_the_temporary_folder(monkeypatch, tmp_path):
    for name in ("HOME", "COURSE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)  # a KeyError for everybody
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert data.cache_folder() == tmp_path / "neural-matrix-factorization"


def test_several_at_once_all_get_it(server, cache):
    server.publish(SMALL, small())
    with ThreadPoolExecutor(8) as pool:
        loaded = list(pool.map(lambda _: load_ratings(SMALL), range(8)))
    assert {d.source for d in loaded} <= {"download", "cache"} and kept(cache) == {f"{SMALL}.zip"}
    assert all(d.train.equals(loaded[0].train) for d in loaded)


@cases(
    truncated=small()[:-200],
    not_a_zip=b"<html>",
    scratched=small()[:80] + b"\xff" * 20 + small()[100:],
    file_missing=archive(SMALL, ratings_csv=RATINGS),
    other_folder=archive("x", ratings_csv=RATINGS, movies_csv=MOVIES),
    empty_file=small(ratings_csv=""),
    cut_off=small(ratings_csv=RATINGS[:-13]),
    no_number=small(ratings_csv=RATINGS.replace("7,10,", "7,10,x")),
    no_column=small(ratings_csv=RATINGS.replace("movieId", "x")),
    too_few_rows=ml_100k(79_999),
)
def test_a_broken_archive(case, course_data, cache, server, monkeypatch):
    name, good = ("ml-100k", ml_100k()) if case == ml_100k(79_999) else (SMALL, small())
    folder = course_data(**{f"{name}.zip": case})
    with fails(DataError, f"{name}.zip is damaged or incomplete (", "Delete this copy"):
        load_ratings(name, fallback=True)
    assert kept(folder) == {f"{name}.zip"} and not cache.exists()
    monkeypatch.delenv("COURSE_DATA")
    server.publish(name, good)
    assert load_ratings(name).source == "download"


OWN = [(101 + k % 4, 900 + k // 4, 1 + k % 5) for k in range(20)]
FRAME = pd.DataFrame(OWN, columns=["user", "item", "rating"])


def table(sep: str = ",", head: str = "user,item,rating", rows=OWN, end: str = "\n") -> str:
    lines = [head.replace(",", sep), *(sep.join(map(str, row)) for row in rows)]
    return end.join(lines) + end


def with_more(name: str, values, sep: str = ",", rows=OWN) -> str:
    """The table with one more column behind."""
    rows = [(*row, value) for row, value in zip(rows, values, strict=True)]
    return table(sep, f"user,item,rating,{name}", rows)


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


HEADS = ["user,item,rating", "userId,movieId,rating", "uid, iid, score", "User-ID,ISBN,Book-Rating"]
INDEXED = [(k, *row) for k, row in enumerate(OWN)]
WAYS = {
    **{sep: table(sep) for sep in ";\t|"},
    **{head: table(head=head) for head in HEADS},
    "byte order mark": "\ufeff" + table(),
    "Windows line ends": table(end="\r\n"),
    "blank lines": "\n" + table(end="\n\n") + ",,\n",
    "quoted": table(head='"user","item","rating"', rows=[(f'"{u}"', i, r) for u, i, r in OWN]),
    "decimals": table(rows=[(f"{u}.0", i, f" {r} ") for u, i, r in OWN]),
    "decimal commas": table(";", rows=[(u, i, f"{r},0") for u, i, r in OWN]),
    "more columns": table(head="day,user,item,rating", rows=[("x", *row) for row in OWN]),
    "pandas' index": table(head=",user,item,rating", rows=INDEXED),
    "its name": table(head="Unnamed: 0,user,book,rating", rows=INDEXED),
    "Excel's hint": "sep=;\r\n" + table(";", end="\r\n"),
    "quotes in a TSV": with_more("title", ['"Heroes'] * 20, "\t"),
    "text in lines": with_more("text", ['"so\nso"'] * 20),
    "whole numbers": FRAME,
    "decimals in a frame": FRAME.astype(float),
    "an index of its own": FRAME.set_axis(range(7, 27)),
    "categories": FRAME.astype({"user": "category"}),
}


@cases(**WAYS)
def test_ways_to_write_a_table(case, own, capsys):
    framed = isinstance(case, pd.DataFrame)
    before = case.copy() if framed else None
    d = load_ratings(case if framed else str(own(case)))
    assert everything(d) == triples(OWN)
    assert (d.source, len(d.train), len(d.test)) == ("file", 16, 4)
    assert d.items["title"].tolist() == [f"item {900 + k}" for k in range(5)]
    assert d.name == ("DataFrame" if framed else "mine")
    title = f"{d.name}, split 1: from {'a DataFrame' if framed else 'mine.csv'}."
    counts = "16 training and 4 test ratings from 1 to 5, 4 users, 5 items; training rows shuffled."
    assert capsys.readouterr().out.startswith(f"{title}\n{counts}\n")
    if framed:
        pd.testing.assert_frame_equal(case, before)


def test_columns_with_names_of_their_own(own):
    columns = {"user": "reader", "item": "i"}
    d = load_ratings(own(table(head="reader,i,stars")), columns=columns)
    numbered = FRAME.set_axis([0, 1, 2], axis=1)
    other = load_ratings(numbered, columns={"user": 0, "item": 1, "rating": 2})
    assert everything(d) == everything(other) == triples(OWN)


def test_ways_to_name_a_file(own, monkeypatch):
    path = own(table("\t"), "mine.tsv")
    expected = load_ratings(str(path))
    monkeypatch.setenv("HOME", str(path.parent))
    monkeypatch.setenv("USERPROFILE", str(path.parent))
    monkeypatch.chdir(path.parent)
    for name in (path, "~/mine.tsv", Path("~/mine.tsv"), "mine.tsv", "./mine.tsv"):
        pd.testing.assert_frame_equal(load_ratings(name).train, expected.train)


@pytest.mark.parametrize("name", ["synthetic.csv", "own-reviews.csv", "ml-100k.csv"])
def test_a_file_with_a_known_name_is_your_own(name, own, capsys):
    d = load_ratings(own(table(), name))
    assert (d.name, d.source, everything(d)) == (name, "file", triples(OWN))
    assert capsys.readouterr().out.startswith(f"{name}, split 1: from {name}.\n")


def test_ids_are_labels(own, capsys):
    users = ["ann", "Ann", "76561197960265729", "76561197960265730", "9" * 30]
    items = ["10", "2", "007", "7", "080442957X", "Ærø, ø"]
    rows = [(u, f'"{i}"', 3) for u in users for i in items]
    d = load_ratings(own(table(rows=rows)))
    assert d.user_ids.tolist() == [*users[2:], "Ann", "ann"]
    assert d.item_ids.tolist() == ["2", "007", "7", "10", "080442957X", "Ærø, ø"]
    assert d.items["title"][1] == "item 007"
    assert everything(d) == triples((u, i.strip('"'), r) for u, i, r in rows)
    line = "item ids differ by leading zeros alone: 007, 7.\n"
    assert capsys.readouterr().out.endswith(line)


@pytest.mark.parametrize("spoilt", ["9.78014E+12", "9,78014E+12", "1e+17"])
def test_the_scientific_notation_of_a_spreadsheet_is_refused(spoilt, own):
    path = own(table(";", "user,isbn,rating", [*OWN, (101, spoilt, 3)]))
    with fails(DataError, "column 'isbn': expected an id in every row; found 1 others (line 22: "):
        load_ratings(path)


KEYS, FIRST_ROW = "no other keys than user, item, rating, timestamp", "101,900,1"


@cases(
    none=("x,y,rating", None, "expected one column for user; found 0", "are x, y, rating;"),
    two=("user,userId,rating", None, "expected one column for user; found 2"),
    twice=("user,item,item", None, "expected one column for item; found 2"),
    an_index=("i,user,rating", None, "expected one column for item; found 0"),
    other=("user,item,x", {"rating": "y"}, "for rating, called 'y'; found 0"),
    a_key=("user,y,rating", {"Item": "y"}, KEYS),
    a_list=("user,y,rating", ["user", "y"], KEYS),
    two_for_one=("user,y,rating", {"item": ["user", "y"]}, "called ['user', 'y']; found 0"),
    one_for_two=("user,y,rating", {"item": "user"}, "found one that has another role"),
    no_header=(FIRST_ROW, None, "is no header; write one above it, such as user,item,rat"),
    a_row=(FIRST_ROW, {"user": "101", "item": "900", "rating": "1"}, "is no header; write"),
)
def test_columns_that_do_not_fit(case, own):
    head, columns, *parts = case
    path = own(table(head=head))
    with fails(DataError, "mine.csv: ", *parts, 'with columns={"user": "...", "item"'):
        load_ratings(path, columns=columns)


@pytest.mark.parametrize("name", ["{}", "film {}"])
def test_thousands_of_columns_are_not_listed(name, own):
    head = ",".join(["user", *(name.format(k) for k in range(1, 2001))])
    with fails(DataError, "... (2,001 in all)") as found:
        load_ratings(own(table(head=head, rows=[[3] * 2001] * 9)))
    assert len(str(found.value)) < 400


def test_a_second_file_with_test_ratings(own, capsys):
    rows = [(101, 904, 2), (7, 900, 3), (101, 1, 4), (8, 1, 5), (101, 904, 1), (101, 900, 1)]
    d = load_ratings(own(table()), test=own(table(";", rows=rows), "other.csv"))
    assert len(d.train) == 20 and triples(d.test, d) == triples(rows[1:])
    assert d.user_ids.tolist() == ["7", "8", "101", "102", "103", "104"] and d.num_users == 6
    assert d.num_items == 6 == len(d.items) and d.test["item"].max() < 6
    line = capsys.readouterr().out
    assert "duplicate pairs: 1 earlier ratings dropped, the last one kept" in line
    assert "2 pairs of user and item are in both files" in line
    assert "2 test ratings of 2 users never seen" in line
    assert "2 test ratings of 1 items never seen" in line


@pytest.mark.parametrize("split", [1, 2])
@cases(
    none=([""] * 40, "last"),
    seconds=([900 + k % 20 - k // 20 for k in range(40)], "newest"),
    days=([f"{2020 - k // 20}-01-{k % 20 + 1:02d}" for k in range(40)], "newest"),
    not_so=([f"{k % 20 + 1}.1.{2020 - k // 20}" for k in range(40)], "last"),
    a_gap=([*range(40, 1, -1), ""], "last"),
)
def test_of_a_pair_rated_twice_the_newest_is_kept(case, split, own, capsys):
    times, which = case
    again = [(u, i, r % 5 + 1) for u, i, r in OWN]  # later in the file, earlier in time
    d = load_ratings(own(with_more("date", times, rows=OWN + again)), split)
    assert everything(d) == triples(OWN if which == "newest" else again)
    line = f"duplicate pairs: 20 earlier ratings dropped, the {which} one kept"
    assert line in capsys.readouterr().out


NUMBERS = [*map(str, range(19))]


@cases(
    seconds=([str(900 + k) for k in range(20)], range(900, 920)),
    parts_of_a_second=([f"{k}.75" for k in range(20)], range(20)),
    before_1970=([f"-{k}.5" for k in range(1, 21)], range(-2, -22, -1)),
    days=([f"1970-01-{k + 2:02d}" for k in range(20)], range(86_400, 21 * 86_400, 86_400)),
    moments=([f"1970-01-01T00:{k:02d}:09+00:00" for k in range(20)], range(9, 1209, 60)),
    a_zone=(["1970-01-01 02:00+02:00"] * 20, [0] * 20),
    a_gap=([*NUMBERS, ""], None),
    a_mixture=([*NUMBERS, "2020-01-01"], None),
    endless=([*NUMBERS, "inf"], None),
    not_so=(["1.1.2020"] * 20, None),
)
def test_times_of_your_own(case, own, capsys):
    times, expected = case
    path = own(with_more("day", times))
    assert "time" not in load_ratings(path).train, "nothing says that day is a time"
    assert "no column time" not in capsys.readouterr().out
    d = load_ratings(path, columns={"timestamp": "day"})
    assert ("no column time: not every row" in capsys.readouterr().out) == (expected is None)
    if expected is None:
        assert list(both(d)) == ["user", "item", "rating"]
    else:
        rows = both(d)[["user", "item", "time"]]
        assert rows["time"].dtype == "int64"
        assert triples(rows, d) == triples(FRAME.assign(rating=expected))


def test_a_time_in_one_file_alone_is_none(own, capsys):
    timed, other = own(with_more("time", range(20))), own(table(), "other.csv")
    for first, second in ((timed, other), (other, timed)):
        d = load_ratings(first, test=second)
        assert "time" not in d.train and "time" not in d.test
        assert "no column time" in capsys.readouterr().out


OFFICE = archive("xl", **{"workbook_xml": "<workbook/>"})
TOO_FEW = "4 pairs of user and item; expected at least 5"


@cases(
    empty=("", "is empty; expected a header and rows"),
    blank=("\n \n", "is empty; expected a header and rows"),
    header_only=(table(rows=[]), "header but nothing below it; expected a header and rows"),
    four=(table(rows=OWN[:4]), TOO_FEW, "Add ratings"),
    four_pairs=(table(rows=OWN[:4] * 2), TOO_FEW),
    ragged=(table(rows=[*OWN, (1, 2, 3, 4)]), "line 22: 4 columns, but 3 in the header"),
    too_short=(table(rows=[*OWN, (1, 2)]), "line 22: 2 columns, but 3 in the header"),
    no_name=(table(rows=[(*row, 0) for row in OWN]), "line 2: 4 columns, but 3 in the"),
    a_quote_opens=(table(rows=[*OWN, (1, '"2', 3), *OWN]), "line 22: ", "each quote that"),
    a_quote_inside=(table(rows=[(1, '"2" 3', 4), *OWN]), "line 2: ", "each quote that opens"),
    a_quote_in_a_TSV=(table("\t", rows=[*OWN, (1, "2", '"3')]), "1 others (line 22: '\"3')"),
    zip_xlsx=(OFFICE, "is a zip archive or an Excel workbook: unpack it, or save the sheet"),
    gz=(gzip.compress(table().encode()), "is compressed with gzip: unpack it"),
    parquet=(b"PAR1\x15", "is a Parquet file: read it with pandas.read_parquet", "a DataFr"),
    UTF_16=(table().encode("utf-16"), "is not in UTF-8 but in UTF-16: save it as CSV UTF-8"),
    latin_1=(table(head="usér,item,rating").encode("latin-1"), "in Latin-1", "as CSV UTF-8"),
)
def test_a_file_that_cannot_be_used(case, own):
    content, *parts = case
    path = own(content)
    with fails(DataError, "mine", *parts):
        load_ratings(path)


BAD_VALUES = [("user", value) for value in ("", "NA", "nan")] + [("item", '"a\nb"')]
BAD_VALUES += [("rating", value) for value in ("good", "", "inf", "4;5", "1e999")]


@pytest.mark.parametrize(("start", "end"), [("", "\n"), ("\ufeff", "\r\n"), ("\n\n", "\n \n")])
@pytest.mark.parametrize(("column", "value"), BAD_VALUES)
def test_values_that_cannot_be_used(column, value, start, end, own):
    rows = FRAME.astype(object)
    rows.insert(0, "note", '"a\nb"')
    rows.loc[11:, column], rows.loc[11, "note"] = value, "here"
    text = start + table(head="note,user,item,rating", rows=rows.to_numpy(), end=end)
    line = 1 + text[: text.index("here")].count("\n")
    kind, shown = "a number" if column == "rating" else "an id", repr(value.strip('"'))
    part = f"column {column!r}: expected {kind} in every row; found 9 others (line {line}: {shown};"
    with fails(DataError, part, "Mend or drop these rows."):
        load_ratings(own(text))


def test_no_file_or_no_value(own, tmp_path):
    path = own(table())
    with fails(DataError, "own is a folder; expected the path of a CSV"):
        load_ratings(tmp_path / "own")
    with fails(DataError, "none.xlsx does not exist; expected the path of a CSV"):
        load_ratings(path, test="none.xlsx")
    with fails(DataError, "test= must be your own ratings, too; found 'ml-100k'"):
        load_ratings(path, test="ml-100k")
    with fails(DataError, "Unknown data set {'user': 1}", "or a DataFrame."):
        load_ratings(path, test={"user": 1})
    with fails(DataError, "a DataFrame, column 'rating': expected", "1 others (row 2: '')"):
        load_ratings(FRAME.assign(rating=FRAME["rating"].where(FRAME.index != 2)))
