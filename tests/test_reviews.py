"""`load_reviews`: what it has of its own beside `load_ratings`, and the course's own reviews."""

# ruff: noqa: F401, F811 (pytest finds fixtures by the names that are imported)

import re
from itertools import combinations

import pandas as pd
import pytest
from test_data import archive, cache, cases, course_data, fails, own, real, sends, server, table

from utils import data
from utils.data import DataError, NotAvailable, load_ratings, load_reviews

NAME, FOLDER = "restaurant-reviews", "sentiment labelled sentences"
FILE = "sentiment+labelled+sentences.zip"
LINES = [f'Dish {k} was "fine", ça va;  \t{k % 2}\n' for k in range(1000)]
MINE = [(f"Dish number {k}", k % 2) for k in range(12)]


def uci_archive(lines: list[str] = LINES) -> bytes:
    return archive(FOLDER, **{"yelp-labelled_txt": "".join(lines)}).replace(b"yelp-", b"yelp_")


def text(head: str = "review,label", rows=MINE) -> str:
    return table(head=head, rows=rows)


def rows_of(reviews: data.Reviews) -> list[tuple[str, int]]:
    return sorted(zip(reviews.frame["review"], reviews.frame["label"], strict=True))


def test_order_of_the_sources(server, course_data, cache, monkeypatch, capsys):
    def load(**arguments) -> tuple[str, str]:
        d = load_reviews(**arguments)
        which, counts = capsys.readouterr().out.splitlines()
        assert d.own == (d.source == "embedded") and counts.endswith("rows shuffled.")
        return d.source, which

    server.publish(NAME, uci_archive(), path=FILE)
    course_data(**{f"{FOLDER}/yelp_labelled.txt": "".join(LINES)})
    assert load() == ("COURSE_DATA", f"{NAME}: from the folder in COURSE_DATA.")
    monkeypatch.delenv("COURSE_DATA")
    assert load() == ("download", f"{NAME}: downloaded, SHA-256 checked.")
    assert load() == ("cache", f"{NAME}: from the cache of an earlier download.")
    (cache / FILE).unlink()
    (host,) = server.publish(NAME, uci_archive(), sends(b"", 503), path=FILE)
    why = f"{FILE} could not be downloaded: {host} answered HTTP 503"
    assert load() == ("embedded", f"own-reviews: written for this course, because {why}.")
    assert load(name="own-reviews")[1] == "own-reviews: written for this course, as asked."
    again = f"{why}. Try again later, put {FOLDER} into"
    with fails(NotAvailable, again, "the course's own reviews"):
        load_reviews(fallback=False)


@pytest.mark.parametrize("file", [f"{FOLDER}.zip", FILE])
def test_the_archive_in_course_data(file, course_data):
    course_data(**{file: uci_archive()})
    d = load_reviews(fallback=False)
    assert (d.source, len(d.frame)) == ("COURSE_DATA", 1000)
    assert ('Dish 7 was "fine", ça va;', 1) in rows_of(d), "quotes stay, blanks at the ends go"


@cases(
    too_few=LINES[:999],
    label=[*LINES[:999], "Good\t2\n"],
    no_tab=[LINES[0], "Good 1\n", *LINES[2:]],
)
def test_a_broken_archive(case, course_data):
    course_data(**{FILE: uci_archive(case)})
    with fails(DataError, f"{FILE} is damaged or incomplete (", "Delete this copy"):
        load_reviews()


def test_the_real_reviews(real):
    folder = real(FOLDER)
    d, other = load_reviews(fallback=False), load_reviews(seed=1)
    lines = (folder / "yelp_labelled.txt").read_text(encoding="utf-8").splitlines()
    written = [line.rsplit("\t", 1) for line in lines]
    assert rows_of(d) == rows_of(other) == sorted((t.strip(), int(n)) for t, n in written)
    assert d.frame["label"].tolist() != other.frame["label"].tolist(), "shuffled by the seed"
    pd.testing.assert_frame_equal(d.frame, load_reviews().frame)
    theirs, mine = (
        {re.sub(r"\W+", " ", review.lower()) for review in reviews.frame["review"]}
        for reviews in (d, load_reviews("own-reviews"))
    )
    assert not theirs & mine, "our own reviews are others"


def test_unknown_names():
    with fails(DataError, "'restaurant-review'", "expected one of", f"Did you mean {NAME!r}?"):
        load_reviews("restaurant-review")
    with fails(DataError, "columns= goes with a path"):
        load_reviews(NAME, columns={"review": "text"})
    for load, name in ((load_ratings, NAME), (load_reviews, "ml-100k")):
        with fails(DataError, f"Unknown data set {name!r}"):
            load(name)  # each has names of its own


HEADS = ("review,label", "Text,Sentiment", "sentence,Y", "COMMENT,positive")
FRAME = pd.DataFrame(MINE, columns=["review", "label"])


@cases(
    **{head: text(head) for head in HEADS},
    semicolons=table(";", "review,label", MINE),
    quoted=text(rows=[(f'"{text}"', label) for text, label in MINE]),
    decimals=text(rows=[(f" {text} ", f" {label}.0 ") for text, label in MINE]),
    a_frame=FRAME,
    a_frame_of_decimals=FRAME.astype({"label": float}),
    a_frame_of_truths=FRAME.astype({"label": bool}),
)
def test_ways_to_write_a_table(case, own, capsys):
    framed = isinstance(case, pd.DataFrame)
    d = load_reviews(case if framed else str(own(case)))
    assert rows_of(d) == sorted(MINE) and (d.source, d.own) == ("file", False)
    assert d.frame["label"].dtype.kind == "i" and list(d.frame.columns) == ["review", "label"]
    line = "DataFrame: from a DataFrame." if framed else "mine: from mine.csv."
    counts = "12 reviews, 6 positive and 6 negative; rows shuffled."
    assert capsys.readouterr().out == f"{line}\n{counts}\n"


def test_columns_by_name_and_commas_in_quotes(own, capsys):
    path = own(text("what,liked", [('"Good, very ""good"""', 1), *MINE, MINE[0]]))
    d = load_reviews(path, columns={"review": "what", "label": "liked"})
    assert ('Good, very "good"', 1) in rows_of(d)
    assert "1 of them repeat another one" in capsys.readouterr().out
    d = load_reviews(own(text(), "own-reviews.csv"))  # a file with a known name
    assert (d.name, d.own, rows_of(d)) == ("own-reviews.csv", False, sorted(MINE))


@cases(
    no_label=(text("review,x"), "one column for label; found 0", "are review, x;"),
    no_header=(text()[13:], "write one above it, such as review,label.", "columns="),
    one_label=(text(rows=[("a", 1)] * 9), "9 positive and 0 negative reviews", "at least 5"),
    no_text=(text(rows=[*MINE, ("  ", 1)]), "expected a text in every row", "(line 14: '')"),
    words=(text(rows=[*MINE, ("a", "good")]), "expected 1 (positive) or 0", "14: 'good'"),
    stars=(text(rows=[("a", 5), *MINE, ("a", "")]), "found 2 others (line 2: '5'; line 15"),
)
def test_a_file_that_cannot_be_used(case, own):
    content, *parts = case
    path = own(content)
    with fails(DataError, "mine", *parts):
        load_reviews(path)


def test_own_reviews_are_many_balanced_and_different():
    d = load_reviews("own-reviews")
    texts, count = d.frame["review"], len(d.frame)
    assert count >= 600 and abs(d.frame["label"].mean() - 0.5) < 0.02
    assert texts.str.len().between(3, 300).all() and (texts == texts.str.strip()).all()
    shape = f"{count:,} reviews, {d.frame['label'].sum()} of them positive"
    assert repr(d) == f"Reviews('own-reviews': {shape})"
    words = [set(re.findall(r"[a-z']+", text.lower())) for text in texts]
    pairs = combinations(range(count), 2)
    near = [(a, b) for a, b in pairs if 2 * len(words[a] & words[b]) >= len(words[a] | words[b])]
    assert [(texts[a], texts[b]) for a, b in near] == []
