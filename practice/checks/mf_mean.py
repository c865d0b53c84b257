"""Checks of practice 3, MF-mean: r = p_u . q_i + a_u + b_i."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from practice.checks._engine import Facet, Practice, array, flat, kind, require, shapes
from practice.checks._networks import fill, ids, known, look, mixed, products, sum_of_terms, swapped

practice = Practice("03_mf_mean", given=["imports", "helpers", "build-mf"])
summary = practice.summary


def some_rows(draw: int, users: int = 23, items: int = 31) -> pd.DataFrame:
    """Ratings of every third pair, sorted by user as in the file, with an index of their own."""
    rng = np.random.RandomState(draw + 3)
    user, item = (x.ravel() for x in np.indices((users, items)))
    keep = (user + item + draw) % 3 == 0
    rating = rng.randint(1, 6, size=keep.sum()).astype(float)
    frame = pd.DataFrame({"user": user[keep], "item": item[keep], "rating": rating})
    return frame.set_axis(np.arange(len(frame)) * 2 + 50)


# 1 -----------------------------------------------------------------------------------------


def bias_facets(bias_table: Callable, draw: int) -> Iterator[Facet]:
    """A layer with one number for each id."""
    import keras

    size, name = ((6, "a_u"), (11, "c_k"))[draw]
    layer = bias_table(size, name)
    make = "Make the layer and return it; it is applied to the ids later, in build_mf_mean."
    expected = f"expected an Embedding layer, found {kind(layer)}"
    yield Facet("the kind", isinstance(layer, keras.layers.Embedding), (expected, make))
    rows = "Which argument of layers.Embedding is the number of rows, which that of the columns?"
    yield Facet(
        "the table",
        (layer.input_dim, layer.output_dim),
        lambda found, right: (
            f"for {size} ids the table has {found[0]} rows of {found[1]} numbers; expected "
            f"{right[0]} rows of {right[1]}",
            rows,
        ),
    )
    if not layer.built:
        layer.build()
    frozen = f"the table is frozen (trainable={layer.trainable}): training cannot move it"
    yield Facet("trainable", layer.trainable, (frozen, "It has to learn."))
    limit = (
        "a constraint keeps numbers out",
        "A bias may be negative: no constraint is asked for.",
    )
    yield Facet("the constraint", layer.embeddings_constraint is None, limit)
    start = "the table does not start at 0, so a user without ratings gets a bias all the same"
    zeros = "embeddings_initializer says how the table starts; its default is random."
    yield Facet("the start", not np.any(layer.get_weights()[0]), (start, zeros))
    penalties = []
    for value in (2.0, 3.0):
        layer.set_weights([np.full((size, 1), value)])
        penalties.append(float(sum(layer.losses)) / size * 1e5)
    yield Facet("the penalty", penalties, say_bias_penalty)
    where = f"the layer is not called {name!r}, the name that was passed in"
    yield Facet("the name", layer.name, (where, "Where does the argument `name` go?"))


def say_bias_penalty(found: list[float], _: object) -> tuple[str, str]:
    """The hint for a penalty, given that of all twos and of all threes."""
    if not found[0]:
        return (
            "there is no penalty on the table",
            "It is the argument that factor_table uses: embeddings_regularizer.",
        )
    if np.isclose(found[0] / 2, found[1] / 3):
        return "the penalty adds up absolute values (L1), not squares", "Which regularizer squares?"
    return (
        f"the penalty is {found[0] / 4e5:.3g} times the sum of squares; expected BIAS_PENALTY, 1e-05",
        "keras.regularizers.L2 takes the factor in front of the sum of squares.",
    )


check_bias_table = practice.exercise(
    "bias_table", "ex-bias-table", bias_facets, returns="an Embedding layer"
)


# 2 -----------------------------------------------------------------------------------------

SIZES = [
    {"num_users": 6, "num_items": 9, "num_factors": 4, "penalty": 0.25},
    {"num_users": 8, "num_items": 7, "num_factors": 5, "penalty": 0.125},
]
ORDER = "Which input goes into which table, and in which order does keras.Model get them?"


def build_facets(build: Callable, draw: int) -> Iterator[Facet]:
    """The network, with known numbers in its tables."""
    users, items, factors, penalty = SIZES[draw].values()
    words = {
        (users, factors): "p_u, the factors of the users",
        (items, factors): "q_i, the factors of the items",
        (users, 1): "a_u, the biases of the users",
        (items, 1): "b_i, the biases of the items",
    }
    names = {"a_u": (users, 1), "b_i": (items, 1), "mf_mean": None}
    build(users, items, factors, penalty)  # the second one has other names, if Keras makes them up
    model = build(users, items, factors, penalty)
    pairs = ids(draw, min(users, items))
    yield from look(
        model, pairs, words, draw, names=names, say_scores=lambda f, _: say_sum(f, draw)
    )


def tables(draw: int) -> tuple[Callable, ...]:
    """p, q, a and b of the ids "u" or "i", filled with known numbers."""
    users, items, factors, _ = SIZES[draw].values()
    pairs = dict(zip("ui", ids(draw, min(users, items)), strict=True))
    shapes = (users, factors), (items, factors), (users, 1), (items, 1)
    values = [known(shape, draw) for shape in shapes]
    return tuple(lambda id, table=table: table[pairs[id]] for table in values)


def say_sum(found: np.ndarray, draw: int) -> tuple[str, str] | None:
    """Which terms are wrong."""
    p, q, a, b = tables(draw)
    dot = (p("u") * q("i")).sum(axis=1)
    terms = {"p_u . q_i": dot, "a_u": a("u")[:, 0], "b_i": b("i")[:, 0]}
    instead = {
        "p_u . q_i": [
            *products(p("u"), q("i")),
            *swapped("pq", lambda c: (p(c[0]) * q(c[1])).sum(axis=1)),
        ],
        "a_u": list(swapped("a", lambda c: a(c)[:, 0])),
        "b_i": list(swapped("b", lambda c: b(c)[:, 0])),
    }
    return sum_of_terms(found, terms, instead)


def build_rows(draw: int) -> Iterator[tuple]:
    """What is no sum of the terms."""
    p, q, a, b = (table(id) for table, id in zip(tables(draw), "uiui", strict=True))
    dot, a_u, b_i = (p * q).sum(axis=1), a[:, 0], b[:, 0]
    yield from mixed(p, q, a_u + b_i)
    outside = "The biases are added to the product of the two vectors, not to the vectors."
    for symptom, scores in (
        ("the biases are inside the product", ((p + a) * (q + b)).sum(axis=1)),
        ("a_u is inside the product, added to each factor", ((p + a) * q).sum(axis=1) + b_i),
        ("b_i is inside the product, added to each factor", (p * (q + b)).sum(axis=1) + a_u),
        ("a_u is in the product and in the sum", ((p + a) * q).sum(axis=1) + a_u + b_i),
        ("b_i is in the product and in the sum", (p * (q + b)).sum(axis=1) + a_u + b_i),
        ("the biases are multiplied, not added: p_u . q_i times their sum", dot * (a_u + b_i)),
        ("the biases are multiplied, not added: all three terms", dot * a_u * b_i),
        ("the biases are multiplied with each other", dot + a_u * b_i),
    ):
        yield symptom, outside, {"the scores": scores}


check_build = practice.exercise(
    "build_mf_mean", "ex-build", build_facets, build_rows, "a keras.Model"
)


# 3 -----------------------------------------------------------------------------------------

KEY = ["user", "item", "rating"]


def split_facets(split_ratings: Callable, draw: int) -> Iterator[Facet]:
    """Two frames, a fair sample."""
    rows, seed = some_rows(draw, 45, 92)[:1377], draw + 4
    parts = split_ratings(rows, seed)
    found = ", ".join(type(one).__name__ for one in parts) if type(parts) in (tuple, list) else ""
    two = f"expected two frames, train and valid; found {found[:60] or kind(parts)}"
    yield Facet("the kind", found, (two, "Two frames with a comma between them, after `return`."))
    train, valid = parts
    columns = set(KEY) <= set(train) & set(valid)
    lost = "a column of user, item and rating is missing"
    yield Facet("the columns", columns, (lost, "Shuffle the whole frame, as ratings.sample does."))
    sizes = (
        f"from {len(rows)} ratings came {len(train)} for training and {len(valid)} for validation"
    )
    both = pd.concat([train, valid])[KEY]
    merged = both.merge(rows, on=KEY[:2])
    given = "Every rating of the argument goes somewhere, with its user and its item."
    for name, count, what in (
        (
            "strange rows",
            len(both) - len(merged),
            "ratings are in them that the function was not given",
        ),
        (
            "torn rows",
            (merged["rating_x"] != merged["rating_y"]).sum(),
            "pairs have another rating",
        ),
    ):
        yield Facet(name, int(count), (f"{sizes}: {count} {what}", given))
    again = valid.duplicated(KEY[:2]).sum()
    twice = f"{sizes}, and {again} of these are in there more than once: they are put back"
    yield Facet("twice", int(again), (twice, "Draw without replacement: each rating once."))
    shared = both.duplicated(KEY[:2]).sum()
    left = (f"{sizes}, and {shared} ratings are in both", "What is left for train without valid?")
    yield Facet("shared", int(shared), left)
    tenth = f"expected a tenth, len(ratings) // 10 = {len(rows) // 10}, for validation"
    turned = len(valid) > len(train)
    yield Facet("the order", turned, (f"{sizes}: the wrong way round", "Which is returned first?"))
    many = "How many the text says; a fraction is rounded up or down."
    yield Facet("the size", len(valid), (f"{sizes}; {tenth}", many))
    yield Facet("all rows", len(both), (f"{sizes}: together they are not all ratings", given))
    for name, least in (("user", 10), ("item", 10)):
        n = valid[name].nunique()
        few = f"the {len(valid)} ratings for validation are of {n} of the {rows[name].nunique()} {name}s"
        why = "The ratings come sorted by user, and a user's by item."
        yield Facet(f"{name}s", n > least, (few, f"{why} Choose them by chance."))
    others = [split_ratings(rows.copy(), k)[1][KEY] for k in (seed, seed + 1)]
    same = np.array_equal(others[0], valid[KEY])
    seeded = ("twice the same seed, two different splits", "ratings.sample takes a random_state.")
    yield Facet("repeatable", same, seeded)
    differs = not np.array_equal(others[1], valid[KEY])
    yield Facet("by seed", differs, ("another seed gives the same split", "What is `seed` for?"))


check_split = practice.exercise(
    "split_ratings", "ex-split", split_facets, returns="two frames, train and valid"
)


# 4 -----------------------------------------------------------------------------------------

LIST = "Compare with the list above the exercise, point by point."


def small_model(users: int, items: int):
    """A network of two tables, with known numbers."""
    import keras

    user, item = (keras.Input((), dtype="int32", name=name) for name in ("user", "item"))
    tables = (keras.layers.Embedding(n, 2)(x) for n, x in ((users, user), (items, item)))
    model = keras.Model([user, item], keras.layers.Dot(axes=1)(list(tables)))
    fill(model, 0)
    return model


class Spy:
    """Stands for the `fit` of a network: notes what it is given, and trains for two epochs."""

    def __init__(self, model) -> None:
        self.model, self.fit, self.calls, self.error = model, model.fit, [], None
        model.fit = self

    def __call__(self, *args, **kwargs):
        import keras

        names = ["x", "y", "batch_size", "epochs", "verbose", "callbacks"]
        names += ["validation_split", "validation_data"]
        given = dict(zip(names, args, strict=False)) | kwargs
        once = ("fit is called more than once", "It takes the number of epochs itself.")
        require(not self.calls, *once)
        before = "Compile: optimizer, loss, metrics. Lecture 2, compile_mf."
        require(self.model.compiled, "the network was not compiled before fit", before)
        callbacks = given.get("callbacks") or []
        callbacks = callbacks if isinstance(callbacks, list | tuple) else [callbacks]
        own = [one for one in callbacks if type(one).__module__.startswith("keras")]
        self.calls.append(given | {"callbacks": own})
        self.model.run_eagerly = True  # for so few batches faster than building a graph
        few = {"callbacks": own, "epochs": min(given.get("epochs", 1), 2), "verbose": 0}
        try:
            return self.fit(**(given | few))
        except Exception as error:  # what is wrong with the call can be said better
            self.error = error
            return keras.callbacks.History()


def fit_facets(fit_model: Callable, draw: int) -> Iterator[Facet]:
    """What fit gets, and how the network was compiled."""
    import keras

    train, valid, mean = fit_inputs(draw)
    model = small_model(45, 92)
    spy, fit_model.may_change = Spy(model), ("model",)
    history = fit_model(model, train, valid, mean)
    never = "the network was not trained: fit of the model that is passed in was never called"
    yield Facet("fit", len(spy.calls), (never, "After compile comes fit. Lecture 2, fit_mf."))
    call = spy.calls[0]
    yield Facet("the loss", error_of(model.loss), say_loss)
    data = call.get("validation_data")
    split = "validation_split takes ratings from `train`; `valid` is not used"
    without = split if call.get("validation_split") else "there is no validation in fit"
    yield Facet("validation", data is None, (without, "fit has an argument for a validation set."))
    pair = isinstance(data, list | tuple) and len(data) == 2
    same_two = "The same two things for `valid` that fit gets for `train`, in brackets."
    two = (f"validation_data is {kind(data)}, not (inputs, targets)", same_two)
    yield Facet("its form", pair or hasattr(data, "as_numpy_iterator"), two)
    columns, batch = columns_of(call.get("x"), call.get("y"))
    yield from rows_facets(TRAINED, columns, train, {"valid": valid}, mean)
    columns, _ = columns_of(*(data if pair else (data, None)))
    yield from rows_facets("validation_data", columns, valid, {"train": train}, mean)
    weighted = call.get("sample_weight") is not None or call.get("class_weight") is not None
    plain = (
        "some ratings have more weight in the loss than others",
        "The formula is a plain mean.",
    )
    yield Facet("weights", weighted, plain)
    yield Facet("the batch size", batch or call.get("batch_size") or 32, LIST)
    yield Facet("the number of epochs", call.get("epochs", 1), LIST)
    stops = [one for one in call["callbacks"] if type(one).__name__ == "EarlyStopping"]
    none = "no early stopping: it is not among the callbacks that fit gets"
    yield Facet("early stopping", len(stops), (none, "Where does fit look for callbacks?"))
    for name, said in STOPPING.items():
        yield Facet(f"early stopping: {said}", getattr(stops[0], name), LIST)
    none = "there is no metric called rmse, so there is no 'val_rmse' for early stopping to watch"
    yield Facet("the metric", "monitor" in str(spy.error), (none, LIST))
    if spy.error:
        raise spy.error
    inputs = [valid[name].to_numpy() for name in KEY[:2]]
    targets = valid["rating"].to_numpy() - mean
    true = float(np.sqrt(np.mean((flat(np.asarray(model(inputs))) - targets) ** 2)))
    shown = model.evaluate(inputs, targets, verbose=0, return_dict=True).get("rmse", true)
    other = ("the metric called rmse is not the root mean squared error", LIST)
    yield Facet("the metric's value", bool(abs(shown - true) < 1e-3), other)
    lowest = bool(stops[0].monitor_op(1.0, 2.0))
    wrong = ("early stopping takes the highest RMSE for the best (mode)", "An RMSE should be low.")
    yield Facet("the mode", lowest, wrong)
    yield Facet("the optimizer", type(model.optimizer).__name__, LIST)
    steps, rate = 12 * int(np.ceil(len(train) / 1000)), model.optimizer._learning_rate
    rates = [float(rate(k) if callable(rate) else rate) for k in (0, steps // 3, steps)]
    yield Facet("the learning rate", rates, lambda found, right: say_rate(found, steps))
    history = history.history if isinstance(history, keras.callbacks.History) else history
    name = f"expected the history of the training, found {kind(history)}"
    yield Facet("the history", isinstance(history, dict), (name, "It is what model.fit returns."))
    curve = (
        f"the history has {', '.join(history)}, but not 'val_rmse', which the curve is drawn from"
    )
    yield Facet("its metric", "val_rmse" in history, (curve, LIST))


TRAINED = "what fit trains on"
STOPPING = {
    "monitor": "what it watches (monitor)",
    "patience": "its patience",
    "restore_best_weights": "whether it goes back to the best weights (restore_best_weights)",
    "start_from_epoch": "the epoch it starts from (start_from_epoch)",
    "min_delta": "min_delta",
    "baseline": "baseline",
}


def fit_inputs(draw: int) -> tuple[pd.DataFrame, pd.DataFrame, float]:
    """Frames for training, of more than one batch, and for validation; and a mean."""
    rows = some_rows(draw, 45, 92).sample(frac=1, random_state=3)
    return rows[:1003], rows[1003:1203], (3.25, 2.75)[draw]


def columns_of(x: object, y: object) -> tuple[list[np.ndarray], int | None]:
    """User, item and target of what fit gets, in any form; of a data set, the size of a batch."""
    if not hasattr(x, "as_numpy_iterator"):
        x = [x.get("user"), x.get("item")] if isinstance(x, dict) else x
        two = isinstance(x, list | tuple) and len(x) == 2 and y is not None
        return ([flat(np.asarray(part, float)) for part in (*x, y)] if two else []), None
    batches = [batch for batch, _ in zip(x.as_numpy_iterator(), range(99), strict=False)]
    inputs = [list(x.values() if isinstance(x, dict) else x) for x, *_ in batches]
    parts = zip(*([*x, batch[1]] for x, batch in zip(inputs, batches, strict=True)), strict=True)
    return [flat(np.concatenate(part)) for part in parts], len(batches[0][1])


def rows_facets(
    what: str, columns: list, own: pd.DataFrame, others: dict, mean: float
) -> Iterator[Facet]:
    """The rows of `own` and no others, users first, with ratings minus the mean as targets."""
    form = f"{what} is not a list of two inputs, users and items, with targets"
    make = "pairs(ratings) makes the list, centred(ratings, mean) the targets."
    yield Facet(f"{what}, form", len(columns), (form, make))
    sizes = [len(column) for column in columns]
    many = f"{what}: {sizes[0]} users, {sizes[1]} items and {sizes[2]} targets"
    yield Facet(f"{what}, sizes", len(set(sizes)), (many, "All three come from the same frame."))
    pairs = pd.MultiIndex.from_arrays(columns[:2])
    rating = own.set_index(KEY[:2])["rating"]
    turned = pairs.swaplevel().isin(rating.index).all() and not pairs.isin(rating.index).all()
    exchanged = f"{what}: items come where users belong, and users where items"
    yield Facet(f"{what}, order", turned, (exchanged, "[users, items], as pairs makes it."))
    for name, frame in others.items():
        n = pairs.isin(frame.set_index(KEY[:2]).index).sum()
        foreign = f"{what} has {n} ratings of `{name}` in it"
        why = "Which frame is to learn from, and which to choose with?"
        yield Facet(f"{what}, {name}", n, (foreign, why))
    n = (~pairs.isin(rating.index)).sum()
    strange = f"{what} has {n} pairs that are in neither `train` nor `valid`"
    yield Facet(f"{what}, strangers", n, (strange, "Use the arguments of the function."))
    all_rows = f"{what} has {len(pairs)} ratings; there are {len(own)}"
    yield Facet(f"{what}, all", len(pairs), (all_rows, "All ratings of the frame, each once."))
    targets = pd.Series(columns[2], pairs)[rating.index].to_numpy()
    yield Facet(f"{what}: the targets", targets, "Compare with centred(ratings, mean), one by one.")


def fit_rows(draw: int) -> Iterator[tuple]:
    """Targets that are no ratings minus the mean."""
    *frames, mean = fit_inputs(draw)
    ratings = [frame["rating"].to_numpy() for frame in frames]
    mine = "the targets are counted from another mean than `mean`"
    for symptom, nudge, off in (
        ("the targets are the ratings; the mean is not subtracted", "centred subtracts it.", 0),
        ("the mean is subtracted twice", "centred does it once.", 2 * mean),
        ("the targets have the mean added to them", "It learns rating minus mean.", -mean),
        (mine, "One mean for all ratings.", [one.mean() for one in ratings]),
    ):
        for what, one, k in zip(
            (TRAINED, "validation_data"), ratings, np.resize(off, 2), strict=True
        ):
            yield f"{what}: {symptom}", nudge, {f"{what}: the targets": one - k}


def error_of(loss: object) -> float | None:
    """What a loss makes of the errors 2 and 0."""
    import keras

    if loss is None:
        return None
    return float(
        np.mean(keras.losses.get(loss)(np.array([[1.0], [0.0]]), np.array([[3.0], [0.0]])))
    )


def say_loss(found: float | None, _: object) -> tuple[str, str]:
    """The hint for another loss."""
    first = "Read the first part of the formula aloud: that is the loss."
    if found is None:
        return "compile got no loss", first
    return f"the loss makes {found:.3g} of the errors 2 and 0; the mean squared error is 2", first


def say_rate(found: list[float], steps: int) -> tuple[str, str]:
    """The hint for another learning rate at the start, after a third, and at the end."""
    nudge = "optimizer=adam(len(train)): it counts the steps, batches times epochs."
    if len(set(found)) == 1:
        return f"the learning rate is constant, {found[0]:.3g}; that of `adam` falls to 0", nudge
    return (
        f"the learning rate is {found[0]:.3g} at first and {found[2]:.3g} after the {steps} steps "
        f"that 12 epochs have; a third of the way {found[1]:.3g}. It should fall to 0 in all of them",
        nudge,
    )


check_fit = practice.exercise(
    "fit_model", "ex-fit", fit_facets, fit_rows, "the history of the training"
)


# 5 -----------------------------------------------------------------------------------------


def predict_facets(predict_stars: Callable, draw: int) -> Iterator[Facet]:
    """One number of stars for each row: for 40, and for one."""
    model, mean = small_model(32, 32), (3.25, 2.5)[draw]  # swapped ids are no error
    model.run_eagerly = True
    rows = some_rows(draw).sample(frac=1, random_state=draw)
    for n in (43, 1):
        what = f"the prediction of {n} rating{'s' * (n > 1)}"
        found = array(predict_stars(model, rows[:n].copy(), mean))
        yield Facet(f"{what}, shape", found.shape, lambda *both, what=what: shapes(what, *both))
        yield Facet(what, found, "The output of `model` for `ratings`, plus `mean`, nothing else.")


STARS = "From r - mu back to stars: how often is the mean in there?"
# fmt: off
PREDICT = [
    ("the predictions are centred, r - mu, not stars", STARS, ("mean + ", "")),
    ("the mean is added twice", STARS, ("mean + ", "2 * mean + ")),
    ("the mean is subtracted, not added", STARS, ("mean + ", "-mean + ")),
    ("the mean is multiplied, not added", STARS, ("mean + ", "mean * ")),
    ("users and items are swapped in the inputs", "[users, items]: pairs makes it.", ("pairs(ratings)", "pairs(ratings)[::-1]")),
]
# fmt: on
check_predict = practice.exercise(
    "predict_stars", "ex-predict", predict_facets, PREDICT, "an array of predictions"
)


# 6 -----------------------------------------------------------------------------------------


def gain_facets(gain_per_user: Callable, draw: int) -> Iterator[Facet]:
    """A Series by user, largest gain first."""
    rng = np.random.RandomState(draw)
    rows = pd.DataFrame({"user": [3, 8, 3, 8, 8, 1, 12, 1, 12], "item": rng.permutation(9)})
    rows["rating"] = rng.randint(1, 6, 9).astype(float)
    rows = rows.sample(frac=1, random_state=draw).set_axis(np.arange(9) * 3 + 20)
    without, with_bias = rng.uniform(1, 5, size=(2, 9)).round(2)
    found = gain_per_user(rows, without, with_bias)
    series = f"expected a Series, found {kind(found)}"
    one = "One column of numbers, with the users as its index."
    yield Facet("the kind", isinstance(found, pd.Series), (series, one))
    users = f"the index is {list(found.index)[:6]}; expected the users, each once"
    yield Facet("the users", sorted(found.index), (users, "Group by the users: groupby."))
    yield Facet("the gain of a user", found.sort_index().astype(float))
    order = "sort_values has arguments for the direction, and for what it goes by."
    yield Facet("the order", list(found.index), ("the largest gain does not come first", order))


def by_user(rows: pd.DataFrame, stars: np.ndarray, size=np.square, of="mean") -> pd.Series:
    """The errors of each user."""
    errors = pd.Series(size(stars - rows["rating"].to_numpy()))
    return errors.groupby(rows["user"].to_numpy()).agg(of)


TWO, LARGEST = "A gain is a difference of two.", "sort_values has an argument for the direction."
SQUARED = "The text asks for the mean of squared errors, user by user, without a root."
LABELS = "pandas aligns what has an index, and gives nan for labels without a partner: to_numpy()?"
SORT = "sort_values(ascending=False)"
# fmt: off
GAIN = [
    ("the signs are turned round: a gain is an error that became smaller", TWO,
        lambda r, a, b: by_user(r, b) - by_user(r, a)),
    ("the squared errors are added up, not averaged: users with many ratings come first", SQUARED, ("mean()", "sum()")),
    ("it is the median of a user's errors, not their mean", SQUARED, ("mean()", "median()")),
    ("these are differences of roots (RMSE)", SQUARED,
        lambda r, a, b: by_user(r, a) ** 0.5 - by_user(r, b) ** 0.5),
    ("these are differences of absolute errors", SQUARED,
        lambda r, a, b: by_user(r, a, np.abs) - by_user(r, b, np.abs)),
    ("the squares are of the difference of the two predictions", SQUARED,
        lambda r, a, b: by_user(r, a - b + r["rating"].to_numpy())),
    ("these are the errors with biases", TWO, lambda r, a, b: by_user(r, b)),
    ("these are the errors without biases", TWO, lambda r, a, b: by_user(r, a)),
    ("the gain is divided by the error without biases: a share of it", "It asks for the difference.",
        lambda r, a, b: 1 - by_user(r, b) / by_user(r, a)),
    ("predictions and ratings are put together by an index, not one by one", LABELS,
        lambda r, a, b: by_user(r, a) * np.nan),
    ("users are sorted by the size of the change, whatever its sign", "A loss is no gain.",
        (SORT, "sort_values(ascending=False, key=np.abs)")),
    ("the smallest gain comes first; the largest should", LARGEST, (SORT, "sort_values()")),
    ("users come in the order of their ids, not of their gain", LARGEST, (f".{SORT}", "")),
]
# fmt: on
check_gain = practice.exercise(
    "gain_per_user", "ex-gain", gain_facets, GAIN, "a Series, one number for each user"
)
