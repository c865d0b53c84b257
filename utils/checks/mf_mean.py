"""Checks of practice 3, MF-mean: r = p_u . q_i + a_u + b_i.

Tiny sizes, all different, so that a table of the wrong size cannot hide: 5 users, 7 items,
3 factors. Known numbers go into the tables; scores are compared with the formula in NumPy, for
pairs together and one at a time, and with the formulas of the usual mistakes, to name them.
"""

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
import pandas as pd

from utils.checks import (
    Mistake,
    Progress,
    close,
    kind,
    output_mistakes,
    penalty_of,
    product_mistakes,
    require,
    require_alone_like_in_company,
    require_gradients,
    require_model,
    require_one_number_a_pair,
    require_penalty_on_factors,
    require_something,
    scorer,
    tables_of,
)

USERS, ITEMS, FACTORS, PENALTY, BIAS_PENALTY = 5, 7, 3, 0.25, 1e-5
progress = Progress()
summary = progress.summary


# 1 -----------------------------------------------------------------------------------------


@progress.exercise("bias_table")
def check_bias_table(bias_table: Callable) -> None:
    """`bias_table(size, name)`: an `Embedding` with one number for each id, starting at 0."""
    from keras import layers

    table = bias_table(USERS, "a_u")
    require_something(table, "an Embedding layer")
    require(
        isinstance(table, layers.Embedding),
        f"expected an Embedding layer, found {kind(table)}",
        "Make the layer and return it; it is applied to the ids later, in build_mf_mean.",
    )
    require(
        (table.input_dim, table.output_dim) != (1, USERS),
        f"one row of {USERS} numbers, where {USERS} rows of one number are expected",
        "Which comes first in layers.Embedding: the number of ids, or of numbers for each?",
    )
    require(
        table.input_dim == USERS,
        f"for {USERS} ids the table has {table.input_dim} rows",
        "Which argument of layers.Embedding is the number of rows? Use the argument `size`.",
    )
    require(
        table.output_dim == 1,
        f"a row holds {table.output_dim} numbers; a bias is a single one",
        "a_u is not a vector. What is output_dim then?",
    )
    if not table.built:
        table.build()
    require(
        not np.any(table.get_weights()[0]),
        "the table does not start at 0, so a user without ratings gets a bias all the same",
        "See what lecture 1 gave to embeddings_initializer for b_i.",
    )
    table.set_weights([np.full((USERS, 1), 2.0)])
    penalty = float(sum(table.losses)) / (4 * USERS)
    require(
        penalty > 0,
        "there is no penalty on the table",
        "It is the argument that factor_table uses: embeddings_regularizer. Others (for example "
        "activity_regularizer) look at a batch.",
    )
    require(
        not np.isclose(2 * penalty, BIAS_PENALTY, rtol=1e-3),
        "the penalty adds up absolute values (L1), or half of the squares; expected: the squares",
        "Which of the regularizers is the sum of squares?",
    )
    require(
        np.isclose(penalty, BIAS_PENALTY, rtol=1e-3),
        f"the penalty is {penalty:.3g} times the sum of squares; expected BIAS_PENALTY = 1e-05",
        "keras.regularizers.L2 takes the factor in front of the sum of squares.",
    )
    require(
        table.name == "a_u",
        "the layer is not called 'a_u', the name that was passed in",
        "Where does the argument `name` go?",
    )


# 2 -----------------------------------------------------------------------------------------

PAIRS = np.array([(0, 3), (4, 0), (2, 2), (1, 4), (4, 1), (3, 0)])  # ids that either table has
TABLES = {  # shape, and what the text calls it
    "p": ((USERS, FACTORS), "p_u, the factors of the users"),
    "q": ((ITEMS, FACTORS), "q_i, the factors of the items"),
    "a": ((USERS, 1), "a_u, the biases of the users"),
    "b": ((ITEMS, 1), "b_i, the biases of the items"),
}


@progress.exercise("build_mf_mean")
def check_build(build_mf_mean: Callable) -> None:
    """`build_mf_mean(num_users, num_items, num_factors, penalty)`: the network, not compiled."""

    model = build_mf_mean(USERS, ITEMS, FACTORS, PENALTY)
    require_model(model)
    score = scorer(model)
    tables = tables_of(model, TABLES, f"{USERS} users, {ITEMS} items and {FACTORS} factors")
    start = {key: np.any(table.numpy()) for key, table in tables.items()}
    rng = np.random.RandomState(1)
    for table in tables.values():
        table.assign(rng.uniform(-1.5, 1.5, size=table.shape))
    values = {key: table.numpy() for key, table in tables.items()}
    _require_formula(score, values)
    require_alone_like_in_company(score, PAIRS)
    require_gradients(score, PAIRS, tables, TABLES)
    _require_penalty(model, score, values, tables)
    require(
        not start["a"] and not start["b"],
        "the biases do not start at 0",
        "Use your bias_table for a_u and b_i.",
    )
    require(
        start["p"] and start["q"],
        "p_u or q_i starts at 0: then the gradient of the product is 0, and it never learns",
        "Lecture 2, section 3. factor_table starts with small random numbers.",
    )


def _formula(pairs, values) -> np.ndarray:
    user, item = pairs.T
    dot = (values["p"][user] * values["q"][item]).sum(axis=1)
    return dot + values["a"][user, 0] + values["b"][item, 0]


def _require_formula(score, values) -> None:
    """Compare with the formula; where it differs, look for the mistake whose formula fits."""
    found, right, n = np.asarray(score(PAIRS)), _formula(PAIRS, values), len(PAIRS)
    found = found[:, 0] if found.shape == (n, 1) else found
    if close(found, right):
        return
    for wrong, symptom, nudge in _known_mistakes(values):
        require(not close(found, wrong), symptom, nudge)
    require_one_number_a_pair(found, n)
    require_alone_like_in_company(score, PAIRS)
    off = found - right
    require(
        np.ptp(off) > 1e-4,
        f"every score is off by the same {off[0]:.3f}: something is added that is in no table",
        "The network gives the distance from the mean. The mean comes back in exercise 5.",
    )
    raise Mistake(
        f"for known tables the pair (user {PAIRS[0, 0]}, item {PAIRS[0, 1]}) should score "
        f"{right[0]:.3f}; it scores {found[0]:.3f}",
        "Compute it by hand from model.get_weights(): which term is not what you expect?",
    )


def _known_mistakes(values) -> Iterator[tuple[np.ndarray, str, str]]:
    """The scores that usual mistakes give, each with symptom and nudge."""
    p, q, a, b = (values[key] for key in "pqab")
    user, item = PAIRS.T
    a_u, b_i = a[user, 0], b[item, 0]
    dot, right, n = (p[user] * q[item]).sum(axis=1), _formula(PAIRS, values), len(PAIRS)
    count = "Compare your sum with the formula, term by term: which, how often, with which sign?"
    for factors, symptom in {
        (1, 0, 1): "the scores do not contain a_u",
        (1, 1, 0): "the scores do not contain b_i",
        (1, 0, 0): "the scores are p_u . q_i alone, without a_u and b_i",
        (0, 1, 1): "the scores lack p_u . q_i",
        (1, 2, 1): "a_u is added twice",
        (1, 1, 2): "b_i is added twice",
        (1, -1, -1): "the biases are subtracted, not added",
    }.items():
        yield np.dot(factors, [dot, a_u, b_i]), symptom, count
    mean = "Which of the functions or layers adds, without dividing?"
    yield right / 3, "the scores are the mean of the three terms, not their sum", mean
    yield dot * (a_u + b_i), "the biases are multiplied, not added", count
    yield dot * a_u * b_i, "the biases are multiplied, not added", count
    yield from product_mistakes(p[user], q[item], a_u + b_i)
    beside = "the three terms stand side by side; they are not added"
    yield np.column_stack([dot, a_u, b_i]), beside, "Joining is not adding: layers.Concatenate?"
    square = f"a vector ({n},) and a column ({n}, 1) are added: that makes {n} x {n} numbers"
    for axes in product((0, 1), repeat=3):
        terms = [np.expand_dims(t, k) for t, k in zip((dot, a_u, b_i), axes, strict=True)]
        yield sum(terms), square, "Print the shapes of the three terms. Lecture 1, section 2."

    yield from output_mistakes(right)

    for ids in product((0, 1), repeat=4):  # which id looks up which table; (0, 1, 0, 1) is right
        i, j, k, l = (PAIRS[:, id] for id in ids)
        wrong = (p[i] * q[j]).sum(axis=1) + a[k, 0] + b[l, 0]
        names = zip(("p_u", "q_i", "a_u", "b_i"), ids, (0, 1, 0, 1), strict=True)
        swapped = [
            f"{name} is looked up with the {('user', 'item')[id]}'s id"
            for name, id, own in names
            if id != own
        ]
        if len(swapped) == 4:
            nudge = "In which order does keras.Model get its inputs? And the sizes of the tables?"
            yield wrong, "users are looked up as items, and items as users", nudge
        else:
            nudge = "Which input goes into which table? And which of them has num_items rows?"
            yield wrong, ", ".join(swapped), nudge


def _require_penalty(model, score, values, tables) -> None:
    a, b = values["a"], values["b"]
    penalty = penalty_of(model, score, values, tables, PAIRS)
    require_penalty_on_factors(penalty, values, PENALTY)
    of_a, of_b = penalty(a=a) / (a**2).sum(), penalty(b=b) / (b**2).sum()
    require(
        max(of_a, of_b) < 0.1 * PENALTY,
        "the biases carry the penalty of the factors; theirs is BIAS_PENALTY",
        "Use your bias_table for a_u and b_i.",
    )
    require(
        np.allclose([of_a, of_b], BIAS_PENALTY, rtol=0.01, atol=0),
        f"the penalty is {of_a:.3g} times the sum of squares on a_u and {of_b:.3g} times on b_i; "
        "expected BIAS_PENALTY = 1e-05 on both",
        "Use your bias_table for a_u and b_i.",
    )


# 3 -----------------------------------------------------------------------------------------


@progress.exercise("split_rows")
def check_split(split_rows: Callable) -> None:
    """`split_rows(rows, seed)`: (train, valid), nine tenths and one tenth, a fair sample."""
    rows = _rows(20, 30)
    before = rows.copy()
    parts = split_rows(rows, 0)
    require_something(parts, "two frames, train and valid")
    several = isinstance(parts, tuple | list)
    kinds = ", ".join(type(part).__name__ for part in parts) if several else kind(parts)
    require(
        kinds == "DataFrame, DataFrame",
        f"expected two frames, train and valid; found {kinds[:60]}",
        "Two frames with a comma between them, after `return`.",
    )
    require(
        rows.equals(before),
        "the rows that were passed in are changed",
        "Work on a copy, or on what rows.sample gives.",
    )
    train, valid = parts
    key = ["user", "item", "rating"]
    require(
        set(key) <= set(train) & set(valid),
        "a column of user, item and rating is missing",
        "Shuffle whole rows, for example with rows.sample.",
    )
    sizes = f"from {len(rows)} rows came {len(train)} for training and {len(valid)} for validation"
    both = pd.concat([train, valid])
    require(
        len(both.merge(rows, on=["user", "item"])) == len(both),
        f"{sizes}: there are rows in them that the function was not given",
        "Work on the argument `rows`, not on a variable of the notebook.",
    )
    shared = both.duplicated(["user", "item"]).sum()
    require(
        shared == 0,
        f"{sizes}, and {shared} rows are in both",
        "What is left for train, once valid is taken out?",
    )
    require(
        np.array_equal(both[key].sort_values(key), rows[key].sort_values(key)),
        f"{sizes}: together they are not the rows given",
        "Every row goes somewhere, and stays together: its user, its item, its rating.",
    )
    require(
        len(valid) != len(rows) - len(rows) // 10,
        f"{sizes}: the wrong way round",
        "Which of the two does the function return first?",
    )
    require(
        len(valid) == len(rows) // 10,
        f"{sizes}; expected a tenth, {len(rows) // 10}, for validation",
        "The text above the exercise says how many.",
    )
    require(
        valid["user"].nunique() > 7,
        f"the {len(valid)} validation rows are of {valid['user'].nunique()} of the 20 users",
        "The rows come sorted by user. Lecture 2, section 10.",
    )
    require(
        valid["item"].nunique() > 7,
        f"the {len(valid)} validation rows are of {valid['item'].nunique()} of the 30 items",
        "The rows of a user come sorted by item. Choose them by chance.",
    )
    again, other = (split_rows(before.copy(), seed)[1] for seed in (0, 1))
    require(
        np.array_equal(again[key], valid[key]),
        "twice the same seed, two different splits",
        "rows.sample takes a random_state.",
    )
    require(
        not np.array_equal(other[key], valid[key]),
        "another seed gives the same split",
        "What is the argument `seed` for?",
    )


# 4 -----------------------------------------------------------------------------------------


@progress.exercise("fit_model")
def check_fit(fit_model: Callable) -> None:
    """`fit_model(model, train, valid, mean)`: compiles, fits with early stopping, the history."""
    import keras

    rows, mean = _rows(12, 15), 3.25
    train, valid = rows.iloc[::2].reset_index(drop=True), rows.iloc[1::2].reset_index(drop=True)

    def look(model, call: dict) -> None:
        require(
            model.compiled,
            "the network was not compiled before fit",
            "Compile: optimizer, loss, metrics. Lecture 2, compile_mf.",
        )
        _require_loss(model.loss)
        _require_rows(
            "what fit trains on", call.get("x"), call.get("y"), train, mean, {"valid": valid}
        )
        _require_validation(call)
        data = call["validation_data"]
        _require_rows("validation_data", data[0], data[1], valid, mean, {"train": train})
        _require_stop(call.get("callbacks"))
        _require_glide(model, call)

    model, calls = _spied_model(12, 15, look)
    history = fit_model(model, train, valid, mean)
    require(
        bool(calls),
        "the network was not trained: fit of the model that is passed in was never called",
        "After compile comes fit. Lecture 2, fit_mf.",
    )
    epochs = calls[0].get("epochs", 1)
    require(
        1 < epochs <= 12,
        f"the number of epochs is {epochs}; the learning rate of adam glides for 12",
        "Which argument of fit says how often it goes over the rows?",
    )
    require_something(history, "the history of the training")
    history = history.history if isinstance(history, keras.callbacks.History) else history
    require(
        isinstance(history, dict),
        f"expected the history of the training, found {kind(history)}",
        "It is what model.fit returns.",
    )
    require(
        "val_rmse" in history,
        f"the history has {', '.join(history)}, but not 'val_rmse', which the curve is drawn from",
        "Compile with the metric that the text names, with its name.",
    )


def _spied_model(num_users: int, num_items: int, look: Callable | None = None):
    """A small network that looks at what its `fit` is given, then does what fit always does."""
    import keras
    from keras import layers

    user, item = (keras.Input((), dtype="int32", name=name) for name in ("user", "item"))
    tables = [layers.Embedding(num_users, 2)(user), layers.Embedding(num_items, 2)(item)]
    model = keras.Model([user, item], layers.Dot(axes=1)(tables))
    calls, fit = [], model.fit
    names = ["x", "y", "batch_size", "epochs", "verbose", "callbacks", "validation_split"]
    names += ["validation_data"]

    def spy(*args, **kwargs):
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        require(not calls, "fit is called more than once", "It takes the number of epochs itself.")
        look(model, given)
        calls.append(given)
        own = [c for c in _list(given.get("callbacks")) if type(c).__module__.startswith("keras")]
        few = min(given.get("epochs", 1), 2)
        model.run_eagerly = True  # for so few rows faster than building a graph
        return fit(**{**given, "epochs": few, "callbacks": own, "verbose": 0})

    model.fit = spy
    return model, calls


def _list(callbacks) -> list:
    """What Keras takes as callbacks: nothing, one, or several."""
    if callbacks is None:
        return []
    return list(callbacks) if isinstance(callbacks, list | tuple) else [callbacks]


def _require_loss(loss) -> None:
    import keras

    require(loss is not None, "compile got no loss", "The formula above the exercise has one.")
    errors = keras.losses.get(loss)(np.array([[1.0], [0.0]]), np.array([[3.0], [0.0]]))
    name = loss if isinstance(loss, str) else getattr(loss, "name", None) or loss.__name__
    require(
        close(np.mean(errors), 2),
        f"the loss {name!r} makes {np.mean(errors):.3g} of the errors 2 and 0; "
        "the mean squared error is 2",
        "Read the first part of the formula aloud: that is the loss.",
    )


def _require_rows(what: str, x, y, own: pd.DataFrame, mean: float, others: dict) -> None:
    """The rows of `own` and no others, users first, with ratings minus the mean as targets."""
    x = [x.get("user"), x.get("item")] if isinstance(x, dict) else x
    require(
        isinstance(x, list | tuple) and len(x) == 2 and y is not None,
        f"{what} is not a list of two inputs, users and items, with targets",
        "pairs(rows) makes the list, above_mean(rows, mean) the targets.",
    )
    user, item, target = (np.asarray(part, dtype=float).reshape(-1) for part in (*x, y))
    require(
        len(user) == len(item) == len(target),
        f"{what}: {len(user)} users, {len(item)} items and {len(target)} targets",
        "All three come from the same frame.",
    )
    given = set(zip(user, item, strict=True))
    known = set(zip(own["user"], own["item"], strict=True))
    require(
        given == known or {(i, u) for u, i in given} != known,
        f"{what}: items come where users belong, and users where items",
        "[users, items], as pairs makes it.",
    )
    for name, frame in others.items():
        foreign = given & set(zip(frame["user"], frame["item"], strict=True))
        require(
            not foreign,
            f"{what} has {len(foreign)} rows of `{name}` in it",
            "Which frame is to learn from, and which to choose with?",
        )
    require(
        not given - known,
        f"{what} has {len(given - known)} pairs that are in neither `train` nor `valid`: "
        "rows of the notebook, perhaps the test rows",
        "Use the arguments of the function, not the notebook's variables.",
    )
    require(
        len(user) == len(own),
        f"{what} has {len(user)} rows; there are {len(own)}",
        "All rows of the frame, each once.",
    )
    order = own.set_index(["user", "item"])["rating"]
    rating = order[list(zip(user, item, strict=True))].to_numpy(float)
    for offset, symptom, nudge in (
        (0, "are the ratings; the training mean is not subtracted", "above_mean subtracts it."),
        (2 * mean, "have the mean subtracted twice", "above_mean does it once."),
        (-mean, "have the mean added to them", "The network learns rating minus mean."),
        (rating.mean(), "are counted from another mean than `mean`", "One mean for all rows."),
    ):
        require(not close(target, rating - offset), f"{what}: the targets {symptom}", nudge)
    require(
        close(target, rating - mean),
        f"{what}: the targets are not the ratings minus `mean`, row by row",
        "Compare with above_mean. Are inputs and targets in the same order?",
    )


def _require_validation(call: dict) -> None:
    require(
        call.get("validation_data") is not None or call.get("validation_split"),
        "there is no validation: fit gets no validation_data",
        "The frame `valid` has not been used yet.",
    )
    require(
        call.get("validation_data") is not None,
        "validation_split takes rows from `train`; `valid` is not used",
        "fit has another argument for rows that have been set aside.",
    )
    data = call["validation_data"]
    require(
        isinstance(data, list | tuple) and len(data) == 2,
        f"validation_data is {kind(data)}, not (inputs, targets)",
        "The same two things for `valid` that fit gets for `train`, in brackets.",
    )


def _require_stop(callbacks) -> None:
    import keras

    stops = [c for c in _list(callbacks) if isinstance(c, keras.callbacks.EarlyStopping)]
    require(
        bool(stops),
        "no early stopping: it is not among the callbacks that fit gets",
        "Making the callback is not enough. Where does fit look for it?",
    )
    require(
        stops[0].monitor.startswith("val_"),
        f"early stopping watches {stops[0].monitor!r}, which is about the training rows",
        "The name of a validation metric begins with val_.",
    )


def _require_glide(model, call: dict) -> None:
    """The learning rate of `adam` reaches 0 after 12 epochs of batches of 1,000."""
    batch_size = call.get("batch_size")
    require(
        batch_size == 1000,
        f"the batch size is {batch_size or 'that of Keras, 32'}; adam counts on batches of 1,000",
        "With more batches in an epoch, the learning rate is 0 long before the end.",
    )
    require(
        isinstance(model.optimizer.get_config()["learning_rate"], dict),
        "the learning rate is constant; that of the function `adam` glides down to 0",
        "optimizer=adam(len(train))",
    )


# 5 -----------------------------------------------------------------------------------------


@progress.exercise("predict_stars")
def check_predict(predict_stars: Callable) -> None:
    """`predict_stars(model, rows, mean)`: an array of shape (len(rows),), in stars."""
    rows, mean = _rows(12, 15).iloc[:40], 3.25
    model, _ = _spied_model(15, 15)  # as many users as items: swapped ids are no error
    model.run_eagerly = True
    rng = np.random.RandomState(2)
    model.set_weights([rng.uniform(-1.5, 1.5, size=w.shape) for w in model.get_weights()])
    user, item = (rows[key].to_numpy() for key in ("user", "item"))
    above, swapped = (np.asarray(model(x))[:, 0] for x in ([user, item], [item, user]))
    stars = above + mean
    try:
        found = predict_stars(model, rows, mean)
    except Exception as error:
        require(
            "is not in [0, 15)" not in str(error),
            "ids are looked up that are not in `rows`",
            "Use the arguments of the function, not the notebook's variables.",
        )
        raise
    require_something(found, "an array of predictions")
    found = np.asarray(found)
    require(
        found.shape != (len(rows), 1),
        f"the shape is {found.shape}, a column; expected ({len(rows)},)",
        "Lecture 1, section 2: subtract a vector from a column, and you get a square.",
    )
    require(
        found.shape == (len(rows),),
        f"the shape is {found.shape}; expected ({len(rows)},), a number for each row",
        "model.predict gives a column; which part of it is wanted?",
    )
    for wrong, symptom, nudge in (
        (
            above,
            "the predictions are distances from the mean, not stars",
            "From what is a distance counted?",
        ),
        (above + 2 * mean, "the mean is added twice", "How often should it be in there?"),
        (above - mean, "the mean is subtracted, not added", "Back from distances to stars."),
        (above * mean, "the mean is multiplied, not added", "Back from distances to stars."),
        (
            swapped + mean,
            "users and items are swapped in the inputs",
            "[users, items]: pairs makes it.",
        ),
        (
            stars.clip(1, 5),
            "predictions below 1 or above 5 are cut off",
            "Leave them as they are for now.",
        ),
        (stars.round(), "the predictions are rounded", "Half a star is a prediction too."),
        (
            np.sort(stars),
            "the predictions are not in the order of the rows",
            "One number for each row, in place.",
        ),
    ):
        require(not close(found, wrong), symptom, nudge)
    off = found - stars
    require(
        np.ptp(off) > 1e-4 or abs(off[0]) < 1e-4,
        f"every prediction is off by {off[0]:.3f}: what is added is not the argument `mean`",
        "Use the arguments of the function, not the notebook's variables.",
    )
    require(
        close(found, stars),
        f"row 0 should be {stars[0]:.3f} stars; it is {found[0]:.3f}",
        "The output of the argument `model` for `rows`, plus `mean`, nothing else.",
    )


# 6 -----------------------------------------------------------------------------------------


@progress.exercise("gain_per_user")
def check_gain(gain_per_user: Callable) -> None:
    """`gain_per_user(rows, without, with_bias)`: Series by user, largest gain first."""
    rows = pd.DataFrame(
        {"user": [3, 3, 8, 8, 8, 1], "item": range(6), "rating": [4.0, 2, 5, 5, 5, 1]}
    )
    without = np.array([3.0, 3, 3, 4, 5, 1])
    with_bias = np.array([4.0, 2, 4, 4, 5, 2])
    found = gain_per_user(rows.copy(), without, with_bias)
    require_something(found, "a Series, one number for each user")
    require(
        isinstance(found, pd.Series),
        f"expected a Series, found {kind(found)}",
        "One column of numbers, with the users as its index.",
    )
    require(
        set(found.index) == {1, 3, 8} and len(found) == 3,
        f"the index is {list(found.index)[:6]}; expected the users, each once",
        "Group by the users: groupby.",
    )
    errors = pd.DataFrame({"user": rows["user"], "old": without, "new": with_bias})
    errors[["old", "new"]] = errors[["old", "new"]].sub(rows["rating"], axis=0)
    squares, sizes = (errors.set_index("user") ** 2).groupby("user"), errors.set_index("user").abs()
    right = squares.mean()["old"] - squares.mean()["new"]
    roots = squares.mean() ** 0.5
    means = sizes.groupby("user").mean()
    found_sorted = found.sort_index().astype(float)
    for wrong, symptom, nudge in (
        (
            -right,
            "the signs are turned round: a gain is an error that became smaller",
            "Which error is the larger one, where the biases help?",
        ),
        (
            squares.sum()["old"] - squares.sum()["new"],
            "the squared errors are added up, not averaged: users with many ratings come first",
            "Which number of all of a user's errors does the text ask for?",
        ),
        (
            roots["old"] - roots["new"],
            "these are differences of roots (RMSE)",
            "The text asks for squared errors, without a root.",
        ),
        (
            means["old"] - means["new"],
            "these are differences of absolute errors",
            "The text asks for squared errors.",
        ),
        (
            squares.mean()["new"],
            "these are the errors with biases",
            "A gain is a difference of two.",
        ),
        (
            squares.mean()["old"],
            "these are the errors without biases",
            "A gain is a difference of two.",
        ),
    ):
        require(not close(found_sorted, wrong), symptom, nudge)
    require(
        close(found_sorted, right),
        f"user 8 gains {found_sorted[8]:.3f}; expected {right[8]:.3f}",
        "The mean of the squared errors without biases, minus the same with them, user by user.",
    )
    require(
        found.is_monotonic_decreasing,
        "the largest gain does not come first",
        "sort_values has an argument for the direction.",
    )


def _rows(num_users: int, num_items: int) -> pd.DataFrame:
    """Ratings of every third pair, sorted by user, as in the file."""
    rng = np.random.RandomState(3)
    user, item = (ids.ravel() for ids in np.indices((num_users, num_items)))
    keep = (user + item) % 3 == 0
    rating = rng.randint(1, 6, size=keep.sum()).astype(float)
    return pd.DataFrame({"user": user[keep], "item": item[keep], "rating": rating})
