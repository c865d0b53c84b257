"""Ratings and reviews for the course: found, checked, and always in the same shape.

`load_ratings()` looks for a data set in the folder named by `COURSE_DATA`, then in the user's
cache, then on the network; if it cannot be had, the default falls back to planted ratings that
are made on the spot. One printed line says which it was and why; a second one counts.
`load_reviews()` does the same for restaurant reviews, and falls back to reviews that were written
for this course.

A download counts as right when its SHA-256 is right, wherever it came from. That is why an
expired certificate at a source does not stop the course, and why a damaged file never gets in.
"""

import csv
import difflib
import functools
import hashlib
import os
import re
import tempfile
import time
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from math import erf, sqrt
from pathlib import Path

import numpy as np
import pandas as pd

GROUPLENS = "https://files.grouplens.org/datasets/movielens/"
RECOMMENDERS = "https://huggingface.co/datasets/Recommenders/MovieLens/resolve/main/"
NETFLIX = (
    "https://raw.githubusercontent.com/statmlben/CUHK-STAT3009/"
    "4fff0703418a4ce62d694fb0bbd17f2955d455f8/dataset/netflix/"
)
UCI = "https://archive.ics.uci.edu/static/public/331/"

CONNECT_SECONDS, SILENCE_SECONDS, DOWNLOAD_SECONDS = 5, 15, 180

GENRES = (
    "unknown Action Adventure Animation Children's Comedy Crime Documentary Drama Fantasy "
    "Film-Noir Horror Musical Mystery Romance Sci-Fi Thriller War Western"
).split()


class DataError(ValueError):
    """Data that cannot be used; the message says what was expected, found, and what to do."""


class NotAvailable(DataError):
    """A data set that is in no folder and cannot be downloaded now."""


@dataclass(frozen=True)
class RemoteFile:
    """One file of a data set: its path below the data folder, its SHA-256, where to get it."""

    path: str
    sha256: str
    urls: tuple[str, ...]


REMOTE = {
    "ml-100k": (
        RemoteFile(
            "ml-100k.zip",
            "50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
            (GROUPLENS + "ml-100k.zip", RECOMMENDERS + "ml-100k.zip"),
        ),
    ),
    "ml-1m": (
        RemoteFile(
            "ml-1m.zip",
            "a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20",
            (GROUPLENS + "ml-1m.zip", RECOMMENDERS + "ml-1m.zip"),
        ),
    ),
    "ml-latest-small": (
        RemoteFile(
            "ml-latest-small.zip",
            "696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436",
            (GROUPLENS + "ml-latest-small.zip",),
        ),
    ),
    "netflix-small": (
        RemoteFile(
            "netflix-small/train.csv",
            "e8c33b1f4a6608c166d570d908aafc1583808ad5973e8e9d15f29919d6cf8075",
            (NETFLIX + "train.csv",),
        ),
        RemoteFile(
            "netflix-small/test.csv",
            "95f02b1576b62c09ae45345cbf694bf8ab2ca17ec428eb049981161f99202424",
            (NETFLIX + "test.csv",),
        ),
    ),
    "restaurant-reviews": (
        RemoteFile(
            "sentiment+labelled+sentences.zip",
            "afc26626d710899948693e1a61405dce197f57ffa719fa1130d346b4cc095343",
            (UCI + "sentiment+labelled+sentences.zip",),
        ),
    ),
}
NAMES = ("ml-100k", "ml-1m", "ml-latest-small", "netflix-small", "synthetic")
REVIEW_NAMES = ("restaurant-reviews", "own-reviews")
FOLDERS = {"restaurant-reviews": "sentiment labelled sentences"}  # where it is not the name
NOTES = {  # what the printed line says of each tier
    "COURSE_DATA": "from the folder in COURSE_DATA",
    "cache": "from the cache of an earlier download",
    "download": "downloaded, SHA-256 checked",
}


@dataclass(frozen=True)
class Ratings:
    """Training and test ratings with what is known about the items.

    Attributes:
        name: the data set that was really loaded, such as "ml-100k" or "synthetic".
        source: "COURSE_DATA", "cache", "download", "file" or "generated".
        train: frame with the columns user, item (integers from 0) and rating (float), shuffled.
        test: the same columns, in the order of the source.
        items: one row for each item id, in the order of the ids: title, year, genres
            (separated by |). Empty strings and missing years where the source has none.
        num_users, num_items: the ids of train and test lie below these.
        mean: the mean of the training ratings.
        user_ids, item_ids: the ids of the source; position u holds the source's id of user u.
        noise_floor: for planted ratings, the RMSE on `test` of the truth that was planted,
            which is the lowest a model can expect; otherwise None.
    """

    name: str
    source: str
    train: pd.DataFrame
    test: pd.DataFrame
    items: pd.DataFrame
    num_users: int
    num_items: int
    mean: float
    user_ids: np.ndarray
    item_ids: np.ndarray
    noise_floor: float | None = None

    def __repr__(self) -> str:
        return (
            f"Ratings({self.name!r}: {len(self.train):,} training and {len(self.test):,} test "
            f"ratings, {self.num_users:,} users, {self.num_items:,} items, mean {self.mean:.2f})"
        )


def load_ratings(
    name: str | os.PathLike = "ml-100k",
    split: int = 1,
    *,
    seed: int = 0,
    fallback: bool | None = None,
    test: str | os.PathLike | None = None,
    columns: dict[str, str] | None = None,
) -> Ratings:
    """Load ratings, split into training and test rows.

    Args:
        name: "ml-100k", "ml-latest-small", "ml-1m", "netflix-small", "synthetic", or the path
            of a CSV or TSV file with a header and the columns user, item and rating.
        split: which of five train/test splits (80 % and 20 %), 1 to 5. For ml-100k these are
            the official u1 to u5; netflix-small has one only; elsewhere they are the five
            parts of one fixed shuffle.
        seed: of the shuffle of the training rows. MovieLens splits are sorted by user, and
            Keras' `validation_split` takes the last rows as they stand.
        fallback: True: planted ratings instead if the data set cannot be had. False: an error
            instead. Default: True for ml-100k, otherwise False.
        test: for a path, a second file with the test ratings; without it 20 % are held out.
        columns: for a path, which of its columns to use where their names do not tell, such
            as {"user": "reader", "item": "book", "rating": "stars"}.

    Returns:
        A `Ratings` object. Ratings keep the scale of their source (stars).

    Raises:
        DataError: for a name, split, file or value that cannot be used.
        NotAvailable: with `fallback=False`, when no source can be reached.

    Source: MovieLens, https://grouplens.org/datasets/movielens/ (F. M. Harper and J. A. Konstan,
    2015, https://doi.org/10.1145/2827872); read its terms of use before you pass it on.
    """
    if isinstance(split, bool) or not isinstance(split, int | np.integer) or not 1 <= split <= 5:
        raise DataError(f"split must be 1, 2, 3, 4 or 5; found {split!r}.")
    if _is_path(name, NAMES):
        return _from_csv(Path(name), test, columns, split, seed)
    if test is not None or columns is not None:
        raise DataError(f"test= and columns= go with a path; {name!r} has its own of both.")
    if name == "netflix-small" and split != 1:
        raise DataError(f"netflix-small has one split only: use split=1; found split={split}.")
    if name == "synthetic":
        return _synthetic(split, seed, "as asked")
    if fallback is None:
        fallback = name == "ml-100k"
    folder, source, note = _find(name, fallback, "planted ratings")
    if folder is None:
        return _synthetic(split, seed, note)
    with _reading(folder):
        train, test_rows, items = _READERS[name](folder, split)
        train, test_rows = _typed(train), None if test_rows is None else _typed(test_rows)
    return _finish(name, source, note, split, seed, train, test_rows, items)


@dataclass(frozen=True)
class Reviews:
    """Restaurant reviews, each with a label.

    Attributes:
        name: what was really loaded: "restaurant-reviews", "own-reviews", or a file's name.
        source: "COURSE_DATA", "cache", "download", "file" or "embedded".
        frame: the columns review (text) and label (1 positive, 0 negative), rows shuffled.
        own: whether they were written for this course; if so, whole reviews may be shown.
    """

    name: str
    source: str
    frame: pd.DataFrame
    own: bool

    def __repr__(self) -> str:
        return (
            f"Reviews({self.name!r}: {len(self.frame):,} reviews, "
            f"{self.frame['label'].sum():,} of them positive)"
        )


def load_reviews(
    name: str | os.PathLike = "restaurant-reviews",
    *,
    seed: int = 0,
    fallback: bool = True,
    columns: dict[str, str] | None = None,
) -> Reviews:
    """Load restaurant reviews with their labels: 1 positive, 0 negative.

    Args:
        name: "restaurant-reviews", "own-reviews" (written for this course), or the path of a
            CSV or TSV file with a header and the columns review and label.
        seed: of the shuffle of the rows.
        fallback: True: the course's own reviews instead if the data set cannot be had. False:
            an error instead.
        columns: for a path, which of its columns to use where their names do not tell, such
            as {"review": "comment", "label": "liked"}.

    Returns:
        A `Reviews` object.

    Raises:
        DataError: for a name, file or value that cannot be used.
        NotAvailable: with `fallback=False`, when no source can be reached.

    Source: Sentiment Labelled Sentences, https://doi.org/10.24432/C57604 (D. Kotzias, M. Denil,
    N. de Freitas and P. Smyth, 2015, https://doi.org/10.1145/2783258.2783380), CC BY 4.0. The
    course's own reviews are dedicated to the public domain (CC0).
    """
    if _is_path(name, REVIEW_NAMES):
        path = Path(name).expanduser()
        rows = _read_reviews(path, columns)
        return _finish_reviews(path.stem, "file", f"from {path.name}", rows, seed)
    if columns is not None:
        raise DataError(f"columns= goes with a path; {name!r} has its own.")
    folder, source, note = None, "embedded", "as asked"
    if name == "restaurant-reviews":
        folder, source, note = _find(name, fallback, "the course's own reviews")
    if folder is None:
        rows = _read_reviews(Path(__file__).with_name("restaurant_reviews.tsv"))
        note = f"written for this course, {note}"
        return _finish_reviews("own-reviews", "embedded", note, rows, seed)
    with _reading(folder):
        rows = _read_yelp_labelled(folder)
    return _finish_reviews(name, source, note, rows, seed)


# Where the files are ------------------------------------------------------------------------


def _is_path(name: str | os.PathLike, names: tuple[str, ...]) -> bool:
    """Whether this is a path and not one of the names; an error if it is neither."""
    if not isinstance(name, os.PathLike) and name in names:
        return False
    if not _looks_like_path(name):
        close = difflib.get_close_matches(str(name).lower(), names, 1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise DataError(
            f"Unknown data set {str(name)!r}; expected one of {', '.join(names)}, or the "
            f"path of a CSV or TSV file.{hint}"
        )
    return True


def _find(name: str, fallback: bool, instead: str) -> tuple[Path | zipfile.Path | None, str, str]:
    """Folder, tier and what to print of it; no folder, and why, if there is a fallback."""
    try:
        folder, source = _locate(name)
    except NotAvailable as error:
        if not fallback:
            raise NotAvailable(
                f"{error}. Try again later, put {FOLDERS.get(name, name)} into the folder that "
                f"COURSE_DATA names, or use fallback=True for {instead}."
            ) from error
        return None, "", f"because {error}"
    return folder, source, NOTES[source]


def cache_folder() -> Path:
    """The folder that keeps downloads: `COURSE_CACHE` if set, else the system's user cache."""
    import pooch

    folder = os.environ.get("COURSE_CACHE") or pooch.os_cache("neural-matrix-factorization")
    return Path(folder).expanduser()


def in_course_data(name: str) -> Path | zipfile.Path | None:
    """The data set below `COURSE_DATA`, as a folder or an archive; None if it is not there."""
    base = os.environ.get("COURSE_DATA")
    if not base:
        return None
    folder = FOLDERS.get(name, name)
    for file in (folder, f"{folder}.zip", REMOTE[name][0].path):
        path = Path(base).expanduser() / file
        if path.is_dir() or (path.suffix == ".zip" and path.exists()):
            return _inside(path, folder)
    return None


def _locate(name: str) -> tuple[Path | zipfile.Path, str]:
    """The data set's folder (or its folder inside an archive) and the tier it was found in."""
    folder = in_course_data(name)
    if folder is not None:
        return folder, "COURSE_DATA"
    files, cache, source = REMOTE[name], cache_folder(), "cache"
    if _missing(files, cache):
        cache, source = _download(name, files, cache)
    first = cache / files[0].path
    folder = FOLDERS.get(name, name)
    return _inside(first if first.suffix == ".zip" else first.parent, folder), source


def _inside(path: Path, name: str) -> Path | zipfile.Path:
    """A folder as it is; of an archive, after a look at its members' paths, the folder `name`."""
    if path.is_dir():
        return path
    with _reading(path):
        members = zipfile.ZipFile(path).namelist()
        bad = [m for m in members if m.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", m)]
        if bad:
            raise DataError(
                f"{path.name} has a member that points outside the archive ({bad[0]!r}); "
                "expected paths inside it. Do not unpack it; get the archive from its publisher."
            )
        return zipfile.Path(path) / name


def _missing(files: tuple[RemoteFile, ...], cache: Path) -> list[RemoteFile]:
    """The files that are not in the cache, or not as they should be."""
    return [file for file in files if not _is_right(cache / file.path, file.sha256)]


def _is_right(path: Path, sha256: str) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    except OSError:
        return False


@contextmanager
def _reading(path) -> Iterator[None]:
    """Turn what goes wrong while reading a data set's files into one clear error."""
    try:
        yield
    except DataError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, UnicodeDecodeError) as error:
        raise DataError(
            f"{Path(str(path)).name} is damaged or cut off ({error}); expected the archive as "
            "published. Delete this copy and let the course download it again."
        ) from error
    except ValueError as error:  # not a number, or pandas found no table
        raise DataError(
            f"A file of {Path(str(path)).name} cannot be read as a table ({error}); expected it as "
            "published. Delete this copy and let the course download it again."
        ) from error
    except (FileNotFoundError, KeyError) as error:
        raise DataError(
            f"{Path(str(path)).name} is incomplete: {error}. Expected the files of the official "
            "archive, as they unpack. Put them there, or unset COURSE_DATA to download them."
        ) from error


# Download ------------------------------------------------------------------------------------


def _download(name: str, files: tuple[RemoteFile, ...], cache: Path) -> tuple[Path, str]:
    """Fetch what is missing into `cache` (or a temporary folder if that cannot be used).

    A lock lets one process at a time do it; the others wait and find the files in the cache.
    If it fails, it leaves a note, so that they give up with it and do not try in turn.
    Files are written under another name and renamed when their SHA-256 is right.
    """
    from filelock import Timeout

    for_each_source = 2 * CONNECT_SECONDS + 2 * SILENCE_SECONDS + DOWNLOAD_SECONDS
    patience = for_each_source * sum(len(file.urls) for file in files)
    try:
        if not _is_usable(cache, files):
            cache = Path(_temporary_folder().name)
            (cache / files[0].path).parent.mkdir(exist_ok=True)
        note = cache / f"{name}.failed"
        earlier = _failure(note)
        with _one_at_a_time(cache / f"{name}.lock", patience) as alone:
            missing = _missing(files, cache)
            failure = _failure(note)
            if missing and failure and failure != earlier:  # while this process waited
                raise NotAvailable(failure.partition(" ")[2])
            with _noted(note) if alone else nullcontext():
                for file in missing:
                    _fetch(file, cache)
    except Timeout as error:
        if _missing(files, cache):
            reason = f"another program has been downloading {name} for too long"
            raise NotAvailable(reason) from error
        missing = []
    except OSError as error:
        raise NotAvailable(f"{name} could not be stored ({error.strerror or error})") from error
    return cache, "download" if missing else "cache"


def _is_usable(cache: Path, files: tuple[RemoteFile, ...]) -> bool:
    """Whether the files can be written into `cache`, and read if they are there already."""
    folder = (cache / files[0].path).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
        for file in files:
            if (cache / file.path).exists():
                (cache / file.path).open("rb").close()
    except OSError:
        return False
    return True


@contextmanager
def _one_at_a_time(path: Path, seconds: float) -> Iterator[bool]:
    """Hold a lock that all users can use, or go on without it where it cannot be had.

    It only saves downloads: what is stored is right without it. Gives whether it is held.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(str(path), timeout=seconds, mode=0o666)
    try:
        _try_to_lock_a_new_file(path.parent)
        lock.acquire()
    except Timeout:
        raise
    except (OSError, NotImplementedError):
        lock = None
    try:
        yield lock is not None
    finally:
        if lock:
            with suppress(OSError):
                lock.release()


def _try_to_lock_a_new_file(folder: Path) -> None:
    """An OSError where the file system has no locks, as on some network drives.

    There filelock would, depending on its version, wait in vain or write a file that stays.
    """
    try:
        import fcntl
    except ImportError:  # Windows has other locks, on every drive
        return
    with tempfile.TemporaryFile(dir=folder) as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def _noted(note: Path) -> Iterator[None]:
    """If the network fails, leave a note of it: the time, which makes it a new one, and why."""
    reason = ""
    try:
        yield
    except NotAvailable as error:
        if not error.__cause__:  # a file that could not be written here, others may well write
            reason = str(error)
        raise
    finally:
        with suppress(OSError):
            note.unlink(missing_ok=True)
            if reason:
                with note.open("x", encoding="utf-8") as out:
                    out.write(f"{time.time():.6f} {reason}")
                note.chmod(0o644)


def _failure(note: Path) -> str:
    """The note of the last failure; empty if there is none, or something else in its place."""
    try:
        with note.open(encoding="utf-8") as stream:
            text = stream.read(1000)
    except (OSError, UnicodeDecodeError):
        return ""
    return text if re.fullmatch(r"\d+\.\d+ \S.*", text) and text.isprintable() else ""


@functools.cache
def _temporary_folder() -> tempfile.TemporaryDirectory:
    """One folder for this process, removed when it ends."""
    return tempfile.TemporaryDirectory(prefix="neural-mf-")


def _fetch(file: RemoteFile, cache: Path) -> None:
    """Try the sources of one file in turn; keep nothing that has another SHA-256."""
    import pooch
    import requests
    import urllib3

    pooch.get_logger().setLevel("ERROR")
    target, found, unwritable = cache / file.path, [], None
    for url in file.urls:
        host = url.split("/")[2]
        try:
            pooch.retrieve(
                url,
                known_hash=f"sha256:{file.sha256}",
                fname=target.name,
                path=target.parent,
                downloader=_stream,
            )
            return
        except requests.HTTPError as error:
            found.append(f"{host} answered HTTP {error.response.status_code}")
        except (requests.Timeout, urllib3.exceptions.ReadTimeoutError):
            found.append(f"{host} did not answer in time")
        except urllib3.exceptions.HTTPError:
            found.append(f"{host} broke off before the end")
        except requests.RequestException:
            found.append(f"{host} could not be reached")
        except OSError as error:
            found.append(f"{target.name} could not be written ({error.strerror or error})")
            unwritable = error
            break
        except ValueError:
            found.append(f"{host} sent a file with another SHA-256")
    raise NotAvailable(f"{target.name} could not be downloaded: {'; '.join(found)}") from unwritable


def _stream(url: str, output_file: str, _pooch) -> None:
    """Download for pooch, with a progress bar, two timeouts and a deadline.

    A source whose certificate is not valid is asked again without checking it: `pooch` compares
    the SHA-256 of what arrives, so this cannot let a wrong file in.
    """
    import requests
    import urllib3
    from tqdm.auto import tqdm

    def get(verify: bool) -> requests.Response:
        return requests.get(
            url, stream=True, timeout=(CONNECT_SECONDS, SILENCE_SECONDS), verify=verify
        )

    try:
        response = get(verify=True)
    except requests.exceptions.SSLError:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
            response = get(verify=False)
    deadline = time.monotonic() + DOWNLOAD_SECONDS
    with response, open(output_file, "wb") as out:
        response.raise_for_status()
        total = int(response.headers.get("content-length", 0)) or None
        with tqdm(total=total, unit="B", unit_scale=True, desc=url.split("/")[-1]) as bar:
            for chunk in _chunks(response.raw):
                if time.monotonic() > deadline:
                    raise requests.Timeout(f"more than {DOWNLOAD_SECONDS} s")
                out.write(chunk)
                bar.update(len(chunk))
        if total and response.raw.tell() < total:  # before version 2, urllib3 does not mind
            raise urllib3.exceptions.ProtocolError(f"less than {total} bytes")
    with suppress(OSError):  # on some drives files have no modes
        os.chmod(output_file, 0o644)  # pooch keeps its temporary files, and so the result, private


def _chunks(raw) -> Iterator[bytes]:
    """The body of a response in pieces, none of which a trickle can hold up for long.

    `read1` hands over what has arrived. urllib3 has it since version 2.2; before that, a piece
    comes when it is complete, so the pieces must be small.
    """
    if hasattr(raw, "read1"):
        return iter(functools.partial(raw.read1, 65536, decode_content=True), b"")
    return raw.stream(64, decode_content=True)


# The formats ---------------------------------------------------------------------------------

# Training ratings, test ratings (None: to be split) and items (None: only their ids are known).
Parts = tuple[pd.DataFrame, pd.DataFrame | None, pd.DataFrame | None]


def _read_ml_100k(folder, split: int) -> Parts:
    def read(file: str, rows: int) -> pd.DataFrame:
        with (folder / file).open("rb") as stream:
            frame = pd.read_csv(stream, sep="\t", names=["user", "item", "rating", "time"])
        if len(frame) != rows:
            raise DataError(
                f"{file} of ml-100k has {len(frame):,} rows; expected {rows:,}. "
                "Replace it by the file of the official archive."
            )
        return frame

    with (folder / "u.item").open("rb") as stream:
        raw = pd.read_csv(stream, sep="|", encoding="latin-1", header=None)
    items = pd.DataFrame({"item": raw[0]})
    items[["title", "year"]] = _title_and_year(raw[1])
    flags = raw.iloc[:, 5:].to_numpy()
    items["genres"] = ["|".join(g for g, f in zip(GENRES, row, strict=True) if f) for row in flags]
    return read(f"u{split}.base", 80_000), read(f"u{split}.test", 20_000), items


def _read_ml_latest_small(folder, split: int) -> Parts:
    with (folder / "ratings.csv").open("rb") as stream:
        ratings = pd.read_csv(stream)
    with (folder / "movies.csv").open("rb") as stream:
        items = pd.read_csv(stream)
    names = {"userId": "user", "movieId": "item"}
    return ratings.rename(columns=names), None, _movies(items.rename(columns=names))


def _read_ml_1m(folder, split: int) -> Parts:
    def read(file: str, names: list[str]) -> pd.DataFrame:
        with (folder / file).open("rb") as stream:
            lines = stream.read().splitlines()
        return pd.DataFrame([line.decode("latin-1").split("::") for line in lines], columns=names)

    ratings = read("ratings.dat", ["user", "item", "rating", "time"]).astype(int)
    items = read("movies.dat", ["item", "title", "genres"]).astype({"item": int})
    return ratings, None, _movies(items)


def _read_netflix_small(folder, split: int) -> Parts:
    def read(file: str) -> pd.DataFrame:
        with (folder / file).open("rb") as stream:
            frame = pd.read_csv(stream)
        return frame.rename(columns={"user_id": "user", "movie_id": "item"})

    return read("train.csv"), read("test.csv"), None


_READERS = {
    "ml-100k": _read_ml_100k,
    "ml-latest-small": _read_ml_latest_small,
    "ml-1m": _read_ml_1m,
    "netflix-small": _read_netflix_small,
}


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows[["user", "item", "rating"]]
    if rows.isna().any(axis=None):
        raise ValueError("a user, an item or a rating is missing")
    return rows.astype({"user": "int64", "item": "int64", "rating": float})


def _movies(items: pd.DataFrame) -> pd.DataFrame:
    items = items.copy()
    items[["title", "year"]] = _title_and_year(items["title"])
    return items[["item", "title", "year", "genres"]]


def _title_and_year(raw: pd.Series) -> pd.DataFrame:
    """ "Postman, The (1997)" becomes The Postman and 1997; a title without a year keeps none."""
    parts = raw.str.strip().str.extract(r"^(.*?)(?:\s*\((\d{4})\)(?: \(V\))?)?$")
    title = parts[0].str.replace(r"^(.*), (The|A|An)$", r"\2 \1", regex=True)
    return pd.DataFrame({"title": title, "year": pd.to_numeric(parts[1]).astype("Int64")})


def _five_splits(ratings: pd.DataFrame, split: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part number `split` of a fixed shuffle into five parts is the test set."""
    order = np.random.RandomState(3009).permutation(len(ratings))
    held_out = np.zeros(len(ratings), dtype=bool)
    held_out[np.array_split(order, 5)[split - 1]] = True
    return ratings[~held_out], ratings[held_out]


# The user's own file --------------------------------------------------------------------------

ALIASES = {
    "user": ("user", "user_id", "userid", "uid", "u"),
    "item": ("item", "item_id", "itemid", "movie", "movie_id", "movieid", "iid", "i"),
    "rating": ("rating", "ratings", "stars", "score", "r"),
}


def _looks_like_path(name: str | os.PathLike) -> bool:
    text = str(name)
    return (
        isinstance(name, os.PathLike)
        or Path(text).suffix.lower() in (".csv", ".tsv", ".txt", ".dat")
        or "/" in text
        or os.sep in text
        or Path(text).is_file()
    )


def _from_csv(path: Path, test, columns: dict[str, str] | None, split: int, seed: int) -> Ratings:
    train = _read_csv(path.expanduser(), columns)
    test_rows = None if test is None else _read_csv(Path(test).expanduser(), columns)
    return _finish(path.stem, "file", f"from {path.name}", split, seed, train, test_rows, None)


def _read_csv(path: Path, columns: dict[str, str] | None) -> pd.DataFrame:
    """The columns user, item and rating of a user's file, every value checked."""
    raw, sep = _read_table(path, "ratings")
    frame = pd.DataFrame()
    for wanted, values in _chosen(path, raw, columns, ALIASES).items():
        frame[wanted] = _numbers(path, sep, values, whole=wanted != "rating")
    if frame.empty:
        raise DataError(f"{path.name} has a header but no ratings; expected a rating in each row.")
    return frame


def _read_table(path: Path, what: str) -> tuple[pd.DataFrame, str]:
    """A user's table, everything in it as text, and what separates its columns."""
    if not path.is_file():
        found = "is a folder" if path.is_dir() else "does not exist"
        raise DataError(f"{path} {found}; expected the path of a CSV or TSV file.")
    try:
        with path.open(encoding="utf-8-sig") as stream:
            header = next((line for line in stream if line.strip()), "")
        sep = max(("\t", ";", "|", ","), key=header.count)
        raw = pd.read_csv(path, sep=sep, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    except pd.errors.EmptyDataError:
        raise DataError(f"{path.name} is empty; expected a header and {what} below it.") from None
    except (pd.errors.ParserError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path.name} cannot be read as a table ({error}); expected UTF-8 text with the same "
            "number of columns in each row."
        ) from error
    if not isinstance(raw.index, pd.RangeIndex):  # pandas took the first column for row names
        raise DataError(
            f"{path.name} has more columns in its rows than in its header ({', '.join(raw)}); "
            "expected a name for each column. Complete the header."
        )
    return raw, sep


def _chosen(
    path: Path, raw: pd.DataFrame, columns: dict[str, str] | None, aliases: dict
) -> dict[str, pd.Series]:
    """The wanted columns of a user's table, by the names that were asked for or by usual ones."""
    names, chosen = {str(column).strip().lower(): column for column in raw.columns}, {}
    for wanted, usual in aliases.items():
        asked = (columns or {}).get(wanted)
        found = asked if asked in raw.columns else None
        if asked is None:
            found = next((names[alias] for alias in usual if alias in names), None)
        if found is None:
            *first, last = aliases
            raise DataError(
                f"{path.name} has no column {asked or wanted!r}; found {', '.join(map(str, raw))}. "
                f"Expected a header with {', '.join(first)} and {last}; say which is which with "
                f'columns={{"{wanted}": "..."}}.'
            )
        chosen[wanted] = raw[found]
    return chosen


def _numbers(path: Path, sep: str, values: pd.Series, whole: bool) -> pd.Series:
    """The values as numbers, or an error that names the first lines in which they are none."""
    numbers = pd.to_numeric(values, errors="coerce")
    bad = ~np.isfinite(numbers.astype(float))
    if whole:
        bad |= (numbers != np.floor(numbers)) | (numbers.abs() >= 2.0**63)
    kind = "whole numbers" if whole else "numbers"
    advice = "number them first, for example with pandas.factorize" if whole else "mend or drop"
    _refuse(path, sep, values, bad, kind, advice)
    return numbers.astype("int64" if whole else float)


def _refuse(path: Path, sep: str, values: pd.Series, bad, expected: str, advice: str) -> None:
    """If any value is bad: an error that names the first lines with such a value."""
    if bad.any():
        lines = _line_numbers(path, sep)
        shown = [f"line {lines[row]}: {values[row]!r}" for row in values.index[bad][:3]]
        raise DataError(
            f"{path.name}, column {values.name!r}: expected {expected} in every row; found "
            f"{bad.sum()} others ({'; '.join(shown)}{'; ...' if bad.sum() > 3 else ''}); {advice} "
            "these rows."
        )


def _line_numbers(path: Path, sep: str) -> list[int]:
    """The line in which each row below the header begins, as an editor counts."""
    starts, begin = [], 1
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, delimiter=sep)
        for row in reader:
            if len(row) > 1 or "".join(row).strip():  # pandas leaves out blank lines
                starts.append(begin)
            begin = reader.line_num + 1
    return starts[1:]


# One shape for all -----------------------------------------------------------------------------


def _finish(
    name: str,
    source: str,
    note: str,
    split: int,
    seed: int,
    train: pd.DataFrame,
    test: pd.DataFrame | None,
    items: pd.DataFrame | None,
    noise_floor: float | None = None,
) -> Ratings:
    """Hold out test rows if there are none, number the ids from 0, shuffle, say what was loaded."""
    remarks = []
    train, dropped = _last_of_each_pair(train)
    if test is None:
        if len(train) < 5:
            raise DataError(
                f"{name} has ratings of {len(train)} pairs of user and item; expected at least 5, "
                "to hold 20 % of them out. Add ratings, or name a file of test ratings with test=."
            )
        train, test = _five_splits(train, split)
    else:
        test, dropped_test = _last_of_each_pair(test)
        dropped += dropped_test
    if dropped:
        remarks.append(f"duplicate pairs: {dropped:,} earlier ratings dropped, the last one kept")
    user_ids = np.unique(np.concatenate([train["user"], test["user"]]))
    item_ids = np.unique(np.concatenate([train["item"], test["item"]]))
    frames = []
    for rows in (train, test):
        frame = pd.DataFrame(
            {
                "user": np.searchsorted(user_ids, rows["user"]),
                "item": np.searchsorted(item_ids, rows["item"]),
                "rating": rows["rating"].to_numpy(float),
            }
        )
        frames.append(frame)
    train, test = frames
    train = train.iloc[np.random.RandomState(seed).permutation(len(train))].reset_index(drop=True)
    for column in ("user", "item"):
        unseen = ~test[column].isin(train[column])
        if unseen.any():
            count = test.loc[unseen, column].nunique()
            remarks.append(
                f"{unseen.sum():,} test ratings of {count:,} {column}s never seen in training"
            )
    if noise_floor is not None:
        remarks.append(f"noise floor: RMSE {noise_floor:.3f}")
    if items is None:
        items = pd.DataFrame({"item": item_ids, "title": [f"item {i}" for i in item_ids]})
        items["year"], items["genres"] = pd.array([pd.NA] * len(items), dtype="Int64"), ""
    items = items.drop_duplicates("item").set_index("item").reindex(item_ids)
    items = items.fillna({"title": "no title", "genres": ""})
    items = items.reset_index(drop=True).rename_axis("item")
    data = Ratings(
        name, source, train, test, items, len(user_ids), len(item_ids),
        float(train["rating"].mean()), user_ids, item_ids, noise_floor,
    )  # fmt: skip
    print(f"{name}, split {split}: {note}.")
    print(
        f"{len(train):,} training and {len(test):,} test ratings, {data.num_users:,} users, "
        f"{data.num_items:,} items; training rows shuffled."
    )
    if remarks:
        print("; ".join(remarks) + ".")
    return data


def _last_of_each_pair(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    kept = frame.drop_duplicates(["user", "item"], keep="last")
    return kept, len(frame) - len(kept)


# The planted ratings ---------------------------------------------------------------------------

# From the slowest to the fastest; 29 adjectives x 58 nouns give 1,682 different titles.
PLANTED_GENRES = "Documentary Drama Romance Comedy Mystery Crime Thriller Action".split()
ADJECTIVES = (
    "Amber Borrowed Broken Crimson Distant Electric Endless Fading First Forgotten Frozen Gentle "
    "Golden Hidden Hollow Iron Last Lonely Midnight Paper Quiet Restless Scarlet Second Secret "
    "Silver Stolen Velvet Wandering"
).split()
NOUNS = (
    "Alibi Anchor Archive Avenue Balcony Bridge Bureau Canyon Caravan Carnival Castle Clocktower "
    "Coast Compass Corridor Courtyard Detective Diary Echo Embassy Engine Express Ferry Fortune "
    "Garden Guest Harbour Horizon Island Kingdom Lantern Lighthouse Market Melody Messenger Mirror "
    "Orchard Passenger Piano Pilot Portrait Promise Prophet Railway River Rooftop Season Shadow "
    "Signal Station Stranger Summer Telegram Theatre Tide Traveller Valley Winter"
).split()
ONE_STAR = 1024  # planted values are whole numbers of 1/1024 star: the same on every platform


def _synthetic(split: int, seed: int, why: str) -> Ratings:
    """Ratings of a made-up world of the size and shape of MovieLens 100K.

    A rating is 3.5 + a_u + b_i + p_u . q_i + w(u, i) + noise, rounded and cut to 1 ... 5 stars.
    The term w is what a dot product of few factors cannot express: every film has a pace and
    every user a favourite pace; w is +0.9 stars where the two are near and -0.7 elsewhere.
    Random numbers come from `RandomState`, whose stream is frozen, and are rounded to whole
    numbers before anything is computed from them.
    """
    num_users, num_items, num_ratings = 943, 1682, 100_000
    rng = np.random.RandomState(3009)

    def normal(sd: float, *shape: int) -> np.ndarray:
        return np.rint(sd * ONE_STAR * rng.standard_normal(shape)).astype(np.int64)

    def draw(weights: np.ndarray, size: int) -> np.ndarray:
        edges = np.cumsum(np.rint(1000 * weights).astype(np.int64))
        return np.searchsorted(edges, rng.randint(0, edges[-1], size, dtype=np.int64), "right")

    activity = 0.25 + np.exp(rng.standard_normal(num_users))
    popularity = 0.03 + np.exp(1.6 * rng.standard_normal(num_items))
    # At first 20 ratings for each user and one for each item, then whatever chance brings.
    pairs = np.repeat(np.arange(num_users), 20) * num_items + draw(popularity, 20 * num_users)
    pairs = np.append(pairs, draw(activity, num_items) * num_items + np.arange(num_items))
    while len(pairs) < num_ratings:
        user, item = draw(activity, num_ratings), draw(popularity, num_ratings)
        pairs = np.append(pairs, user * num_items + item)
        pairs = pairs[np.sort(np.unique(pairs, return_index=True)[1])]
    user, item = np.divmod(pairs[:num_ratings], num_items)

    a, b = normal(0.3, num_users), normal(0.35, num_items)
    p, q = normal(0.15, num_users, 3), normal(1.0, num_items, 3)
    dot = (p[user] * q[item]).sum(axis=1) // ONE_STAR
    genre = rng.randint(0, 8, num_items, dtype=np.int64)
    pace = genre * 128 + rng.randint(0, 128, num_items, dtype=np.int64)
    favourite = rng.randint(0, 1024, num_users, dtype=np.int64)
    near = np.abs(favourite[user] - pace[item]) < 256
    signal = 7 * ONE_STAR // 2 + a[user] + b[item] + dot + np.where(near, 922, -717)
    noise_sd = 0.6
    rating = np.clip((signal + normal(noise_sd, num_ratings) + ONE_STAR // 2) // ONE_STAR, 1, 5)
    year = rng.randint(1930, 1999, num_items, dtype=np.int64)
    titles = [f"The {adjective} {noun}" for adjective in ADJECTIVES for noun in NOUNS]
    order = rng.permutation(num_items)

    items = pd.DataFrame({"item": np.arange(num_items), "title": [titles[k] for k in order]})
    items["year"] = pd.array(year, dtype="Int64")
    items["genres"] = [PLANTED_GENRES[g] for g in genre]
    rows = pd.DataFrame({"user": user, "item": item, "rating": rating.astype(float)})
    train, test = _five_splits(rows, split)
    expected = _expected_rating(signal[test.index] / ONE_STAR, noise_sd)
    floor = sqrt(np.mean((test["rating"] - expected) ** 2))
    note = f"planted ratings, {why}"
    return _finish("synthetic", "generated", note, split, seed, train, test, items, floor)


def _expected_rating(signal: np.ndarray, noise_sd: float) -> np.ndarray:
    """The mean of signal + normal noise once it is rounded and cut to 1 ... 5 stars."""
    tail = np.vectorize(lambda z: 0.5 * (1 + erf(z / sqrt(2))))
    return 1 + sum(tail((signal - k - 0.5) / noise_sd) for k in (1, 2, 3, 4))


# Restaurant reviews -----------------------------------------------------------------------------

REVIEW_ALIASES = {
    "review": ("review", "text", "sentence", "comment"),
    "label": ("label", "sentiment", "positive", "y"),
}


def _read_yelp_labelled(folder) -> pd.DataFrame:
    """The restaurant part of Sentiment Labelled Sentences: a sentence, a tab, 0 or 1."""
    file, wanted = "yelp_labelled.txt", 1000
    with (folder / file).open("rb") as stream:
        lines = stream.read().decode("utf-8").replace("\r\n", "\n").strip("\n").split("\n")
    parts = [line.rpartition("\t") for line in lines]
    wrong = [
        k for k, (text, _, label) in enumerate(parts, 1) if not text or label not in ("0", "1")
    ]
    if len(lines) != wanted or wrong:
        found = f"{len(lines):,} rows" + (f", not so in line {wrong[0]}" if wrong else "")
        raise DataError(
            f"{file} of restaurant-reviews has {found}; expected {wanted:,} rows with a sentence, "
            "a tab and 0 or 1. Replace it by the file of the official archive."
        )
    text, _, label = zip(*parts, strict=True)
    return pd.DataFrame({"review": [t.strip() for t in text], "label": [int(n) for n in label]})


def _read_reviews(path: Path, columns: dict[str, str] | None = None) -> pd.DataFrame:
    """The columns review and label of a file, every value checked."""
    raw, sep = _read_table(path, "reviews")
    chosen = _chosen(path, raw, columns, REVIEW_ALIASES)
    texts, labels = chosen["review"].str.strip(), chosen["label"]
    _refuse(path, sep, chosen["review"], texts == "", "a text", "mend or drop")
    values = pd.to_numeric(labels, errors="coerce")
    known = "1 (positive) or 0 (negative)"
    _refuse(path, sep, labels, ~values.isin([0, 1]), known, "mend or drop")
    rows = pd.DataFrame({"review": texts, "label": values.astype(int)})
    fewest = min((rows["label"] == label).sum() for label in (0, 1))
    if fewest < 5:
        raise DataError(
            f"{path.name} has {(rows['label'] == 1).sum()} positive and "
            f"{(rows['label'] == 0).sum()} negative reviews; expected at least 5 of each."
        )
    return rows


def _finish_reviews(name: str, source: str, note: str, rows: pd.DataFrame, seed: int) -> Reviews:
    """Shuffle the rows and say what was loaded."""
    order = np.random.RandomState(seed).permutation(len(rows))
    data = Reviews(name, source, rows.iloc[order].reset_index(drop=True), name == "own-reviews")
    positive, twice = rows["label"].sum(), rows["review"].duplicated().sum()
    remark = f"; {twice} of them repeat another one" if twice else ""
    print(f"{name}: {note}.")
    print(
        f"{len(rows):,} reviews, {positive:,} positive and {len(rows) - positive:,} negative"
        f"{remark}; rows shuffled."
    )
    return data
