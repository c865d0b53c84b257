"""Checks of practice 1, embedding layers: the look-up, its parameters, and the rows that move."""

import dis
from collections.abc import Callable, Iterator

import numpy as np

from practice.checks._engine import Facet, Practice, array, difference, functions_of, kind, two

practice = Practice("01_embedding_layers", given=["imports", "table"])
summary = practice.summary


# 1 -----------------------------------------------------------------------------------------


def look_up_inputs(draw: int) -> tuple[np.ndarray, np.ndarray]:
    """Ids, without the last one, and a table."""
    W = np.random.RandomState(draw).uniform(-3, 3, size=((8, 4), (11, 3))[draw])
    return np.array(([3, 0, 3, 6, 2], [9, 4, 0, 9, 1, 3, 4])[draw]), W


def look_up_facets(look_up: Callable, draw: int) -> Iterator[Facet]:
    """The rows for several ids, and for one; and that they come by a product."""
    ids, W = look_up_inputs(draw)
    found = array(look_up(ids.copy(), W.copy()))
    yield Facet("the result", found, lambda *both: say_rows(*both, ids))
    yield Facet(
        "the result for one id, an array of shape (1,),",
        array(look_up(ids[:1], W.copy())),
        "Nothing in the function should depend on how many ids there are.",
    )
    W[5] = np.nan  # 0 x nan is nan; whoever picks rows does not meet it
    met = bool(np.isnan(array(look_up(ids.copy(), W.copy())).astype(float)).any())
    picked = (
        "the right rows, but picked, not multiplied: a row that is not looked up plays no part",
        "The exercise wants what lecture 1, section 3, does with `@`. There every row of the "
        "table is multiplied, most of them by 0.",
    )
    yield Facet("multiplied", met or has_product(look_up.function), picked)


def has_product(function: Callable) -> bool:
    """Whether a matrix product is in the code: one of a sparse matrix skips the zeros."""
    code = [instruction for f in functions_of(function) for instruction in dis.get_instructions(f)]
    return any(one.argrepr == "@" or one.argval in ("dot", "matmul", "einsum") for one in code)


def say_rows(found: np.ndarray, right: np.ndarray, ids: np.ndarray) -> tuple[str, str]:
    """The hint for other rows: which is the first."""
    symptom, nudge = difference("the result", found, right)
    if " should be " in symptom:
        k = int(np.argmax(~np.isclose(found, right, rtol=1e-4).all(axis=1)))
        symptom += f": for the ids {ids} row {k} of the result is not row {ids[k]} of the table"
        nudge = "Print your one-hot matrix: where is the one in each row?"
    return symptom, nudge


def eye(ids: np.ndarray, W: np.ndarray) -> np.ndarray:
    """The one-hot vectors."""
    return np.eye(len(W))[ids]


FROM_0, ALL = "Ids and rows count from 0.", "All ids of the batch, a row for each."
ONE_HOT = "Each id has a one-hot vector of its own; they stand one below the other, in a matrix."
PRODUCT = "The matrix product of one-hot vectors and table: which is first, how long are they?"
# fmt: off
LOOK_UP = [
    ("these are the one-hot vectors; the rows of the table are still to come", PRODUCT, ("one_hot @ W", "one_hot")),
    ("these are the one-hot vectors, each as a column", ONE_HOT, ("one_hot @ W", "one_hot.T")),
    ("several ids give one row, that of the first id", ALL, ("one_hot @ W", "one_hot[0] @ W")),
    ("several ids give one row, that of the last id", "Is the result overwritten, or the `return` inside a loop?",
        ("one_hot @ W", "one_hot[-1] @ W")),
    ("several ids give one row: the rows of the table are added up", ONE_HOT, ("one_hot @ W", "one_hot.sum(axis=0) @ W")),
    ("several ids give one row: the mean of the rows of the table", ONE_HOT, ("one_hot @ W", "one_hot.mean(axis=0) @ W")),
    ("several ids give one row: some rows of the table are added up, each once", ONE_HOT,
        ("one_hot @ W", "one_hot.max(axis=0) @ W")),
    ("an id comes twice, its row only once", "One row for each id of the batch, in the batch's order.",
        lambda ids, W: W[np.unique(ids)]),
    ("the rows are sorted by their ids; they should come in the order of the batch",
        "Row k of the result belongs to id k of the batch.", ("ids[:, None]", "np.sort(ids)[:, None]")),
    ("each column of the result is sorted by itself", "Row k of the result belongs to id k.",
        ("one_hot @ W", "np.sort(one_hot @ W, axis=0)")),
    ("the rows come in the opposite order", "Row k of the result belongs to id k.", ("one_hot @ W", "one_hot[::-1] @ W")),
    ("each row of the result is the sum of the rows of all ids", "How many ones are there in each row of your one-hot matrix?",
        lambda ids, W: np.tile(W[np.unique(ids)].sum(axis=0), (len(ids), 1))),
    ("for id j comes row j - 1 of the table", FROM_0, lambda ids, W: W[ids - 1]),
    ("for id j comes row j - 1 of the table, and zeros for id 0", FROM_0, ("np.arange(len(W))", "np.arange(len(W)) + 1")),
    ("for id j comes row j + 1 of the table", FROM_0, lambda ids, W: W[(ids + 1) % len(W)]),
    ("the whole table comes back", "Only the rows of the ids, in their order.", lambda ids, W: W),
    ("the first rows of the table come back, one for each place in the batch", "Row k of the result is row ids[k] of the table.",
        lambda ids, W: W[: len(ids)]),
    ("the one-hot vectors are as long as the largest id needs; they must be as long as W has rows",
        "The table may have rows behind the largest id of the batch: len(W) says how many.",
        lambda ids, W: np.eye(max(ids) + 1)[ids] @ W),
]
# fmt: on


def look_up_rows(draw: int) -> Iterator[tuple]:
    """The rows, and errors that tell a mistake."""
    yield from LOOK_UP
    ids, W = look_up_inputs(draw)
    short = rf"\({len(ids)}, ?{max(ids) + 1}\) and"
    yield LOOK_UP[-1][0] + " ", LOOK_UP[-1][1], {"stops": short}
    hot, table = rf"{len(ids)}, ?{len(W)}", f"{len(W)}, ?{W.shape[1]}"
    entries = rf"\({hot}\) \({table}\)|\[{hot}\] vs\. \[{table}\]"
    symptom = "`*` multiplies element by element; a look-up is a matrix product, `@`"
    yield symptom, "Shapes (n, rows) and (rows, columns) make (n, columns).", {"stops": entries}


check_look_up = practice.exercise(
    "look_up", "ex-look-up", look_up_facets, look_up_rows, "an array, a row for each id"
)


# 2 -----------------------------------------------------------------------------------------

PARAMETERS = [
    (np.array([10, 2, 16, 2, 4, 10, 12]), 13),
    (np.array([8, 17, 9, 8, 6]), 23),
]


def parameters_facets(num_parameters: Callable, draw: int) -> Iterator[Facet]:
    """A whole number, and which one."""
    ids, factors = PARAMETERS[draw]
    found = num_parameters(ids.copy(), factors)
    number = array(found)
    whole = number.ndim == 0 and number.dtype.kind in "iu"
    says = f"expected the number of parameters, a whole number; found {kind(found)}"
    yield Facet("the kind", whole, (says, "One number, of the type int: neither shape nor layer."))
    yield Facet(f"the number for the ids {ids} and {factors} factors", int(number))


def parameters_rows(draw: int) -> Iterator[tuple]:
    """What else might be counted."""
    ids, k = PARAMETERS[draw]
    case, most = f"for the ids {ids} and {k} factors", int(ids.max())
    name = f"the number {case}"
    last = "A layer takes row j for id j. Which is the last row that is needed?"
    once = "An id that comes twice has one row. And what does a row hold?"
    area = "Lecture 1, section 4: rows and columns make a rectangle."
    for symptom, nudge, number in (
        (
            f"you count a row for each id that occurs; then id {most} has no row",
            last,
            len(set(ids)) * k,
        ),
        (f"the table has {most} rows: 0 to {most - 1}", "How many are there from 0 on?", most * k),
        (
            f"the table begins with id {ids.min()}; a layer's rows begin with 0",
            "Rows that no rating needs are there all the same.",
            (most - ids.min() + 1) * k,
        ),
        (
            f"the table has {most - ids.min()} rows, as many as from the smallest id to the largest",
            "A layer's rows begin with 0, and the last one counts.",
            (most - ids.min()) * k,
        ),
        ("you count a row for each rating", once, len(ids) * k),
        (
            "you count one-hot vectors, a row for each rating; not only the table",
            once,
            len(ids) * (most + 1) * k,
        ),
        ("those are the numbers in the one-hot vectors", once, len(ids) * (most + 1)),
        ("you count the rows; a row holds more than one number", area, most + 1),
        ("you count the ids, each once", area, len(set(ids))),
        ("that is one row; how many are there?", area, k),
        ("rows and columns are added", area, most + 1 + k),
        (
            f"there are {k} too many: one row too many (+ 1 twice?), or numbers as a Dense layer has "
            "for its biases",
            "How many are 0 to the largest id? Lecture 1, section 4: has an Embedding a bias?",
            (most + 2) * k,
        ),
        (
            "there is a column too many, as with a bias for each row",
            area,
            (most + 1) * (k + 1),
        ),
        ("the ids are added up", "An id is a name. Which id needs the last row?", ids.sum() * k),
        (
            "the rows are counted up to the last id of the array, which is not the largest",
            "The ids come in any order; they are not sorted.",
            (ids[-1] + 1) * k,
        ),
        (
            "the rows are counted up to the first id of the array, which is not the largest",
            "The ids come in any order; they are not sorted.",
            (ids[0] + 1) * k,
        ),
        (
            "that is counted from the position of the largest id in the array (argmax), not from "
            "the id",
            "Which function gives the largest number itself?",
            (ids.argmax() + 1) * k,
        ),
        (
            "brackets are missing: only the 1 is multiplied with the factors",
            "What is first, times or plus?",
            most + k,
        ),
    ):
        yield f"{case} {symptom}", nudge, {name: int(number)}


check_num_parameters = practice.exercise(
    "num_parameters",
    "ex-parameters",
    parameters_facets,
    parameters_rows,
    "the number of parameters",
)


# 3 -----------------------------------------------------------------------------------------

BATCHES = [[4, 1, 4, 9, 6, 1, 12], [8, 0, 3, 5, 0], [6, 6, 6]]


def moved_facets(rows_that_move: Callable, draw: int) -> Iterator[Facet]:
    """Ids, the right ones, each once."""
    ids = np.array(BATCHES[draw])
    found = rows_that_move(ids.copy())
    several = not isinstance(found, str | bytes | dict | bool)
    listed = array(sorted(found) if isinstance(found, set | frozenset) else found)
    says = f"expected the ids of several rows, found {kind(found)}"
    several = several and listed.ndim == 1
    yield Facet("the kind", several, (says, "A set, a list or an array of ids; not how many."))
    mask = f"expected ids, found {len(listed)} times True or False"
    where = "np.flatnonzero says where a mask is True."
    yield Facet("no mask", listed.dtype.kind == "b", (mask, where))
    number = listed.dtype.kind in "iuf" or not listed.size
    whole = number and bool(np.all(listed == np.round(listed.astype(float))))
    named = "Row j is named by the number j."
    yield Facet("whole", whole, ("expected ids, whole numbers; found something else", named))
    listed = listed.astype(int)
    says = lambda *both: say_moved(listed, both[1], ids)  # noqa: E731
    yield Facet("the rows", np.unique(listed), says)
    twice = f"the right rows, but for the batch {ids} some are listed more than once"
    one = "A row that three ratings pull at is still one row. np.unique, or set."
    yield Facet("each once", len(listed), (twice, one))


def say_moved(listed: np.ndarray, right: np.ndarray, ids: np.ndarray) -> tuple[str, str]:
    """The hint for other rows, by the set that they make."""
    found, count = sorted(listed), np.bincount(ids)
    extra, missing = (np.setdiff1d(a, b).tolist() for a, b in ((found, right), (right, found)))
    top, depends = max([*found, 0]), "Which rows does the loss of this batch depend on?"
    how_often = [sorted(count), sorted(count[right]), sorted(set(count[right]))]
    look = "An id that comes once moves its row, and one that comes twice, too."
    text, nudge = f"you say {np.unique(listed)}", depends
    if not found:
        text = "you say: none"
    elif found in how_often:
        text, nudge = "those are counts, how often an id comes, not the ids", "Of whom is it?"
    elif max(found) < len(ids) and all(np.isin(np.arange(len(ids)), found)):
        text = "those are the places in the batch, not the ids"
        nudge = "Which row of the table does place 0 of the batch look up?"
    elif found == sorted(np.unique(ids, return_index=True)[1]):
        text, nudge = (
            "those are the places where an id comes first, not the ids",
            "Which id is at that place?",
        )
    elif np.array_equal(found, right - 1):
        text, nudge = "yours are one too low", "Row j belongs to id j; both count from 0."
    elif np.array_equal(found, right + 1):
        text, nudge = "yours are one too high", "Row j belongs to id j; both count from 0."
    elif not set(found) & set(right) and len(found) > 1:
        text = "those are the rows that stay, the opposite"
    elif extra and not missing:
        every = set(found) == set(range(top + 1))
        between = set(found) == set(range(min(right), max(right) + 1))
        text = f"{extra} are too many"
        if between:
            text, nudge = "you say: all rows from the smallest id to the largest", "Ids are names."
        elif every:
            text, nudge = "you say: all rows", "That is so with a penalty. Here there is none."
    elif missing and not extra:
        text, nudge = f"{missing} are missing", look
        if set(missing) == set(right[count[right] > 1]):
            text = f"those that come more than once, {missing}, are missing"
        elif set(missing) == set(right[count[right] == 1]):
            text = f"those that come only once, {missing}, are missing"
    return f"on the batch {ids} a step moves the rows {right}; {text}", nudge


check_rows = practice.exercise(
    "rows_that_move",
    "ex-rows",
    moved_facets,
    returns="the ids of the rows that move",
    draws=len(BATCHES),
)


# 4 -----------------------------------------------------------------------------------------


def step_facets(sgd_step: Callable, draw: int) -> Iterator[Facet]:
    """The new table."""
    ids = np.array(([2, 5, 2, 0, 2], [1, 7, 3, 3, 1, 0, 3])[draw])
    rng, rate = np.random.RandomState(draw), (0.25, 0.5)[draw]
    b = rng.permutation(np.arange(-8, 16)[: 7 + 2 * draw]) / 4 + 0.125  # exact also in float32
    targets = rng.randint(-16, 20, size=len(ids)) / 4
    found = array(sgd_step(b.copy(), ids.copy(), targets.copy(), rate))
    yield Facet("the new table", found, lambda *both: say_step(*both, b, ids))
    stay = np.setdiff1d(np.arange(len(b)), ids)
    moved = stay[found[stay] != b[stay]].tolist()
    yield Facet("the rows that stay", moved, lambda *_: say_stay(found, b, moved))


def say_step(found: np.ndarray, right: np.ndarray, b: np.ndarray, ids: np.ndarray) -> tuple:
    """The hint for another table: the first row that differs."""
    symptom, nudge = difference("the new table", found, right)
    if " should be " not in symptom:
        return symptom, nudge
    wrong = np.flatnonzero(~np.isclose(found, right, rtol=1e-4, atol=1e-5))
    if len(moved := np.setdiff1d(wrong, ids)):
        return say_stay(found, b, list(moved))
    j, mine, theirs = wrong[0], *two(float(found[wrong[0]]), float(right[wrong[0]]))
    return (
        f"row {j} goes from {b[j]:.3f} to {mine}; it should be {theirs}",
        "Take the batch apart: which places have this id, and what does each add to the slope?",
    )


def say_stay(found: np.ndarray, b: np.ndarray, moved: list) -> tuple[str, str]:
    """The hint for rows that no rating of the batch has, and that move all the same."""
    mine, before = two(float(found[moved[0]]), float(b[moved[0]]))
    return (
        f"row {moved[0]} is not in the batch, so it should stay; it goes from {before} to {mine}",
        "Which ratings are in its sum? The formula has no penalty either.",
    )


def by_turns(b: np.ndarray, ids: np.ndarray, targets: np.ndarray, rate: float) -> np.ndarray:
    """Each rating's slope from where the earlier ones have moved the row."""
    b = b.copy()
    for j, y in zip(ids, targets, strict=True):
        b[j] -= rate * 2 * (b[j] - y) / len(ids)
    return b


def last_counts(b: np.ndarray, ids: np.ndarray, targets: np.ndarray, rate: float) -> np.ndarray:
    """Of an id's ratings only the last one."""
    b = b.copy()
    b[ids] -= rate * 2 * (b[ids] - targets) / len(ids)
    return b


def with_its_mean(b: np.ndarray, ids: np.ndarray, targets: np.ndarray, rate: float) -> np.ndarray:
    """Of each row the mean of its own ratings."""
    b = b.copy()
    for j in set(ids):
        b[j] -= rate * np.mean(2 * (b[j] - targets[ids == j]))
    return b


FORMULA = "Compare with the formula: each factor, and what it is divided by."
AT = (
    "With an id twice, `b[ids] -= …` subtracts once: NumPy keeps the last. A loop adds all of them, "
    "np.add.at too, and there is a product that does."
)
BEHIND, SQUARE = "rate * (slopes @ one_hot)", "2 * (b[ids] - targets)"
LATER, SUMS = "b minus rate times slope.", "Each rating pulls at the row of its own id only."
# fmt: off
STEP = [
    ("nothing moves", "Is what you compute also subtracted from the table?", (f"b - {BEHIND}", "b.copy()")),
    ("the step goes uphill: away from the targets", "Down is against the slope. What is its sign when b is too high?",
        (f"b - {BEHIND}", f"b + {BEHIND}")),
    ("an id comes more than once in the batch, but only one of them counts", AT, last_counts),
    ("a rating's slope is taken where earlier ratings of the batch have already moved its row",
        "One step: all slopes are those of the table before the step.", by_turns),
    ("the sum of the squared errors is taken, not their mean", FORMULA, (" / len(ids)", "")),
    ("the slope is half of what it should be", "What is the derivative of a square?", (SQUARE, "(b[ids] - targets)")),
    ("the slope is twice what it should be", "What is the derivative of a square?", (SQUARE, f"2 * {SQUARE}")),
    ("neither the 2 of the derivative nor the mean is in there", FORMULA, (SQUARE, "(b[ids] - targets)"), (" / len(ids)", "")),
    ("each row's slope is a mean over its own ratings",
        "By how much is the loss divided: by this row's ratings, or by the whole batch?", with_its_mean),
    ("divided by the number of rows, not of ratings", FORMULA, ("len(ids)", "len(b)")),
    ("divided by the number of different ids, not of ratings", FORMULA, ("len(ids)", "len(set(ids))")),
    ("the learning rate has no effect", "Where does `rate` go?", ("rate * ", "")),
    ("divided by the learning rate, not multiplied", "Where does `rate` go?", ("rate * ", "1 / rate * ")),
    ("these are the slopes; the new table is still to come", LATER, (f"b - {BEHIND}", "slopes @ one_hot")),
    ("these are the moves; the new table is still to come", "Moves from where?", (f"b - {BEHIND}", f"-{BEHIND}")),
    ("these are the moves, turned round; the new table is still to come", LATER, (f"b - {BEHIND}", BEHIND)),
    ("every row moves by the same amount", SUMS, ("(slopes @ one_hot)", "slopes.sum()")),
    ("one number comes back for each rating, not for each row", "All rows come back, those that stay too.",
        (f"b - {BEHIND}", f"(b - {BEHIND})[ids]")),
    ("one number comes back for each rating: the slopes", "All rows come back, those that stay too.",
        (f"b - {BEHIND}", "slopes")),
    ("only the sign of the error counts, as with the absolute error; the loss is squared", FORMULA,
        (SQUARE, "np.sign(b[ids] - targets)")),
    ("the errors themselves are squared in the slope", "What is the derivative of a square?", (SQUARE, "2 * (b[ids] - targets) ** 2")),
    ("every row of the batch moves the same distance, as in a first step of Adam", "SGD's step is as long as its slope.",
        (BEHIND, "rate * np.sign(slopes @ one_hot)")),
    ("a row moves by about `rate`, however large its slope: it is a step of Adam, not of SGD", "SGD's step is as long as its slope.",
        (BEHIND, "rate * (slopes @ one_hot) / np.sqrt(np.maximum(slopes**2 @ one_hot, 1e-12))")),
    ("two steps are made, not one", "One step for the whole batch.",
        (f"return b - {BEHIND}", f"b = b - {BEHIND}\n    slopes = 2 * (b[ids] - targets) / len(ids)\n    return b - {BEHIND}")),
]
# fmt: on
check_step = practice.exercise("sgd_step", "ex-step", step_facets, STEP, "the new table")
