"""Every notebook on small files of a reader's own, in place of MovieLens and of the UCI reviews.

`make classroom` runs it. Trainings last one epoch, and nothing is compiled to a graph: for so few
ratings that would take longer than to train.
"""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from test_colab import SHORT, run
from test_notebooks import name_of

EAGERLY = """
import keras
whole_compile = keras.Model.compile
def compile_eagerly(self, *args, **given):
    given |= {"run_eagerly": True, "steps_per_execution": 1}
    whole_compile(self, *args, **given)
keras.Model.compile = compile_eagerly
"""
INSTEAD = """
import functools
from utils import data as loaders
def instead(load, replaced, own):
    @functools.wraps(load)
    def load_own(name=replaced[0], *more, **given):
        return load(own if name in replaced else name, *more, **given)
    return load_own
loaders.load_ratings = instead(loaders.load_ratings, ["ml-100k"], {file!r})
reviews = ["restaurant-reviews", "own-reviews"]
loaders.load_reviews = instead(loaders.load_reviews, reviews, {file!r})
"""


def some_ratings(users: int, films: int, count: int) -> pd.DataFrame:
    """`count` pairs by chance, among them each user and each film, rated from 1 to 5."""
    rng = np.random.RandomState(0)
    everybody = np.arange(max(users, films))
    pairs = pd.DataFrame({"user": everybody % users, "item": everybody % films})
    others = pd.DataFrame(product(range(users), range(films)), columns=["user", "item"])
    pairs = pd.concat([pairs, others.sample(frac=1, random_state=rng)]).drop_duplicates()[:count]
    stars = 3 + rng.randn(users)[pairs["user"]] + rng.randn(films)[pairs["item"]]
    names = "reader " + pairs["user"].astype(str), "Film " + pairs["item"].astype(str)
    columns = {"user": names[0], "item": names[1], "rating": stars.round().clip(1, 5).astype(int)}
    return pd.DataFrame(columns)


def some_reviews(good: str, bad: str, rest: str, join: str, count: int) -> pd.DataFrame:
    """`count` reviews, half of them praise: a word of the rest, then a good or a bad one."""
    words = rest.split()
    rows = [
        (join.join([words[k // 2 % len(words)], kind[k // 2 % len(kind)]]), 1 - k % 2)
        for k, kind in zip(range(count), [good.split(), bad.split()] * count, strict=False)
    ]
    return pd.DataFrame(rows, columns=["review", "label"])


RATINGS = {"60 users": some_ratings(60, 40, 936), "one user": some_ratings(1, 200, 200)}
REVIEWS = {
    "12 reviews": some_reviews("great tasty", "cold bland", "soup pizza service", " was ", 12),
    "few words": some_reviews("good", "bad", "soup service", " was so ", 60),
    "Chinese": some_reviews("好吃 很棒", "难吃 太咸", "面条 服务 汤 米饭", "真的", 60),
}
NOTEBOOKS = sorted(ROOT.glob("lectures/*.ipynb")) + sorted(ROOT.glob("solutions/*.ipynb"))
CASES = [
    pytest.param(path, kind, table, id=f"{name_of(path)}, {kind}")
    for path in NOTEBOOKS
    for kind, table in (REVIEWS if path.stem.startswith("07") else RATINGS).items()
]


def test_the_files_are_as_small_as_a_reader_s():
    ratings = RATINGS["60 users"]
    assert (ratings["user"].nunique(), ratings["item"].nunique(), len(ratings)) == (60, 40, 936)
    assert RATINGS["one user"].nunique()[["user", "item"]].tolist() == [1, 200]
    for table in REVIEWS.values():
        assert table["label"].mean() == 0.5 and 12 <= len(table) <= 60


@pytest.mark.classroom
@pytest.mark.parametrize(("path", "kind", "table"), CASES)
def test_a_notebook_runs_on_a_small_file_of_one_s_own(path, kind, table, tmp_path, monkeypatch):
    file = tmp_path / "mine.csv"
    table.to_csv(file, index=False)
    monkeypatch.setenv("COURSE_DATA", "")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    said = run(path, path.parent, SHORT + EAGERLY + INSTEAD.format(file=str(file)))
    assert f"from {file.name}" in said, "the notebook has read the file"
