"""Checks of practice 3, MF-mean: r = p_u . q_i + a_u + b_i."""

from collections.abc import Callable, Iterator

import keras
import numpy as np
import pandas as pd

from practice.checks import _networks as networks
from practice.checks._engine import Facet, Practice, array, difference, flat, kind, require

practice = Practice("03_mf_mean", given=["imports", "helpers", "build-mf"])
summary = practice.summary
KEY = ["user", "item", "rating"]


def some_rows(draw: int, users: int = 23, items: int = 31) -> pd.DataFrame:
    rng = np.random.RandomState(draw + 3)
    user, item = (x.ravel() for x in np.indices((users, items)))
    keep = (user + item + draw) % 3 == 0
    rating = rng.randint(1, 6, size=keep.sum()).astype(float)
    frame = pd.DataFrame({"user": user[keep], "item": item[keep], "rating": rating})
    return frame.set_axis(np.arange(len(frame)) * 2 + 50)


# 1 -----------------------------------------------------------------------------------------
def bias_facets(bias_table: Callable, draw: int) -> Iterator[Facet]:
    size, name = ((6, "a_u"), (11, "c_k"))[draw]
    layer, make = bias_table(size, name), "Make it and return it; build_mf_mean applies it to ids."
    embedding = isinstance(layer, keras.layers.Embedding)
    require(embedding, f"expected an Embedding layer, found {kind(layer)}", make)
    found = f"for {size} ids the table has {layer.input_dim} rows of {layer.output_dim} numbers"
    fits = (layer.input_dim, layer.output_dim) == (size, 1)
    require(fits, f"{found}; expected {size} rows of 1", "Which argument is which? See its help.")
    ids = keras.Input((), dtype="int32")
    model, words, names = keras.Model(ids, layer(ids)), {(size, 1): "the table"}, {name: (size, 1)}
    yield from networks.look(model, networks.ids(draw, size)[:1], words, draw, names=names)


check_bias_table = practice.exercise("bias_table", "ex-bias-table", bias_facets)

# 2 -----------------------------------------------------------------------------------------
SIZES = [(6, 9, 4, 0.25), (8, 7, 5, 0.125)]  # users, items, factors, penalty


def known_tables(draw: int) -> tuple[dict, list, int]:
    return networks.known_tables(draw, *SIZES[draw][:2], pq=SIZES[draw][2], ab=1)


def build_facets(build: Callable, draw: int) -> Iterator[Facet]:
    tables, pairs, _ = known = known_tables(draw)
    build(*SIZES[draw])  # the second one has other names, if Keras makes them up
    model, words = build(*SIZES[draw]), networks.words(tables)
    names = {"a_u": tables["a"], "b_i": tables["b"], "mf_mean": None}
    say = lambda found, _: networks.sum_of_terms(found, *networks.terms_of(*known))  # noqa: E731
    yield from networks.look(model, pairs, words, draw, names=names, say_scores=say)


def build_rows(draw: int) -> Iterator[tuple]:
    p, q, a, b = networks.looked_up(*known_tables(draw), "pqab")
    dot, one, other = (p * q).sum(axis=1), p + a, q + b
    a, b = a[:, 0], b[:, 0]
    yield from networks.mixed(p, q, a + b)
    outside = "The biases are added to the product of the two vectors, not to the vectors."
    for symptom, scores in {
        "the biases are inside the product": (one * other).sum(axis=1),
        "a_u is inside the product, added to each factor": (one * q).sum(axis=1) + b,
        "b_i is inside the product, added to each factor": (p * other).sum(axis=1) + a,
        "a_u is in the product and in the sum": (one * q).sum(axis=1) + a + b,
        "b_i is in the product and in the sum": (p * other).sum(axis=1) + a + b,
        "the biases are multiplied, not added: p_u . q_i times their sum": dot * (a + b),
        "the biases are multiplied, not added: all three terms": dot * a * b,
        "the biases are multiplied with each other": dot + a * b,
    }.items():
        yield symptom, outside, {"the scores": scores}


check_build = practice.exercise("build_mf_mean", "ex-build", build_facets, build_rows)


# 3 -----------------------------------------------------------------------------------------
def split_facets(split_ratings: Callable, draw: int) -> Iterator[Facet]:
    rows, seed = some_rows(draw, 45, 92)[:1377], draw + 4
    parts = split_ratings(rows, seed)
    two = f"expected two frames, train and valid; found {kind(parts)}"
    frames = kind(parts).endswith(" of DataFrame, DataFrame")
    require(frames, two, "Two frames with a comma between them, after `return`.")
    train, valid = parts
    complete, whole = set(KEY) <= {*train} & {*valid}, "Shuffle it whole, as ratings.sample does."
    require(complete, "a column of user, item and rating is missing", whole)
    both, size = pd.concat(parts)[KEY], len(rows) // 10
    strange = len(both) - len(both.merge(rows, on=KEY))
    again, shared = (one.duplicated(KEY[:2]).sum() for one in (valid, both))
    few = [name for name in KEY[:2] if valid[name].nunique() <= 10]
    of = [f"{valid[name].nunique()} of the {rows[name].nunique()} {name}s" for name in few]
    others = [split_ratings(rows.copy(), k)[1][KEY] for k in (seed, seed + 1)]
    given = "Every rating of the argument goes somewhere, with its user and its item."
    sizes = f"from {len(rows)} came {len(train)} for training and {len(valid)} for validation"
    for wrong, symptom, nudge in (
        (strange, f"{sizes}: {strange} ratings are in them that the function was not given", given),
        (again, f"{sizes}, and {again} of these are in there more than once: they are put back", "Draw without replacement: each rating once."),
        (shared, f"{sizes}, and {shared} ratings are in both", "What is left for train without valid?"),
        (len(valid) > len(train), f"{sizes}: the wrong way round", "Which is returned first?"),
        (len(valid) != size, f"{sizes}; expected a tenth, len(ratings) // 10 = {size}, for validation", "How many the text says; a fraction is rounded up or down."),
        (len(both) != len(rows), f"{sizes}: together they are not all ratings", given),
        (few, f"the {len(valid)} ratings for validation are of {' and '.join(of)}", "The ratings come sorted by user, and a user's by item. Choose them by chance."),
        (not np.array_equal(others[0], valid[KEY]), "twice the same seed, two different splits", "ratings.sample takes a random_state."),
        (np.array_equal(others[1], valid[KEY]), "another seed gives the same split", "What is `seed` for?"),
    ):  # fmt: skip
        require(not wrong, symptom, nudge)
    yield Facet("the split", True)


check_split = practice.exercise("split_ratings", "ex-split", split_facets)

# 4 -----------------------------------------------------------------------------------------
LIST = "Compare with the list above the exercise, point by point."
ARGUMENTS = "x y batch epochs callbacks error validation_data validation_batch_size shuffle".split()
STOPPING = "monitor patience restore_best_weights start_from_epoch min_delta baseline"
NEVER = ("the network was not trained: fit of the model that is passed in was never called",
    "After compile comes fit. Lecture 2, fit_mf.")  # fmt: skip
TWICE = ("fit is called more than once", "It takes the number of epochs itself.")
LATE = ("the network was not compiled before fit", "First comes compile. Lecture 2, compile_mf.")
NO_LOSS = ("compile got no loss", "Read the first part of the formula aloud: that is the loss.")
NO_STOP = ("no early stopping: it is not among the callbacks that fit gets", "fit has an argument.")
NO_RMSE = ("no metric is called rmse, so there is no 'val_rmse' for early stopping to watch", LIST)
RMSE = ("the metric called rmse is not the root mean squared error", LIST)
MODE = ("early stopping takes the highest RMSE for the best (mode)", "An RMSE should be low.")


def small_model(users: int, items: int):
    """The network that is given, with known numbers in its tables."""
    model = practice.world["build_mf"](users, items, 2, 0.0)
    networks.fill(model, 0)
    return model


def spied(model) -> dict:
    """What the `fit` of a network will be given; it trains for two epochs at most."""
    given, fit = {}, model.fit

    def spy(x=None, y=None, batch_size=None, epochs=1, verbose=0, callbacks=None, **more):
        require(not given, *TWICE)
        require(model.compiled, *LATE)
        callbacks = callbacks if isinstance(callbacks, list | tuple) else [callbacks]
        own = [one for one in callbacks if type(one).__module__.startswith("keras")]
        given.update(more, x=x, y=y, batch=batch_size or 32, epochs=epochs, callbacks=own)
        model.run_eagerly = True  # for so few batches faster than building a graph
        try:
            return fit(x, y, batch_size, min(epochs, 2), 0, own, **more)
        except Exception as error:  # what is wrong with the call can be said better
            given["error"] = error
            return keras.callbacks.History()

    model.fit = spy
    return given


def fit_facets(fit_model: Callable, draw: int) -> Iterator[Facet]:
    rows, mean = some_rows(draw, 45, 92).sample(frac=1, random_state=3), (3.25, 2.75)[draw]
    train, valid, model = rows[:1003], rows[1003:1203], small_model(45, 92)
    call, fit_model.may_change = spied(model), ("model",)
    history = fit_model(model, train, valid, mean)
    require(call, *NEVER)
    require(model.loss is not None, *NO_LOSS)
    loss = keras.losses.get(model.loss)(np.array([[1.0], [0.0]]), np.array([[3.0], [0.0]]))
    yield Facet("what the loss makes of the errors 2 and 0", float(np.mean(loss)), NO_LOSS[1])
    data, split = call.get("validation_data"), call.get("validation_split")
    without = f"there is no validation_data in fit (validation_split is {split})"
    require(data is not None, without, "`valid` is to validate on. fit has an argument for it.")
    frames, pair = {"train": train, "valid": valid}, isinstance(data, list | tuple)
    yield targets_of("what fit trains on", call["x"], call["y"], "train", frames, mean)
    x, y = data if pair and len(data) == 2 else (data, None)
    yield targets_of("validation_data", x, y, "valid", frames, mean)
    if hasattr(call["x"], "as_numpy_iterator"):  # its batches are made already
        call["batch"] = len(next(call["x"].as_numpy_iterator())[1])
    stop = [one for one in call["callbacks"] if type(one).__name__ == "EarlyStopping"]
    require(stop, *NO_STOP)
    more = sorted(k for k, one in call.items() if k not in ARGUMENTS and one is not None)
    yield Facet("the arguments", more, ("fit gets {found}; the text asks for none of it", LIST))
    settings = {"the batch size": call["batch"], "the number of epochs": call["epochs"]}
    settings |= {f"early stopping: its argument {k}": getattr(stop[0], k) for k in STOPPING.split()}
    for name, value in settings.items():
        yield Facet(name, value, LIST)
    networks.fill(model, draw)
    inputs, targets = [valid[name].to_numpy() for name in KEY[:2]], valid["rating"].to_numpy()
    rmse = model.evaluate(inputs, targets, verbose=0, return_dict=True).get("rmse")
    require(rmse is not None, *NO_RMSE)
    if "error" in call:
        raise call["error"]
    yield Facet("the metric called rmse", rmse, RMSE)
    require(bool(stop[0].monitor_op(1.0, 2.0)), *MODE)
    yield Facet("the optimizer", type(model.optimizer).__name__, LIST)
    steps, rate = 12 * int(np.ceil(len(train) / 1000)), model.optimizer._learning_rate
    for k in (0, steps // 3, steps):
        name = f"the learning rate after {k} of the {steps} steps that 12 epochs have"
        counts = "optimizer=adam(len(train)): it counts the steps, batches times epochs."
        yield Facet(name, float(rate(k) if callable(rate) else rate), counts)
    history = history.history if isinstance(history, keras.callbacks.History) else history
    curve = f"expected the history of the training, with 'val_rmse' in it; found {kind(history)}"
    fits = isinstance(history, dict) and "val_rmse" in history
    require(fits, curve, "It is what model.fit returns.")


def columns_of(x: object, y: object) -> list[np.ndarray]:
    """User, item and target of what fit gets, in any form; nothing if there are not three."""
    if hasattr(x, "as_numpy_iterator"):
        batches = [columns_of(*both) for both in x.as_numpy_iterator()]
        return [np.concatenate(parts) for parts in zip(*batches, strict=True)]
    x = [x.get("user"), x.get("item")] if isinstance(x, dict) else x
    two = isinstance(x, list | tuple) and len(x) == 2 and y is not None
    return [flat(np.asarray(part, float)) for part in (*x, y)] if two else []


def targets_of(what: str, x: object, y: object, name: str, frames: dict, mean: float) -> Facet:
    """The target for each rating of a frame; a `Mistake` if fit gets other rows than these."""
    columns, (another,) = columns_of(x, y), {*frames} - {name}
    form = f"{what} is not a list of two inputs, users and items, with targets; found {kind(x)}"
    require(columns, form, "pairs(ratings) makes the list, centred(ratings, mean) the targets.")
    users, items, targets = (len(column) for column in columns)
    many = f"{what}: {users} users, {items} items and {targets} targets"
    require(users == items == targets, many, "All three come from the same frame.")
    pairs = pd.MultiIndex.from_arrays(columns[:2])
    mine, theirs = (frames[one].set_index(KEY[:2])["rating"] for one in (name, another))
    strange, foreign = (~pairs.isin(mine.index)).sum(), pairs.isin(theirs.index).sum()
    turned = strange and pairs.swaplevel().isin(mine.index).all()
    exchanged = f"{what}: items come where users belong, and users where items"
    require(not turned, exchanged, "[users, items], as pairs makes it.")
    found = f"{what} has {users} ratings, {foreign} of them of `{another}`, {strange - foreign} of "
    found += f"neither `train` nor `valid`; expected the {len(mine)} of `{name}`, each once"
    which = "Which frame is to learn from, and which to choose with?"
    require(not strange and users == len(mine), found, which)

    def say(found: np.ndarray, right: np.ndarray) -> tuple[str, str]:
        symptom, _ = difference(f"{what}: the targets", found, right)
        times = (1 - (found - right) / mean).round(3)  # that the mean is subtracted
        if np.ptp(times) == 0:
            often = f"the mean is subtracted {times[0]:.0f} times from the ratings; expected once"
            another = "another mean than `mean` is subtracted from the ratings"
            symptom = f"{what}: {another if times[0] % 1 else often}"
        return symptom, "Compare with centred(ratings, mean), one by one."

    return Facet(f"{what}: the targets", pd.Series(columns[2], pairs)[mine.index].to_numpy(), say)


check_fit = practice.exercise("fit_model", "ex-fit", fit_facets, (), "the history")


# 5 -----------------------------------------------------------------------------------------
def predict_facets(predict_stars: Callable, draw: int) -> Iterator[Facet]:
    mean, rows = (3.25, 2.5)[draw], some_rows(draw).sample(frac=1, random_state=draw)
    for n, shape in ((43, "(n, 1)"), (1, "(n, 1)"), (43, "(n,)")):
        model = small_model(32, 32)  # swapped ids are no error
        if shape == "(n,)":
            model = keras.Model(model.inputs, keras.ops.squeeze(model.output, axis=1))
        model.run_eagerly = True
        what = f"the prediction of {n} rating{'s' * (n > 1)} by a network that gives {shape}"
        yield Facet(what, array(predict_stars(model, rows[:n].copy(), mean)), OUTPUT)


OUTPUT = "The output of `model` for `ratings`, plus `mean`, nothing else."
STARS = "From r - mu back to stars: how often is the mean in there?"
PREDICT = [
    ("for a network that gives a vector, (n,), it takes a column of it ([:, 0]), which only (n, 1) has", "np.ravel(...) makes (n,) of both.", {"stops": "too many indices|input dim 1"}),
    ("the predictions are centred, r - mu, not stars", STARS, ("mean + ", "")),
    ("the mean is subtracted, not added", STARS, ("mean + ", "-mean + ")),
    ("the mean is multiplied, not added", STARS, ("mean + ", "mean * ")),
    ("users and items are swapped in the inputs", "[users, items]: pairs makes it.", ("pairs(ratings)", "pairs(ratings)[::-1]")),
]  # fmt: skip
check_predict = practice.exercise("predict_stars", "ex-predict", predict_facets, PREDICT)


# 6 -----------------------------------------------------------------------------------------
def gain_facets(gain_per_user: Callable, draw: int) -> Iterator[Facet]:
    rng, n = np.random.RandomState(draw), 39
    user = np.array([30, 8, 3, 11, 25, 14, 12, 1, 19, 7, 22, 5])[rng.randint(12, size=n)]
    rows = pd.DataFrame({"user": user, "item": rng.permutation(n)})
    rows["rating"] = rng.randint(1, 6, n).astype(float)
    rows = rows.set_axis(rng.permutation(n) * 3 + 50)
    without, with_bias = rng.uniform(1, 5, size=(2, n)).round(2)
    found = gain_per_user(rows, without, with_bias)
    one = "One column of numbers, with the users as its index."
    require(isinstance(found, pd.Series), f"expected a Series, found {kind(found)}", one)
    users = f"the index has {len(found)} entries, {list(found.index)[:4]}, ...; expected the "
    users += f"{len(set(user))} users, each once"
    require(sorted(found.index) == sorted(set(user)), users, "Group by the users, and keep all.")
    gains = found.sort_index().to_numpy(float)
    yield Facet("the gains of the users, in the order of their ids", gains)
    order = "sort_values has arguments for the direction, and for what it goes by."
    yield Facet("the order", list(found.index), ("the largest gain does not come first", order))


def by_user(rows: pd.DataFrame, stars: np.ndarray, size=np.square) -> pd.Series:
    """The mean error of each user."""
    errors = pd.Series(size(stars - rows["rating"].to_numpy()))
    return errors.groupby(rows["user"].to_numpy()).mean()


TWO, LARGEST = "A gain is a difference of two.", "sort_values has an argument for the direction."
SQUARED = "The text asks for the mean of squared errors, user by user, without a root."
SORT = "sort_values(ascending=False)"
GAIN = [
    ("the signs are turned round: a gain is an error that became smaller", TWO, lambda r, a, b: by_user(r, b) - by_user(r, a)),
    ("the squared errors are added up, not averaged: users with many ratings come first", SQUARED, ("mean()", "sum()")),
    ("errors are averaged before they are squared", SQUARED, lambda r, a, b: by_user(r, a, np.array) ** 2 - by_user(r, b, np.array) ** 2),
    ("it is the median of a user's errors, not their mean", SQUARED, ("mean()", "median()")),
    ("these are differences of roots (RMSE)", SQUARED, lambda r, a, b: by_user(r, a) ** 0.5 - by_user(r, b) ** 0.5),
    ("these are differences of absolute errors", SQUARED, lambda r, a, b: by_user(r, a, np.abs) - by_user(r, b, np.abs)),
    ("the squares are of the difference of the two predictions", SQUARED, lambda r, a, b: by_user(r, a - b + r["rating"].to_numpy())),
    ("these are the errors with biases", TWO, lambda r, a, b: by_user(r, b)),
    ("these are the errors without biases", TWO, lambda r, a, b: by_user(r, a)),
    ("the gain is divided by the error without biases: a share of it", "A difference.", lambda r, a, b: 1 - by_user(r, b) / by_user(r, a)),
    ("each rating's gain is divided by its error without biases: a share of it", "A difference.", ("gain = ", 'gain = (without - ratings["rating"]) ** -2.0 * ('), ("** 2\n", "** 2)\n")),
    ("predictions and ratings are put together by an index, not one by one", "pandas aligns what has an index, and gives nan for labels without a partner: to_numpy()?", lambda r, a, b: by_user(r, a) * np.nan),
    ("users are sorted by the size of the change, whatever its sign", "A loss is no gain.",
        (SORT, "sort_values(ascending=False, key=np.abs)")),
    ("the smallest gain comes first; the largest should", LARGEST, (SORT, "sort_values()")),
    ("users come in the order of their ids, not of their gain", LARGEST, (f".{SORT}", "")),
]  # fmt: skip
check_gain = practice.exercise("gain_per_user", "ex-gain", gain_facets, GAIN, "a Series")
