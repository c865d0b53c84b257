"""`load_reviews`: the tiers, lines and errors of `load_ratings`, and the course's own reviews."""

# ruff: noqa: F401, F811 (pytest finds fixtures by the names that are imported)

import re
from itertools import combinations

import pandas as pd
import pytest
from test_data import archive, cache, course_data, fails, kept, own, real, sends, server

from utils import data
from utils.data import DataError, NotAvailable, load_ratings, load_reviews

NAME, FOLDER = "restaurant-reviews", "sentiment labelled sentences"
FILE = "sentiment+labelled+sentences.zip"
LINES = [f'Dish {k} was "fine", ça va;  \t{k % 2}\n' for k in range(1000)]
MINE = [(f"Dish number {k}", k % 2) for k in range(12)]


def uci_archive(lines: list[str] = LINES) -> bytes:
    return archive(FOLDER, **{"yelp-labelled_txt": "".join(lines)}).replace(b"yelp-", b"yelp_")


def publish(server, *answers, content: bytes = uci_archive()):
    return server.publish(NAME, content, *answers, path=FILE)


def table(sep: str = ",", head: str = "review,label", rows=MINE, end: str = "\n") -> str:
    lines = [head.replace(",", sep), *(sep.join(map(str, row)) for row in rows)]
    return "".join(line + end for line in lines)


def rows_of(reviews: data.Reviews) -> list[tuple[str, int]]:
    return sorted(zip(reviews.frame["review"], reviews.frame["label"], strict=True))


def test_order_of_the_sources(server, course_data, cache, monkeypatch, capsys):
    def load() -> tuple[str, ...]:
        d = load_reviews()
        which, counts = capsys.readouterr().out.splitlines()
        assert d.own == (d.source == "embedded") and counts.endswith("rows shuffled.")
        return d.source, which

    publish(server)
    course_data(**{f"{FOLDER}/yelp_labelled.txt": "".join(LINES).encode()})
    assert load() == ("COURSE_DATA", f"{NAME}: from the folder in COURSE_DATA.")
    monkeypatch.delenv("COURSE_DATA")
    assert load() == ("download", f"{NAME}: downloaded, SHA-256 checked.")
    assert load() == ("cache", f"{NAME}: from the cache of an earlier download.")
    (cache / FILE).unlink()
    (host,) = publish(server, sends(b"", 503))
    why = f"{FILE} could not be downloaded: {host} answered HTTP 503"
    assert load() == ("embedded", f"own-reviews: written for this course, because {why}.")
    load_reviews("own-reviews")
    assert "own-reviews: written for this course, as asked.\n" in capsys.readouterr().out
    with fails(
        NotAvailable, f"{why}. Try again later, put {FOLDER} into", "the course's own reviews"
    ):
        load_reviews(fallback=False)


@pytest.mark.parametrize("file", [f"{FOLDER}.zip", FILE])
def test_the_archive_in_course_data(file, course_data):
    course_data(**{file: uci_archive()})
    d = load_reviews(fallback=False)
    assert (d.source, len(d.frame)) == ("COURSE_DATA", 1000)
    assert ('Dish 7 was "fine", ça va;', 1) in rows_of(d), "quotes stay, blanks at the ends go"


BROKEN = {
    "too few": uci_archive(LINES[:999]),
    "label": uci_archive([*LINES[:999], "Good\t2\n"]),
    "no tab": uci_archive([LINES[0], "Good 1\n", *LINES[2:]]),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_archive(case, course_data):
    course_data(**{FILE: BROKEN[case]})
    with fails(DataError, f"{FILE} is damaged or incomplete (", "Delete this copy"):
        load_reviews()


def test_the_real_reviews(real):
    folder = real(FOLDER)
    d, other = load_reviews(fallback=False), load_reviews(seed=1)
    text = (folder / "yelp_labelled.txt").read_text(encoding="utf-8")
    written = [line.rsplit("\t", 1) for line in text.splitlines()]
    assert rows_of(d) == rows_of(other) == sorted((t.strip(), int(n)) for t, n in written)
    assert d.frame["label"].tolist() != other.frame["label"].tolist(), "shuffled by the seed"
    pd.testing.assert_frame_equal(d.frame, load_reviews().frame)


def test_unknown_names():
    with fails(DataError, "'restaurant-review'", "expected one of", f"Did you mean {NAME!r}?"):
        load_reviews("restaurant-review")
    for extra in (NAME, "own-reviews"):
        with fails(DataError, "columns= goes with a path"):
            load_reviews(extra, columns={"review": "text"})
        with fails(DataError, "Unknown data set"):
            load_ratings(extra)  # ratings have names of their own
    with fails(DataError, "Unknown data set 'ml-100k'"):
        load_reviews("ml-100k")


WAYS = {
    **{sep: table(sep) for sep in ",;\t|"},
    **{head: table(head=head) for head in ("Text,Sentiment", "sentence,Y", "COMMENT,positive")},
    "quoted": table(rows=[(f'"{text}"', label) for text, label in MINE]),
    "decimals": table(rows=[(f" {text} ", f" {label}.0 ") for text, label in MINE]),
}


@pytest.mark.parametrize("way", WAYS)
def test_ways_to_write_a_file(way, own, capsys):
    d = load_reviews(str(own(WAYS[way])))
    assert rows_of(d) == sorted(MINE) and (d.name, d.source, d.own) == ("mine", "file", False)
    line = "mine: from mine.csv.\n12 reviews, 6 positive and 6 negative; rows shuffled.\n"
    assert capsys.readouterr().out == line
    assert d.frame["label"].dtype.kind == "i" and list(d.frame.columns) == ["review", "label"]


def test_columns_by_name_and_commas_in_quotes(own, capsys):
    rows = [('"Good, very ""good"""', 1), *MINE, MINE[0]]
    d = load_reviews(own(table(head="what,liked", rows=rows)), columns=COLUMNS)
    assert ('Good, very "good"', 1) in rows_of(d)
    assert "1 of them repeat another one" in capsys.readouterr().out


COLUMNS = {"review": "what", "label": "liked"}
UNUSABLE = {
    "no label": (table(head="review,x"), "one column for label; found 0", "are review, x;"),
    "no header": (table()[13:], "write one above it, such as review,label.", "columns="),
    "one label": (table(rows=[("a", 1)] * 9), "9 positive and 0 negative reviews", "at least 5"),
    "no text": (table(rows=[*MINE, ("  ", 1)]), "expected a text in every row", "(line 14: '')"),
    "words": (table(rows=[*MINE, ("a", "good")]), "expected 1 (positive) or 0", "14: 'good'"),
    "stars": (table(rows=[("a", 5), *MINE, ("a", "")]), "found 2 others (line 2: '5'; line 15"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_file_that_cannot_be_used(case, own):
    content, *parts = UNUSABLE[case]
    path = own(content)
    with fails(DataError, "mine", *parts):
        load_reviews(path)


def test_a_data_frame_and_a_file_with_a_known_name(own, capsys):
    frame = pd.DataFrame(MINE, columns=["review", "label"])
    for labels in (int, float, bool):
        d = load_reviews(frame.astype({"label": labels}))
        assert (d.name, d.source, d.own, rows_of(d)) == ("DataFrame", "file", False, sorted(MINE))
    assert capsys.readouterr().out.startswith("DataFrame: from a DataFrame.\n12 reviews, 6 pos")
    d = load_reviews(own(table(), "own-reviews.csv"))
    assert (d.name, d.own, rows_of(d)) == ("own-reviews.csv", False, sorted(MINE))


def test_own_reviews_are_many_balanced_and_different(capsys):
    d = load_reviews("own-reviews")
    texts, count = d.frame["review"], len(d.frame)
    assert count >= 600 and abs(d.frame["label"].mean() - 0.5) < 0.02
    assert texts.str.len().between(3, 300).all() and (texts == texts.str.strip()).all()
    shape = f"{count:,} reviews, {d.frame['label'].sum()} of them positive"
    assert repr(d) == f"Reviews('own-reviews': {shape})"
    words = [set(re.findall(r"[a-z']+", text.lower())) for text in texts]
    near = [
        (texts[a], texts[b])
        for a, b in combinations(range(count), 2)
        if len(words[a] & words[b]) >= 0.5 * len(words[a] | words[b])
    ]
    assert near == []


def test_own_reviews_are_not_the_real_ones(real):
    real(FOLDER)
    others = {re.sub(r"\W+", " ", text.lower()) for text in load_reviews().frame["review"]}
    mine = load_reviews("own-reviews").frame["review"]
    assert not {re.sub(r"\W+", " ", text.lower()) for text in mine} & others
