"""Checks of practice 1, embedding layers: sums of rows, parameters, and what a step gives away."""

from collections.abc import Callable, Iterator

import numpy as np

from practice.checks._engine import Facet, Practice, array, difference, kind, number

practice = Practice("01_embedding_layers", given=["imports"])
summary = practice.summary

# 1 -----------------------------------------------------------------------------------------
GENRES = [
    [[3, 0], [6], [2, 5, 0, 1], [3, 6, 1], [5, 4]],  # of 8 genres; the last one does not occur
    [[9, 4, 1], [0, 10], [7], [4, 2, 3, 9, 0], [8, 6], [4, 9], [5]],
]


def vectors_facets(film_vectors: Callable, draw: int) -> Iterator[Facet]:
    genre_ids = GENRES[draw]
    W = np.random.RandomState(draw).uniform(-3, 3, size=((8, 4), (11, 3))[draw])
    found = array(film_vectors([list(ids) for ids in genre_ids], W.copy()))
    yield Facet("the vectors", found, lambda *both: say_vectors(*both, genre_ids))
    one = array(film_vectors([[2, 5]], W.copy()))
    yield Facet("the vectors of one film", one, "Nothing depends on how many films there are.")


def say_vectors(found: np.ndarray, right: np.ndarray, genre_ids: list) -> tuple[str, str]:
    symptom, nudge = difference("the vectors", found, right)
    if " should be " in symptom:
        k = int(np.argmax(~np.isclose(found, right, rtol=1e-4).all(axis=1)))
        symptom += f": row {k} is not the sum of the rows {genre_ids[k]} of the table"
        nudge = "Take that film by hand: which rows of W does your code add?"
    return symptom, nudge


HOT, SET = "return multi_hot @ W", "[film, ids] = 1"
ADD = "A film's vector is the sum of the rows of its genres."
ONE_EACH = "Each film has a vector of its own."
MANY = "All genres of the film count: which of them does your loop keep?"
PRODUCT = "The matrix product of multi-hot vectors and table: which is first, how long are they?"
VECTORS = [
    ("these are the multi-hot vectors; the rows of the table are still to come", PRODUCT, (HOT, "return multi_hot")),
    ("these are the multi-hot vectors, each as a column", PRODUCT, (HOT, "return multi_hot.T")),
    ("each vector is the mean of the rows of its genres, not their sum", ADD, (SET, "[film, ids] = 1 / len(ids)")),
    ("only the first genre of each film counts", MANY, (SET, "[film, ids[0]] = 1")),
    ("only the last genre of each film counts", MANY, (SET, "[film, ids[-1]] = 1")),
    ("the largest number of the rows is taken, not their sum", ADD, lambda g, W: [W[j].max(axis=0) for j in g]),
    ("the rows are multiplied with each other, not added", ADD, lambda g, W: [W[j].prod(axis=0) for j in g]),
    ("the sum goes on from film to film", "Where does each film's sum begin, and with what?", (HOT, "return np.cumsum(multi_hot @ W, axis=0)")),
    *((f"only the {which} film has a vector", "Is `return` in the loop? Where is each vector kept?", (HOT, f"return (multi_hot @ W)[{k}]"))
        for which, k in (("first", 0), ("last", -1))),
    ("each film gets the genres of all films", ONE_EACH, (SET, "[:, ids] = 1")),
    ("there is one vector for all films together", ONE_EACH, (HOT, "return multi_hot.sum(axis=0) @ W")),
    ("there is one number for each film: the columns are added up, too", "Which axis has the genres?", (HOT, "return (multi_hot @ W).sum(axis=1)")),
    ("these are the numbers of genres; the rows of the table are still to come", ADD, (HOT, "return multi_hot.sum(axis=1)")),
    *((f"for genre j comes row j {'+-'[step < 0]} 1 of the table", "Ids and rows count from 0.",
        lambda g, W, step=step: [W[(np.array(j) + step) % len(W)].sum(axis=0) for j in g]) for step in (-1, 1)),
    ("the films are sorted; row k belongs to film k as it comes", ONE_EACH, ("enumerate(genre_ids)", "enumerate(sorted(genre_ids))")),
    ("the rows of films with different numbers of genres make no array: they are to be added, film by film", ADD,
        lambda g, W: np.array([W[j] for j in g])),
    ("the multi-hot vectors are as long as the largest id needs; they must be as long as W has rows", "The table may have rows behind the largest id.",
        ("len(W)))", "max(map(max, genre_ids)) + 1))")),
    ("`*` multiplies element by element; a sum of rows is a matrix product, `@`", "Shapes (n, rows) and (rows, columns) make (n, columns).",
        (HOT, "return multi_hot * W")),
]  # fmt: skip
check_vectors = practice.exercise("film_vectors", "ex-vectors", vectors_facets, VECTORS)

# 2 -----------------------------------------------------------------------------------------
PARAMETERS = [(np.array([10, 2, 16, 2, 4, 10, 12]), 13), (np.array([8, 17, 9, 8, 6]), 23)]


def count_facets(num_parameters: Callable, draw: int) -> Iterator[Facet]:
    ids, factors = PARAMETERS[draw]
    name = f"the number for the ids {ids} and {factors} factors"
    yield number(name, num_parameters(ids.copy(), factors), kinds="iu")


def counts(draw: int) -> Iterator[tuple]:
    ids, k = PARAMETERS[draw]
    case, least, most = f"for the ids {ids} and {k} factors", int(ids.min()), int(ids.max())
    last = "A layer takes row j for id j. Which is the last row that is needed?"
    once = "An id that comes twice has one row. And what does a row hold?"
    area = "Lecture 1, section 4: rows and columns make a rectangle."
    from_0 = "A layer's rows begin with 0, and the last one counts."
    order = "The ids come in any order; they are not sorted."
    for symptom, nudge, count in (
        (f"you count a row for each id that occurs; then id {most} has no row", last, len(set(ids)) * k),
        (f"the table has {most} rows: 0 to {most - 1}", "How many are there from 0 on?", most * k),
        (f"the table begins with id {least}; a layer's rows begin with 0", from_0, (most - least + 1) * k),
        ("you count a row for each rating", once, len(ids) * k),
        ("you count one-hot vectors, a row for each rating; not only the table", once, len(ids) * (most + 1) * k),
        ("those are the numbers in the one-hot vectors", once, len(ids) * (most + 1)),
        ("you count the rows; a row holds more than one number", area, most + 1),
        ("that is one row; how many are there?", area, k),
        ("rows and columns are added", area, most + 1 + k),
        (f"there are {k} too many: one row too many (+ 1 twice?), or numbers as a Dense layer has for its biases",
            "How many are 0 to the largest id? Lecture 1, section 4: has an Embedding a bias?", (most + 2) * k),
        ("there is a column too many, as with a bias for each row", area, (most + 1) * (k + 1)),
        ("the ids are added up", "An id is a name. Which id needs the last row?", ids.sum() * k),
        ("the rows are counted up to the last id of the array, which is not the largest", order, (ids[-1] + 1) * k),
        ("the rows are counted up to the first id of the array, which is not the largest", order, (ids[0] + 1) * k),
        ("that is counted from the position of the largest id in the array (argmax), not from the id",
            "Which function gives the largest number itself?", (ids.argmax() + 1) * k),
        ("brackets are missing: only the 1 is multiplied with the factors", "What is first, times or plus?", most + k),
    ):  # fmt: skip
        yield f"{case} {symptom}", nudge, {f"the number {case}": int(count)}


check_num_parameters = practice.exercise("num_parameters", "ex-parameters", count_facets, counts)


# 3 -----------------------------------------------------------------------------------------
def step(draw: int) -> tuple[np.ndarray, np.ndarray]:
    """A table before and after a step; all numbers are exact, also their sums."""
    before = np.random.RandomState(draw).randint(-20, 20, size=((11, 3), (14, 2), (9, 1))[draw]) / 8
    after = before.copy()
    moves = [
        {0: [0, 0, -1], 3: [0, 1, 0], 4: [1, 0, 0], 9: [1, -1, 0], 6: [-1] * 3, 1: [1 / 512, 0, 0]},
        {13: [1, 2], 2: [-1, 1], 5: [0, -1 / 512], 7: [2, 0], 10: [-2, -1]},
        {3: [1], 5: [-1], 0: [1 / 512]},
    ][draw]
    for film, move in moves.items():
        after[film] += np.array(move) / 4
    return before, after


def films_facets(films_in_batch: Callable, draw: int) -> Iterator[Facet]:
    before, after = step(draw)
    found = films_in_batch(before.copy(), after.copy())
    several = not isinstance(found, str | bytes | dict | bool)
    listed = array(sorted(found) if isinstance(found, set | frozenset) else found)
    says = f"expected the ids of several films, found {kind(found)}"
    ids = "A set, a list or an array of ids: neither how many, nor the rows themselves."
    yield Facet("the kind", several and listed.ndim == 1, (says, ids))
    mask = f"expected ids, found {len(listed)} times True or False"
    yield Facet("no mask", listed.dtype.kind == "b", (mask, "np.flatnonzero says where."))
    whole = listed.dtype.kind in "iuf" and bool(np.all(listed == np.round(listed)))
    far = ("expected ids, whole numbers; found something else", "Row j is named by the number j.")
    yield Facet("whole", whole or not listed.size, far)
    yield Facet("the films", np.unique(listed), lambda *both: say_films(*both, len(before)))
    twice = "the right films, but some are listed more than once"
    one = "A row in which two numbers have moved is still one row. np.unique, or set."
    yield Facet("each once", len(listed), (twice, one))


def say_films(found: np.ndarray, right: np.ndarray, size: int) -> tuple[str, str]:
    extra, missing = np.setdiff1d(found, right).tolist(), np.setdiff1d(right, found).tolist()
    text, nudge = f"you say {found}", "Compare the two tables, row by row, for one such film."
    if found.size and set(found) == set(range(size)):
        text, nudge = "you say: all films", "Most rows have not moved. How do you see that?"
    elif extra and not missing:
        text = f"{extra} are too many"
    elif missing and not extra:
        text = f"{missing} {'are' if len(missing) > 1 else 'is'} missing"
    return f"of {size} films the rows {right} have moved; {text}", nudge


ANY, NE = "np.any(after != before, axis=1)", "after != before"
EVERY = "One number of the row that has moved is enough, in any column."
FILMS = [
    ("only rows that have moved up are in it", "A gradient has either sign.", (NE, "after > before")),
    ("only rows that have moved down are in it", "A gradient has either sign.", (NE, "after < before")),
    ("only the first column is looked at", EVERY, (ANY, "after[:, 0] != before[:, 0]")),
    ("only the last column is looked at", EVERY, (ANY, "after[:, -1] != before[:, -1]")),
    ("only rows that have moved in all columns are in it", EVERY, ("np.any", "np.all")),
    ("moves of one row cancel: up in one column, down in another one", "A sum of moves can be 0 though there are moves.",
        (ANY, "after.sum(axis=1) != before.sum(axis=1)")),
    ("those are the rows that stay, the opposite", "Which rows does a gradient reach?", (ANY, "np.all(after == before, axis=1)")),
    ("the ids are one too high", "Row j belongs to film j; both count from 0.", (f"np.flatnonzero({ANY})", f"np.flatnonzero({ANY}) + 1")),
    ("those are places in the table, cell by cell; expected rows", "Which axis has the films?", (ANY, NE)),
    ("those are columns, not films", "Which axis has the films?", ("axis=1", "axis=0")),
    ("a row that has moved a little is overlooked", "However little: they are the same, or not.", (NE, "np.abs(after - before) > 0.01")),
]  # fmt: skip
check_films = practice.exercise("films_in_batch", "ex-films", films_facets, FILMS, draws=3)


# 4 -----------------------------------------------------------------------------------------
def stars_facets(stars_in_batch: Callable, draw: int) -> Iterator[Facet]:
    rng, (size, rate, mean) = np.random.RandomState(draw), ((12, 0.25, 3.25), (17, 0.5, 6.5))[draw]
    before, after = rng.uniform(-1, 1, size), np.empty(size)
    for moved in (rng.permutation(size)[: 5 + 2 * draw], [4]):
        stars = rng.permutation(np.arange(-3, 20))[: len(moved)] / 2 + 0.2
        after[:] = before
        after[moved] -= rate * 2 / len(moved) * (before[moved] - (stars - mean))
        what = f"the stars of {len(moved)} film{'s' * (len(moved) > 1)} of {size}"
        found = array(stars_in_batch(before.copy(), after.copy(), rate, mean))
        yield Facet(what, found, "Solve the formula for r_i on paper, then compare term by term.")


MINUS, HALF = "before[moved] - slopes", "slopes * len(moved) / 2"
SOLVE = "Solve the formula for r_i on paper: what stands on which side?"
STARS = [
    ("the mean is missing: these are centred ratings", SOLVE, ("mean + before", "before")),
    ("the mean is subtracted, not added", SOLVE, ("mean + ", "-mean + ")),
    ("b_i is missing: these are only errors", SOLVE, (MINUS, "-slopes")),
    ("that starts from b_i', after the step; the gradient was taken at b_i", SOLVE, (MINUS, "after[moved] - slopes")),
    ("the move has the wrong sign", "Where does b_i' lie, seen from b_i, when r_i is high?", (MINUS, "before[moved] + slopes")),
    ("the 2 of the gradient is missing: the errors are twice too large", SOLVE, (HALF, "slopes * len(moved)")),
    ("the 2 of the gradient is on the wrong side: the errors are four times too large", SOLVE, (HALF, "slopes * len(moved) * 2")),
    ("n is the number of all films, not of those that have moved", "The whole table is no batch.", (HALF, "slopes * len(before) / 2")),
    ("n, the number of films in the batch, is missing", "n divides the gradient. So what does it do to r_i?", (HALF, "slopes / 2")),
    ("divided by n, not multiplied", "n divides the gradient. So what does it do to r_i?", (HALF, "slopes / len(moved) / 2")),
    ("the learning rate is missing", SOLVE, ("[moved] / rate", "[moved]")),
    ("multiplied with the learning rate, not divided", SOLVE, ("[moved] / rate", "[moved] * rate")),
    ("there is a number for every film, also for those that have not moved", "Which films were in the batch?",
        lambda a, b, rate, mean: mean + a + (b - a) / rate * (a != b).sum() / 2),
    ("these are the ids of the films, not their stars", SOLVE, (f"mean + {MINUS} * len(moved) / 2", "moved")),
    ("these are the new numbers b_i' plus the mean: what the model says now", SOLVE, (f"{MINUS} * len(moved) / 2", "after[moved]")),
    ("these are the old numbers b_i plus the mean: what the model said before", SOLVE, (f"{MINUS} * len(moved) / 2", "before[moved]")),
]  # fmt: skip
check_stars = practice.exercise("stars_in_batch", "ex-stars", stars_facets, STARS)
