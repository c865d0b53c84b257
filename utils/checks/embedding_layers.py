"""Checks of practice 1, embedding layers: the look-up, its parameters, the rows that a step moves.

Tiny tables with known numbers, and sizes that are all different; what the functions give is
compared with the right numbers and with those of the usual mistakes, to name them. That a look-up
multiplies is seen from what it does: a number that is none, in a row that nobody asked for, spoils
a product and nothing else.
"""

from collections.abc import Callable, Iterator

import numpy as np

from utils.checks import Progress, close, kind, require, require_something, require_whole_number

progress = Progress()
summary = progress.summary
ARGUMENTS = "Use the arguments of the function, not the notebook's variables."


# 1 -----------------------------------------------------------------------------------------

ROWS, COLUMNS, IDS = 7, 4, np.array([3, 0, 3, 6, 2])


@progress.exercise("look_up")
def check_look_up(look_up: Callable) -> None:
    """`look_up(ids, W)`: the rows of W that belong to the ids, by one-hot vectors times W."""
    W = 10.0 * np.arange(1, ROWS + 1)[:, None] + np.arange(1, COLUMNS + 1)
    found = look_up(IDS.copy(), W.copy())
    require_something(found, "an array, a row for each id")
    found, right = np.asarray(found), W[IDS]
    for wrong, symptom, nudge in _wrong_look_ups(W):
        require(not close(found, wrong), symptom, nudge)
    require(
        found.shape == right.shape,
        f"{len(IDS)} ids and a table of {ROWS} rows with {COLUMNS} numbers give the shape "
        f"{found.shape}; expected {right.shape}",
        "Write down the shape of the one-hot matrix first. " + ARGUMENTS,
    )
    wrong_rows = [k for k in range(len(IDS)) if not close(found[k], right[k])] or [0]
    require(
        close(found, right),
        f"for the ids {IDS} row {wrong_rows[0]} of the result is not row {IDS[wrong_rows[0]]} "
        "of the table",
        "Print your one-hot matrix: where is the one in each row?",
    )
    alone = look_up(np.array([4]), W.copy())
    require(
        close(alone, W[[4]]),
        f"five ids at once are right; one id, as an array of shape (1,), gives {alone}",
        "Nothing in the function should depend on how many ids there are.",
    )
    W[1] = np.nan  # 0 x nan is nan; whoever picks rows does not meet it
    require(
        np.isnan(np.asarray(look_up(IDS.copy(), W), dtype=float)).any(),
        "the right rows, but picked, not multiplied: a row that is not looked up plays no part",
        "The exercise wants what lecture 1, section 4, does with `@`. There every row of the "
        "table is multiplied, most of them by 0.",
    )


def _wrong_look_ups(W: np.ndarray) -> Iterator[tuple[np.ndarray, str, str]]:
    """What usual mistakes give, each with symptom and nudge."""
    one_hot, right = np.eye(ROWS)[IDS], W[IDS]
    number = f"{len(IDS)} ids"
    yield (
        one_hot,
        "these are the one-hot vectors; the rows of the table are still to come",
        ("What is the second factor of the product?"),
    )
    yield (
        one_hot.T,
        "these are the one-hot vectors, each as a column",
        ("One row for each id. And then the product with W."),
    )
    yield right[0], f"{number} give one row, that of the first id", "All ids of the batch."
    yield (
        right[-1],
        f"{number} give one row, that of the last id",
        ("Is the result overwritten, or the `return` inside a loop?"),
    )
    yield (
        right.sum(axis=0),
        f"{number} give one row: the rows of the table are added up",
        ("Each id has a one-hot vector of its own; they stand below each other, in a matrix."),
    )
    once = f"{number} give {len(set(IDS))} rows: an id comes twice, its row only once"
    yield W[np.unique(IDS)], once, "One row for each id of the batch, in the batch's order."
    yield (
        np.sort(right, axis=0),
        "the rows are sorted; they should come in the order of the ids",
        ("Row k of the result belongs to id k of the batch."),
    )
    every = "each row of the result is the sum of the rows of all ids"
    together = np.tile(W[np.unique(IDS)].sum(axis=0), (len(IDS), 1))
    yield together, every, "How many ones are there in each row of your one-hot matrix?"
    low = "for id j comes row j - 1 of the table"
    yield W[IDS - 1], low, "Ids and rows count from 0."
    yield W[IDS - 1] * (IDS > 0)[:, None], low, "Ids and rows count from 0."
    yield W[(IDS + 1) % ROWS], "for id j comes row j + 1 of the table", "Ids and rows count from 0."
    yield (
        right.T,
        "the result is turned on its side: a column for each id",
        ("Which comes first in the product, and is one of the two transposed?"),
    )
    yield W, "the whole table comes back", "Only the rows of the ids, in their order."


# 2 -----------------------------------------------------------------------------------------


@progress.exercise("num_parameters")
def check_num_parameters(num_parameters: Callable) -> None:
    """`num_parameters(ids, num_factors)`: of the smallest layer with a row for each id."""
    for ids, factors in ((np.array([6, 2, 9, 2, 4]), 7), (np.array([11, 4]), 5)):
        found = num_parameters(ids.copy(), factors)
        require_whole_number(found, "the number of parameters")
        most, different = ids.max(), len(set(ids))
        case = f"for the ids {ids} and {factors} factors"
        for wrong, symptom, nudge in (
            (
                different * factors,
                f"{case} you count a row for each id that occurs; then id {most} has no row",
                "A layer takes row j for id j. Which is the last row that is needed?",
            ),
            (
                most * factors,
                f"{case} the table has {most} rows: 0 to {most - 1}",
                "How many numbers are there from 0 to 9?",
            ),
            (
                (most - ids.min() + 1) * factors,
                f"{case} the table begins with id {ids.min()}; a layer's rows begin with 0",
                "Rows that no rating needs are there all the same.",
            ),
            (
                len(ids) * factors,
                f"{case} you count a row for each rating",
                "An id that comes twice has one row.",
            ),
            (
                most + 1,
                f"{case} you count the rows; a row holds more than one number",
                "How many numbers does one row hold?",
            ),
            (
                most + 1 + factors,
                f"{case} rows and columns are added",
                "Lecture 1, section 6: rows and columns make a rectangle.",
            ),
            (
                (most + 1) * factors + factors,
                f"{case} there are {factors} too many, as a Dense layer has for its biases",
                "Lecture 1, section 5: which layer is the same, with or without a bias?",
            ),
            (
                ids.sum() * factors,
                f"{case} the ids are added up",
                "An id is a name. Which id needs the last row?",
            ),
        ):
            require(int(found) != wrong, symptom, nudge)
        right = (most + 1) * factors
        require(
            int(found) == right,
            f"{case} there are {right} parameters; your function says {int(found)}",
            "Rows times columns. " + ARGUMENTS,
        )


# 3 -----------------------------------------------------------------------------------------


@progress.exercise("rows_that_move")
def check_rows(rows_that_move: Callable) -> None:
    """`rows_that_move(ids)`: the ids, each once, whose row moves in a step of plain SGD."""
    for ids in (np.array([4, 1, 4, 7]), np.array([6, 6, 6]), np.array([8, 0, 3, 5, 0])):
        _require_rows_like_those_of_a_step(rows_that_move(ids.copy()), ids, 10)


def _require_rows_like_those_of_a_step(found, ids: np.ndarray, size: int) -> None:
    require_something(found, "the ids of the rows that move")
    require(
        not isinstance(found, str | dict | bool) and np.ndim(_listed(found)) == 1,
        f"expected the ids of several rows, found {kind(found)}",
        "A set, a list or an array of ids; not how many they are.",
    )
    named = np.asarray(_listed(found))
    require(
        named.dtype != bool,
        f"expected ids, found {len(named)} times True or False",
        "np.flatnonzero says where a mask is True.",
    )
    require(
        not len(named) or (named.dtype.kind in "iuf" and bool(np.all(named == named.astype(int)))),
        "expected ids, whole numbers; found something else",
        "Row j is named by the number j.",
    )
    named = named.astype(int)
    moved = np.flatnonzero(_step(ids, size))
    case = f"on the batch {ids} and a table of {size} rows, a step moves the rows {moved}"
    for wrong, symptom, nudge in (
        (
            np.arange(len(ids)),
            "those are the places in the batch, not the ids",
            "Which row of the table does place 0 of the batch look up?",
        ),
        (
            np.setdiff1d(range(size), ids),
            "those are the rows that stay",
            "Which rows does the loss of this batch depend on?",
        ),
        (
            np.arange(size),
            "you say: all rows",
            "All rows move when there is a penalty. Here there is none.",
        ),
        (
            np.arange(ids.min(), ids.max() + 1),
            "you say: all rows from the smallest id to the largest",
            "Ids are names; what lies between two names has no meaning.",
        ),
        (
            np.unique(ids) - 1,
            "yours are one too low",
            "Row j belongs to id j; both count from 0.",
        ),
        (
            np.unique(ids) + 1,
            "yours are one too high",
            "Row j belongs to id j; both count from 0.",
        ),
    ):
        same = np.array_equal(np.sort(named), wrong) and not np.array_equal(wrong, moved)
        require(not same, f"{case}; {symptom}", nudge)
    if np.array_equal(np.unique(named), moved):
        require(
            len(set(named)) == len(named),
            f"the right rows, but for the batch {ids} some are listed more than once",
            "A row that three ratings pull at is still one row. np.unique, or set.",
        )
    require(
        np.array_equal(np.sort(named), moved),
        f"{case}; you say {np.sort(named)}",
        "A row moves when it has a gradient. Which rows does the loss of this batch depend on?",
    )


def _listed(found):
    """A set as a list; everything else as it is."""
    return sorted(found) if isinstance(found, set | frozenset) else found


def _step(ids: np.ndarray, size: int) -> np.ndarray:
    """How far each row of a table of ones moves in one step of SGD towards targets of 3."""
    import keras

    table = keras.layers.Embedding(size, 1, embeddings_initializer="ones")
    network = keras.Sequential([table])
    network.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse", run_eagerly=True)
    network.train_on_batch(ids, np.full((len(ids), 1), 3.0))
    return table.get_weights()[0][:, 0] - 1


# 4 -----------------------------------------------------------------------------------------


@progress.exercise("sgd_step")
def check_step(sgd_step: Callable) -> None:
    """`sgd_step(b, ids, targets, rate)`: a new table after one step down the mean squared error."""
    b = np.array([0.5, -1.0, 2.0, 1.5, 0.0, 3.0, -0.5])
    ids, targets, rate = np.array([2, 5, 2, 0, 2]), np.array([1.0, 4.5, -1.0, 2.0, 3.5]), 0.25
    given = b.copy()
    found = sgd_step(given, ids.copy(), targets.copy(), rate)
    changed = not np.array_equal(given, b)
    require_something(found, "the new table")
    found = np.asarray(found)
    for wrong, symptom, nudge in _wrong_steps(b, ids, targets, rate):
        require(not close(found, wrong), symptom, nudge)
    require(
        found.shape == b.shape,
        f"a table of the shape {b.shape} comes back with the shape {found.shape}",
        "All rows come back, those that stay too.",
    )
    right = _stepped(b, ids, targets, rate)
    row = int(np.argmax(np.abs(found - right)))
    require(
        close(found, right),
        f"row {row} goes from {b[row]:.3f} to {found[row]:.3f}; expected {right[row]:.3f}",
        "Take the batch apart: which places have this id, and what does each add to the slope?",
    )
    require(
        not changed,
        "the table that was passed in is changed as well",
        "Work on a copy: b.copy(). Otherwise there is no `before` to compare with.",
    )


def _stepped(b, ids, targets, rate) -> np.ndarray:
    """The formula of the exercise."""
    slope = np.bincount(ids, 2 * (b[ids] - targets) / len(ids), minlength=len(b))
    return b - rate * slope


def _wrong_steps(b, ids, targets, rate) -> Iterator[tuple[np.ndarray, str, str]]:
    """The tables that usual mistakes give, each with symptom and nudge."""
    n, count = len(ids), np.bincount(ids, minlength=len(b))
    right = _stepped(b, ids, targets, rate)
    move, errors = right - b, b[ids] - targets
    formula = "Compare with the formula: each factor, and what it is divided by."
    yield b, "nothing moves", "Is what you compute also subtracted from the table?"
    yield (
        b - move,
        "the step goes uphill: away from the targets",
        ("Down is against the slope. What is the sign of the error when b is too high?"),
    )
    last = b.copy()
    last[ids] -= rate * 2 * errors / n
    one_of = f"id {ids[0]} comes {count[ids[0]]} times in the batch, but only one of them counts"
    yield (
        last,
        one_of,
        (
            "With an id twice, `b[ids] -= …` subtracts once: NumPy keeps the last. A loop adds "
            "all of them, np.add.at too, and there is a product that does."
        ),
    )
    by_turns = b.copy()
    for j, y in zip(ids, targets, strict=True):
        by_turns[j] -= rate * 2 * (by_turns[j] - y) / n
    earlier = (
        "a rating's slope is taken where earlier ratings of the batch have already moved its row"
    )
    yield by_turns, earlier, "One step: all slopes are those of the table before the step."
    yield b + move * n, "the sum of the squared errors is taken, not their mean", formula
    yield (
        b + move / 2,
        "the slope is half of what it should be",
        ("What is the derivative of a square?"),
    )
    yield b + move * n / 2, "neither the 2 of the derivative nor the mean is in there", formula
    yield (
        b + move * n / np.maximum(count, 1),
        "each row's slope is a mean over its own ratings",
        ("By how much is the loss divided: by this row's ratings, or by the whole batch?"),
    )
    yield b + move * n / len(b), "divided by the number of rows, not of ratings", formula
    yield b + move / rate, "the learning rate has no effect", "Where does `rate` go?"
    yield (
        -move / rate,
        "these are the slopes; the new table is still to come",
        ("b minus rate times slope."),
    )
    yield move, "these are the moves; the new table is still to come", "Moves from where?"
    yield (
        -move,
        "these are the moves, turned round; the new table is still to come",
        ("b minus this."),
    )
    yield (
        b - rate * 2 * errors.mean(),
        "every row moves by the same amount",
        ("Each rating pulls at the row of its own id only."),
    )
    yield (
        right[ids],
        f"{n} numbers come back, one for each rating; the table has {len(b)}",
        ("All rows come back, those that stay too."),
    )
