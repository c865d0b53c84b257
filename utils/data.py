"""Ratings and reviews for the course: found, checked, and always in the same shape.

Both loaders look in the folder that `COURSE_DATA` names, then in the cache of earlier downloads,
then on the network, and fall back to what needs none; a printed line says which it was and why.
A download is right when its SHA-256 is right, so an expired certificate does not stop a class.
"""

import csv
import difflib
import io
import os
import reprlib
import tempfile
import warnings
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pooch

from utils.own_tables import DataError, one_per_pair, own_ratings, own_reviews, seconds
from utils.planted import planted_choices, planted_world

GROUPLENS = "https://files.grouplens.org/datasets/movielens/"
RECOMMENDERS = "https://huggingface.co/datasets/Recommenders/MovieLens/resolve/main/"
COMMIT = "4fff0703418a4ce62d694fb0bbd17f2955d455f8"
NETFLIX = f"https://raw.githubusercontent.com/statmlben/CUHK-STAT3009/{COMMIT}/dataset/netflix/"
UCI, UCI_FILE = "https://archive.ics.uci.edu/static/public/331/", "sentiment+labelled+sentences.zip"
REMOTE = {  # the files of each data set, as they lie in the cache, and the sources of each file
    "ml-100k": {"ml-100k.zip": [GROUPLENS, RECOMMENDERS]},
    "ml-1m": {"ml-1m.zip": [GROUPLENS, RECOMMENDERS]},
    "ml-latest-small": {"ml-latest-small.zip": [GROUPLENS]},
    "netflix-small": {"netflix-small/train.csv": [NETFLIX], "netflix-small/test.csv": [NETFLIX]},
    "restaurant-reviews": {UCI_FILE: [UCI]},
}
SHA256 = {
    "ml-100k.zip": "50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
    "ml-1m.zip": "a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20",
    "ml-latest-small.zip": "696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436",
    "netflix-small/train.csv": "e8c33b1f4a6608c166d570d908aafc1583808ad5973e8e9d15f29919d6cf8075",
    "netflix-small/test.csv": "95f02b1576b62c09ae45345cbf694bf8ab2ca17ec428eb049981161f99202424",
    UCI_FILE: "afc26626d710899948693e1a61405dce197f57ffa719fa1130d346b4cc095343",
}
FOLDERS = {"restaurant-reviews": "sentiment labelled sentences"}  # where it is not the name
PLANTED = ("synthetic", "synthetic-choices")
NAMES = ("ml-100k", "ml-1m", "ml-latest-small", "netflix-small", *PLANTED)
REVIEW_NAMES = ("restaurant-reviews", "own-reviews")
KNOWN = NAMES + REVIEW_NAMES
TIMEOUTS = (5, 10)  # seconds: to connect to one address, and of silence after that


class NotAvailable(DataError):
    """A data set that is in no folder and cannot be downloaded now."""


@dataclass(frozen=True)
class Ratings:
    """Training and test ratings with what is known about the items.

    name, source: what was really loaded, such as "synthetic", and from where: "COURSE_DATA",
        "cache", "download", "generated", or "file" for your own.
    train, test: frames with user, item (whole numbers from 0), rating (float, in stars) and, where
        the source has it for every row, time (seconds since 1970 in UTC). The training rows are
        shuffled, the test rows are in the order of the source.
    items: title, year and genres (separated by |) of each item, empty or missing where unknown.
    user_ids, item_ids: the ids of the source, as text; that of user u is user_ids[u].
    noise_floor: of planted ratings, the lowest RMSE on `test` that a model can expect; for
        "synthetic-choices" that of who knows the mood of each page, too.
    floor_without_mood, choice: of "synthetic-choices" alone: the lowest RMSE for who knows all but
        moods and noise; the log-weights of choice, float32 of shape (num_users, num_items), which
        put the items that a user has not rated into the best order, largest first.
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
    floor_without_mood: float | None = None
    choice: np.ndarray | None = None

    def __repr__(self) -> str:
        rows = f"{len(self.train):,} training and {len(self.test):,} test ratings"
        sizes = f"{self.num_users:,} users, {self.num_items:,} items, mean {self.mean:.2f}"
        return f"Ratings({self.name!r}: {rows}, {sizes})"


@dataclass(frozen=True)
class Reviews:
    """Restaurant reviews: `frame` has the columns review (text) and label (1 positive, 0 negative).

    Its rows are shuffled. `own` reviews were written for this course and may be shown whole.
    """

    name: str
    source: str
    frame: pd.DataFrame
    own: bool

    def __repr__(self) -> str:
        positive = f"{self.frame['label'].sum():,} of them positive"
        return f"Reviews({self.name!r}: {len(self.frame):,} reviews, {positive})"


def load_ratings(
    name: str | os.PathLike | pd.DataFrame = "ml-100k",
    split: int = 1,
    *,
    seed: int = 0,
    fallback: bool | str | None = None,
    test: str | os.PathLike | pd.DataFrame | None = None,
    columns: dict[str, str] | None = None,
) -> Ratings:
    """Load ratings, split into training and test rows.

    Args:
        name: "ml-100k", "ml-latest-small", "ml-1m", "netflix-small", "synthetic",
            "synthetic-choices" (planted ratings with planted choices and times), or your own: a
            DataFrame or the path of a CSV or TSV file, with the columns user, item and rating.
        split: which of five train/test splits (80 % and 20 %), 1 to 5: for ml-100k the official
            u1 to u5; netflix-small has one only; otherwise the parts of one fixed shuffle.
        seed: of the shuffle of the training rows (`validation_split` takes the last as they are).
        fallback: whether planted ratings, or which, may replace a data set that cannot be had; if
            not, that is the error NotAvailable. Default: "synthetic", for ml-100k only.
        test: your own test ratings, as for name; without them 20 % are held out.
        columns: what your columns are called, such as {"user": "reader", "timestamp": "day"}.

    Raises DataError for a name, split, file or value that cannot be used.
    Source: MovieLens, https://grouplens.org/datasets/movielens/ (F. M. Harper and J. A. Konstan,
    2015, https://doi.org/10.1145/2827872); read its terms of use before you pass it on.
    """
    if isinstance(split, bool) or not isinstance(split, int | np.integer) or not 1 <= split <= 5:
        raise DataError(f"split must be 1, 2, 3, 4 or 5; found {split!r}.")
    if _is_own(name, NAMES):
        label, title, train = own_ratings(name, columns)
        if test is not None and not _is_own(test, NAMES):
            raise DataError(f"test= must be your own ratings, too; found {test!r}.")
        test_rows = None if test is None else own_ratings(test, columns)[2]
        label = title if label in KNOWN else label  # synthetic.csv is not the planted ratings
        return _finish(label, "file", f"from {title}", split, seed, train, test_rows)
    if test is not None or columns is not None:
        raise DataError(f"test= and columns= go with a path; {name!r} has its own of both.")
    if name == "netflix-small" and split != 1:
        raise DataError(f"netflix-small has one split only: use split=1; found split={split}.")
    if isinstance(fallback, str) and fallback not in PLANTED:
        raise DataError(f"fallback= names one of {', '.join(PLANTED)}; found {fallback!r}.")
    if name in PLANTED:
        return _planted(name, split, seed, "as asked")
    may_fall_back = name == "ml-100k" if fallback is None else bool(fallback)
    path, source, note = locate(name, may_fall_back, "planted ratings")
    if path is None:
        return _planted(fallback if isinstance(fallback, str) else PLANTED[0], split, seed, note)
    return _finish(name, source, note, split, seed, *_published(name, path, split))


def load_reviews(
    name: str | os.PathLike | pd.DataFrame = "restaurant-reviews",
    *,
    seed: int = 0,
    fallback: bool = True,
    columns: dict[str, str] | None = None,
) -> Reviews:
    """Load restaurant reviews with their labels: 1 positive, 0 negative.

    The names are "restaurant-reviews" and "own-reviews", which were written for this course (CC0);
    your own have the columns review and label. The rest is as for `load_ratings`.
    Source: Sentiment Labelled Sentences, https://doi.org/10.24432/C57604 (D. Kotzias, M. Denil,
    N. de Freitas and P. Smyth, 2015, https://doi.org/10.1145/2783258.2783380), CC BY 4.0.
    """
    path, source, note = None, "embedded", "as asked"
    if _is_own(name, REVIEW_NAMES):
        label, title, rows = own_reviews(name, columns)
        name, source, note = title if label in KNOWN else label, "file", f"from {title}"
    elif columns is not None:
        raise DataError(f"columns= goes with a path; {name!r} has its own.")
    elif name == "restaurant-reviews":
        path, source, note = locate(name, fallback, "the course's own reviews")
    if path is not None:
        rows = _published(name, path)
    elif source != "file":
        rows = own_reviews(Path(__file__).with_name("restaurant_reviews.tsv"))[2]
        name, source, note = "own-reviews", "embedded", f"written for this course, {note}"
    rows = rows.iloc[np.random.RandomState(seed).permutation(len(rows))].reset_index(drop=True)
    positive, twice = rows["label"].sum(), rows["review"].duplicated().sum()
    counts = f"{positive:,} positive and {len(rows) - positive:,} negative"
    repeated = f"; {twice} of them repeat another one" if twice else ""
    print(f"{name}: {note}.\n{len(rows):,} reviews, {counts}{repeated}; rows shuffled.")
    return Reviews(name, source, rows, source == "embedded")


def _is_own(name: object, names: tuple[str, ...]) -> bool:
    """Whether this is a DataFrame or a path and not one of the names; an error if it is neither."""
    text, hint = name if isinstance(name, str) else "", ""
    if text in names:
        return False
    if isinstance(name, pd.DataFrame | os.PathLike):
        return True
    if "\n" in text:
        hint = " For the text of a file give pandas.read_csv(io.StringIO(text))."
    elif Path(text).suffix or "/" in text or os.sep in text or os.path.isfile(text):
        return True
    elif close := difflib.get_close_matches(text.lower(), names, 1):
        hint = f" Did you mean {close[0]!r}?"
    raise DataError(
        f"Unknown data set {reprlib.repr(name)}; expected one of {', '.join(names)}, the path of a "
        f"CSV or TSV file, or a DataFrame.{hint}"
    )


def _in_course_data(name: str) -> tuple[Path | None, str]:
    """The folder or archive of a data set below `COURSE_DATA`; if it is not there, why."""
    value, folder = os.environ.get("COURSE_DATA", ""), FOLDERS.get(name, name)
    base = Path(os.path.expanduser(value))
    if not value:
        return None, ""
    for file in (folder, f"{folder}.zip", *REMOTE[name]):
        if (base / file).is_dir() or (file.endswith(".zip") and (base / file).is_file()):
            return base / file, ""
    alike = [path.name for path in base.glob(f"{folder.split()[0]}*")]
    if value.strip("\"' ") != value:
        why = "has quotes or blanks around it: take them away"
    elif not base.is_dir():
        why = "is no folder"
    elif base.name == folder:
        why = "must be the folder above"
    else:
        why = f"has no {folder} or {folder}.zip" + (f", but {min(alike)!r}" if alike else "")
    return None, f" (COURSE_DATA={value} {why})"


def cache_folder() -> Path:
    """Where downloads are kept: `COURSE_CACHE`, the user's cache, or a temporary folder."""
    name = "neural-matrix-factorization"
    try:
        return Path(os.environ.get("COURSE_CACHE") or pooch.os_cache(name)).expanduser()
    except RuntimeError:  # a user without a home
        return Path(tempfile.gettempdir(), name)


def locate(name: str, fallback: bool, instead: str) -> tuple[Path | None, str, str]:
    """The folder or archive of a data set, its tier, and what to print of it.

    If it cannot be had, the path is None and the reason is printed, or, without a fallback, raised.
    """
    path, aside = _in_course_data(name)
    if path:
        return path, "COURSE_DATA", "from the folder in COURSE_DATA"
    source, note = "cache", "from the cache of an earlier download"
    try:
        for file, sources in REMOTE[name].items():
            path = cache_folder() / file
            if not os.access(path, os.R_OK) or pooch.file_hash(path) != SHA256[file]:
                _fetch(path, SHA256[file], sources)
                source, note = "download", "downloaded, SHA-256 checked"
    except NotAvailable as error:
        if fallback:
            return None, "", f"because {error}{aside}"
        raise NotAvailable(
            f"{error}{aside}. Try again later, put {FOLDERS.get(name, name)} into the folder that "
            f"COURSE_DATA names, or use fallback=True for {instead}."
        ) from error
    return path if path.suffix == ".zip" else path.parent, source, note + aside


def _fetch(path: Path, sha256: str, sources: list[str], verify: bool = True) -> None:
    """Try the sources in turn; where a certificate is not valid, the SHA-256 alone must do."""
    from requests.exceptions import HTTPError, RequestException, SSLError

    pooch.get_logger().setLevel("ERROR")
    download = pooch.HTTPDownloader(True, 2**16, timeout=TIMEOUTS, verify=verify)
    failures = []
    for source in sources:
        try:
            with warnings.catch_warnings(action="ignore"):  # urllib3's, if nothing is verified
                url = source + path.name
                pooch.retrieve(url, sha256, path.name, path.parent, downloader=download)
            with suppress(OSError):  # pooch's files are private; a cache may be for a whole class
                path.chmod(0o644)
            return
        except (OSError, ValueError) as error:
            if verify and (isinstance(error, SSLError) or "CA certificate" in str(error)):
                return _fetch(path, sha256, sources, verify=False)
            if not isinstance(error, RequestException | ValueError):  # of the disk
                reason = f"{path} could not be written ({error.strerror or error})"
                raise NotAvailable(reason) from error
            reason = "could not be reached"
            if isinstance(error, HTTPError):
                reason = f"answered HTTP {error.response.status_code}"
            elif not isinstance(error, RequestException):
                reason = "sent a file with another SHA-256"
            elif "timed out" in str(error):
                reason = "did not answer in time"
            failures.append(f"{source.split('/')[2]} {reason}")
    raise NotAvailable(f"{path.name} could not be downloaded: {'; '.join(failures)}")


GENRES = (
    "unknown Action Adventure Animation Children's Comedy Crime Documentary Drama Fantasy "
    "Film-Noir Horror Musical Mystery Romance Sci-Fi Thriller War Western"
).split()
TITLE = r"^(.*?)(?:\s*\((\d{4})\)(?: \(V\))?)?$"  # a title, its year, "(V)" for a video


def _published(name: str, path: Path, split: int = 1) -> tuple | pd.DataFrame:
    """Training ratings, test ratings and items (None where there are none); or the reviews."""
    try:
        folder = path if path.is_dir() else zipfile.Path(path) / FOLDERS.get(name, name)
        if name == "restaurant-reviews":
            options = {"names": ["review", "label"], "quoting": csv.QUOTE_NONE, "na_filter": False}
            rows = _table(folder / "yelp_labelled.txt", "\t", **options)
            if len(rows) != 1000 or not rows["label"].isin([0, 1]).all():
                raise ValueError("not 1,000 rows with a text, a tab and 0 or 1")
            return rows.assign(review=rows["review"].str.strip())
        *parts, items = _movies(name, folder, split)
        whole = {"user": "int64", "item": "int64", "rating": float, "time": float}
        for rows in parts:
            rows["time"] = seconds(rows["timestamp"])
            if rows[["rating", "time"]].isna().any(axis=None):
                raise ValueError("a rating or its time is missing")
        parts = [rows[[*whole]].astype(whole) for rows in parts]
        train, test = parts if len(parts) == 2 else (*parts, None)
        if items is not None:  # "Postman, The (1997)" becomes "The Postman" and 1997
            parts = items["title"].str.strip().str.extract(TITLE)
            items["title"] = parts[0].str.replace(r"^(.*), (The|A|An)$", r"\2 \1", regex=True)
            items["year"] = pd.to_numeric(parts[1]).astype("Int64")
        return train, test, items
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(
            f"{path.name} is damaged or incomplete ({error}); expected it as published. Delete "
            "this copy and let the course download it again."
        ) from error


def _movies(name: str, folder: Path | zipfile.Path, split: int) -> tuple:
    four, three = ["user", "item", "rating", "timestamp"], ["item", "title", "genres"]
    if name == "netflix-small":
        return *(_table(folder / f"{part}.csv") for part in ("train", "test")), None
    if name == "ml-latest-small":
        return _table(folder / "ratings.csv"), _table(folder / "movies.csv")
    if name == "ml-1m":
        items = _table(folder / "movies.dat", "::", names=three, engine="python")
        return _table(folder / "ratings.dat", "::", names=four, engine="python"), items
    parts = [_table(folder / f"u{split}.{part}", "\t", names=four) for part in ("base", "test")]
    if [len(rows) for rows in parts] != [80_000, 20_000]:
        raise ValueError(f"u{split}.base and u{split}.test must have 80,000 and 20,000 rows")
    items = _table(folder / "u.item", "|", header=None).rename(columns={0: "item", 1: "title"})
    flags = items.iloc[:, 5:].to_numpy()
    items["genres"] = ["|".join(g for g, f in zip(GENRES, row, strict=True) if f) for row in flags]
    return *parts, items


def _table(path: Path | zipfile.Path, sep: str = ",", **options) -> pd.DataFrame:
    """A published table in UTF-8 or, like the older files of MovieLens, in Latin-1."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    names = {"userId": "user", "movieId": "item", "user_id": "user", "movie_id": "item"}
    names |= {"date": "timestamp"}
    return pd.read_csv(io.StringIO(text), sep=sep, **options).rename(columns=names)


def _finish(name, source, note, split, seed, train, test, items=None, **truth) -> Ratings:
    """Hold out test rows if there are none, number the ids from 0, shuffle, say what was loaded."""
    own, remarks, pair = source == "file", [], ["user", "item"]
    parts = [one_per_pair(rows, remarks) for rows in (train, test) if rows is not None]
    if test is None:
        if len(parts[0]) < 5:
            raise DataError(
                f"{name} has ratings of {len(parts[0])} pairs of user and item; expected at least "
                "5, to hold 20 % of them out. Add ratings, or give test ratings with test=."
            )
        parts = _five_splits(parts[0], split)
    if own and (both := len(parts[0].merge(parts[1], on=pair))):
        remarks.append(f"{both:,} pairs of user and item are in both files")
    ids = {column: _in_order(pd.concat([rows[column] for rows in parts])) for column in pair}
    for column, labels in ids.items():
        alike = labels[labels.str.lstrip("0").duplicated(keep=False)]
        if own and len(alike):
            remarks.append(f"{column} ids differ by leading zeros alone: {', '.join(alike[:4])}")
        numbers = [labels.get_indexer(rows[column].astype(str)) for rows in parts]
        parts = [rows.assign(**{column: n}) for rows, n in zip(parts, numbers, strict=True)]
    shape = {"user": "int64", "item": "int64", "rating": float}
    if all("time" in rows and rows["time"].notna().all() for rows in parts):
        shape["time"] = "int64"
    elif own and any("time" in rows for rows in parts):
        remarks.append("no column time: not every row has seconds or a date like 2026-01-31")
    train, test = (rows[[*shape]].astype(shape).reset_index(drop=True) for rows in parts)
    train = train.iloc[np.random.RandomState(seed).permutation(len(train))].reset_index(drop=True)
    for column in pair:
        unseen = test[column][~test[column].isin(train[column])]
        if len(unseen):
            found = f"{len(unseen):,} test ratings of {unseen.nunique():,} {column}s"
            remarks.append(f"{found} never seen in training")
    if truth:
        remarks.append(f"noise floor: RMSE {truth['noise_floor']:.3f}")
    if items is None:
        items = pd.DataFrame({"item": ids["item"], "title": "item " + ids["item"], "genres": ""})
        items = items.assign(year=pd.Series(dtype="Int64"))
    items = items.assign(item=items["item"].astype(str)).drop_duplicates("item").set_index("item")
    items = items[["title", "year", "genres"]].reindex(ids["item"]).reset_index(drop=True)
    items = items.fillna({"title": "no title", "genres": ""}).rename_axis("item")
    mean, labels = float(train["rating"].mean()), [ids[column].to_numpy(object) for column in pair]
    num_users, num_items = map(len, labels)
    stars = pd.concat([train["rating"], test["rating"]])
    ratings = f"ratings from {stars.min():g} to {stars.max():g}" if own else "ratings"
    counts = f"{len(train):,} training and {len(test):,} test {ratings}, {num_users:,} users"
    print(f"{name}, split {split}: {note}.\n{counts}, {num_items:,} items; training rows shuffled.")
    if remarks:
        print("; ".join(remarks) + ".")
    return Ratings(name, source, train, test, items, num_users, num_items, mean, *labels, **truth)


def _in_order(ids: pd.Series) -> pd.Index:
    """The different ids as text: numbers by their size, then the others by their letters."""

    def size(label: str) -> tuple:
        return (0, int(label), label) if label.isdecimal() else (1, 0, label)

    return pd.Index(sorted(map(str, ids.unique()), key=size))


def _five_splits(ratings: pd.DataFrame, split: int) -> list[pd.DataFrame]:
    """Part number `split` of a fixed shuffle into five parts is the test set."""
    order = np.random.RandomState(3009).permutation(len(ratings))
    held_out = np.isin(np.arange(len(ratings)), np.array_split(order, 5)[split - 1])
    return [ratings[~held_out], ratings[held_out]]


def _planted(name: str, split: int, seed: int, note: str) -> Ratings:
    """Planted ratings, with the lowest RMSE that a model can expect on the test ratings."""
    planted = planted_world if name == "synthetic" else planted_choices
    rows, items, *expected = planted()
    train, test = _five_splits(rows, split)
    truth = {"choice": expected.pop()} if name == "synthetic-choices" else {}
    for floor, values in zip(("noise_floor", "floor_without_mood"), expected, strict=False):
        truth[floor] = float(np.sqrt(np.mean((test["rating"] - values[test.index]) ** 2)))
    note = f"planted ratings, {note}"
    return _finish(name, "generated", note, split, seed, train, test, items, **truth)
