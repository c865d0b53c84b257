"""Checks of practice 4, NCF #1: r = phi([p_u, q_i]).

phi is filled with known numbers and compared with the MLP in NumPy, and with the MLPs that usual
mistakes make; where it drops numbers, and how many, is measured in training mode. The choice of a
size is checked with networks that only pretend to be trained, so that their RMSE is known.
"""

import random
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from utils.checks import (
    Mistake,
    Progress,
    close,
    kind,
    require,
    require_alone_like_in_company,
    require_model,
    require_something,
    scorer,
)
from utils.checks._networks import (
    ITEMS,
    PAIRS,
    USERS,
    Known,
    fill,
    lookups,
    mlp,
    mlp_shapes,
    require_formula,
    require_gradients,
    require_penalty,
    some_rows,
    weights_of,
)

progress = Progress()
summary = progress.summary


# 1 -----------------------------------------------------------------------------------------

SIZE, HIDDEN, RATE = 6, (5, 3), 0.3


@progress.exercise("phi")
def check_phi(phi: Callable) -> None:
    """`phi(vector, hidden, dropout)`: dropout and a ReLU layer for each size, then one number."""
    model = _model_of(phi, HIDDEN)
    weights = _dense_weights(model, HIDDEN)
    x = np.random.RandomState(0).uniform(-1.5, 1.5, size=(40, SIZE)).astype("float32")
    values = fill(weights)
    found = np.asarray(model(x))
    require(
        close(found, model(x)),
        "the same vector gets another score each time: numbers are dropped in prediction, too",
        "Keras switches dropout on in training by itself; do not pass training=True.",
    )
    right = mlp(x, values, 3)
    require(
        found.shape == (len(x), 1),
        f"{len(x)} vectors give the shape {found.shape}; expected ({len(x)}, 1)",
        "The last Dense layer has one unit, and nothing comes after it.",
    )
    between = "ReLU stands between the layers. What does a Dense layer do without `activation=`?"
    end = "The rating is a distance from the mean, of any sign. Lecture 4, section 9."
    for inside, last, symptom, nudge in (
        (None, None, "there is no activation: the whole MLP is linear, one sum", between),
        (["relu", None], None, "the second hidden layer has no activation", between),
        ([None, "relu"], None, "the first hidden layer has no activation", between),
        ("relu", "relu", "no score is below 0: there is a ReLU on the last layer, too", end),
        (None, "relu", "the ReLU is on the last layer, and only there", end),
        ("relu", "sigmoid", "every score lies between 0 and 1", end),
        ("relu", "tanh", "every score lies between -1 and 1", end),
        ("tanh", None, "the activation is tanh; expected ReLU", "activation= takes a name."),
        ("sigmoid", None, "the activation is sigmoid; expected ReLU", "activation= takes a name."),
    ):
        require(not close(found[:, 0], mlp(x, values, 3, inside, last)), symptom, nudge)
    require(
        close(found[:, 0], right),
        f"for known weights a vector should score {right[0]:.3f}; it scores {found[0, 0]:.3f}",
        "Layer by layer: vector @ W + b, and what is below 0 becomes 0, except in the last layer.",
    )
    _require_dropout(model, weights, values)
    for hidden in ((), (4,)):
        other = _model_of(phi, hidden)
        values = fill(_dense_weights(other, hidden))
        right, found = mlp(x, values, len(hidden) + 1), np.asarray(other(x))[:, 0]
        require(
            close(found, right),
            f"for hidden={hidden} a vector should score {right[0]:.3f}; it scores {found[0]:.3f}",
            "Does every layer come from the argument `hidden`, and only from it?",
        )


def _model_of(phi: Callable, hidden: tuple):
    """A network from a vector of 6 numbers to what phi makes of it."""
    import keras

    vector = keras.Input((SIZE,))
    found = phi(vector, hidden, RATE)
    require_something(found, "the output of the last layer")
    require(
        not isinstance(found, keras.Layer),
        f"expected the output of the last layer, found {kind(found)}, a layer",
        "A layer is applied with a second pair of brackets: layers.Dense(...)(vector).",
    )
    require(
        isinstance(found, keras.KerasTensor),
        f"expected the output of the last layer, found {kind(found)}",
        "Return what the last layer gives when it is applied.",
    )
    return keras.Model(vector, found)


def _dense_weights(model, hidden: tuple) -> dict:
    """W1, b1, ... of phi; shapes that tell a mistake are mistakes."""
    shapes = mlp_shapes(SIZE, hidden)
    found = [tuple(weight.shape) for weight in model.weights]
    units = [shape[1] for shape in found if len(shape) == 2]
    if units and all(len(shape) == 2 for shape in found):
        raise Mistake(
            "the Dense layers have no biases (use_bias)", "Leave use_bias as Keras has it."
        )
    said = f"for {SIZE} numbers and hidden={hidden} the Dense layers have {units} units"
    require(
        bool(hidden) or units == [1],
        f"{said}; expected [1]",
        "With hidden=() there is no hidden layer. Does every layer come from `hidden`?",
    )
    require(
        units != list(hidden),
        f"{said}: the last layer, of one unit, is missing",
        "phi gives one number for each pair. What comes after the loop?",
    )
    require(
        not hidden or units != [1],
        f"{said}: the hidden layers are missing",
        "Does what a layer makes go on into the next one? Follow the name `vector`.",
    )
    require(
        units != [*hidden[::-1], 1] or hidden == hidden[::-1],
        f"{said}: the hidden sizes come in reverse",
        "The first size in `hidden` is the first layer's.",
    )
    require(
        len(units) <= len(hidden) + 1 or sum(u == 1 for u in units) < 2,
        f"{said}: the layer of one unit comes more than once",
        "Which lines belong into the loop, and which come after it?",
    )
    require(
        len(units) != 2 or len(hidden) != 2 or units[0] != hidden[-1],
        f"{said}: the layer of {hidden[-1] if hidden else 1} units reads the input, and nothing "
        "reads what the layer before it makes",
        "Each layer is to be applied to what the last one gave. Follow the name `vector`.",
    )
    require(
        len(units) != 2 or len(hidden) != 2 or units[0] != hidden[0],
        f"{said}: it stops after the first size",
        "How often does the loop run before `return`?",
    )
    require(
        units == [*hidden, 1],
        f"{said}; expected {[*hidden, 1]}",
        "One Dense layer for each size in `hidden`, and one of one unit.",
    )
    return weights_of(model, shapes, {}, f"for hidden={hidden}")


def _require_dropout(model, weights: dict, values: dict) -> None:
    """The share that is dropped before each of the three Dense layers, and at the very end.

    One number, a 1, enters before layer k and goes straight on to the output. What arrives is 0,
    or 1 divided by the shares that survive on the way.
    """
    arrives = []
    for k in (1, 2, 3, 4):
        parts = {name: np.zeros_like(value) for name, value in values.items()}
        if k > 1:
            parts[f"b{k - 1}"][0] = 1
        for layer in range(k, 4):
            parts[f"W{layer}"][0, 0] = 1
        for name, weight in weights.items():
            weight.assign(parts[name])
        arrives.append(float(np.max(model(np.ones((300, SIZE), "float32"), training=True))))
    found = [1 - after / before for before, after in zip(arrives, [*arrives[1:], 1.0], strict=True)]
    dropped = [rate > 1e-3 for rate in found]
    one_each = "Lecture 4, build_ncf1: a Dropout layer before each hidden Dense layer."
    for pattern, symptom in {
        (0, 0, 0, 0): "nothing is dropped in training: there is no dropout",
        (0, 1, 1, 0): "dropout stands behind each hidden layer; expected: before each of them",
        (1, 0, 0, 0): "dropout stands before the first hidden layer only",
        (0, 1, 0, 0): "dropout stands between the hidden layers only, not before the first one",
        (1, 1, 1, 0): "dropout stands before the last layer, of one unit, too",
        (0, 0, 1, 0): "dropout stands before the last layer only",
    }.items():
        require(dropped != [bool(one) for one in pattern], symptom, one_each)
    require(
        not dropped[3],
        "the rating itself is dropped in training: dropout stands behind the last layer",
        one_each,
    )
    require(
        np.allclose(found[:2], RATE, atol=1e-3),
        f"the shares dropped before the hidden layers are {found[0]:.2g} and {found[1]:.2g}; "
        f"expected dropout = {RATE}",
        "layers.Dropout takes the share that is dropped. Does the argument reach it as it is?",
    )


# 2 -----------------------------------------------------------------------------------------

FACTORS, UNITS, PENALTY = 3, (4, 8), 0.25
NAMES = {
    "p": "p_u, the factors of the users",
    "q": "q_i, the factors of the items",
    "W1": "the weights of the first layer of phi",
}
SHAPES = {"p": (USERS, FACTORS), "q": (ITEMS, FACTORS), **mlp_shapes(2 * FACTORS, UNITS)}


@progress.exercise("build_ncf1")
def check_build(build_ncf1: Callable) -> None:
    """`build_ncf1(num_users, num_items, num_factors, penalty, hidden, dropout, film_first)`."""
    arguments = (USERS, ITEMS, FACTORS, PENALTY, UNITS)
    model = build_ncf1(*arguments, 0.5)
    require_model(model)
    score = scorer(model)
    start = {tuple(w.shape): np.any(w.numpy()) for w in model.weights}
    _require_joined(model, score)
    sizes = f"with {USERS} users, {ITEMS} items, {FACTORS} factors and hidden={UNITS}"
    weights = weights_of(model, SHAPES, NAMES, sizes)
    values = fill(weights, seed=4)  # scores of both signs
    require_formula(score, _formula(values), _known_mistakes(values))
    require_alone_like_in_company(score, PAIRS[3:9])
    require_gradients(score, weights, NAMES)
    _require_dropout_reaches(model, build_ncf1(*arguments, 0.0))
    tables = {"p": PENALTY, "q": PENALTY}
    require_penalty(model, score, weights, values, tables)
    require(
        start[SHAPES["p"]] and start[SHAPES["q"]],
        "a table starts at 0, the same vector for everyone",
        "factor_table starts with small random numbers.",
    )
    other = build_ncf1(*arguments, 0.5, film_first=True)
    require_model(other)
    _require_joined(other, scorer(other))
    values = fill(weights_of(other, SHAPES, NAMES, sizes), seed=4)
    found = np.asarray(scorer(other)(PAIRS)).reshape(-1)
    require(
        not close(found, _formula(values)),
        "film_first=True changes nothing: p_u still stands before q_i",
        "The argument says which of the two comes first in the concatenation.",
    )
    require(
        close(found, _formula(values, "qp")),
        "with film_first=True the scores are not those of phi([q_i, p_u])",
        "Only the order of the two vectors changes; each keeps its own table and its own ids.",
    )


def _formula(values: dict, order: str = "pq", **vectors) -> np.ndarray:
    user, item = PAIRS.T
    vectors = vectors or {"p": values["p"][user], "q": values["q"][item]}
    return mlp(np.hstack([vectors[letter] for letter in order]), values, 3)


def _require_joined(model, score: Callable) -> None:
    """The vectors are put one behind the other, and each comes from a table of its own."""
    found = [tuple(weight.shape) for weight in model.weights]
    tables = [shape for shape in found if shape[1:] == (FACTORS,)]
    first = [shape for shape in found if shape[1:] == UNITS[:1]]
    require(
        len(tables) != 1 or first != [SHAPES["W1"]],
        f"there is one table, of the shape {tables and tables[0]}: users and items share it",
        "p_u and q_i are two letters. How many tables does the formula need, and of which sizes?",
    )
    require(
        first != [(1, *UNITS[:1])],
        "phi gets one number, the dot product of p_u and q_i",
        "phi takes the product's place. What is to go into it?",
    )
    if first != [(FACTORS, *UNITS[:1])] or len(tables) != 2:
        return
    shapes = {**SHAPES, "W1": first[0]}
    values = fill(weights_of(model, shapes, NAMES, "here"))
    p, q = values["p"][PAIRS[:, 0]], values["q"][PAIRS[:, 1]]
    scores = np.asarray(score(PAIRS)).reshape(-1)
    for vector, how in ((p + q, "added"), (p * q, "multiplied factor by factor"),
                        ((p + q) / 2, "averaged"), (p - q, "subtracted")):  # fmt: skip
        require(
            not close(scores, mlp(vector, values, 3)),
            f"p_u and q_i are {how}: phi gets {FACTORS} numbers; expected {2 * FACTORS}",
            "Lecture 4, section 3: which way to make one vector from two keeps everything?",
        )


def _known_mistakes(values: dict) -> Known:
    """The scores that usual mistakes give, each with symptom and nudge."""
    user, item = PAIRS.T
    p, q = values["p"][user], values["q"][item]
    pair = np.hstack([p, q])
    yield (
        _formula(values, "qp"),
        "q_i stands before p_u, without film_first",
        "Which order is the usual one? Read `film_first` once more.",
    )
    between = "Your phi has ReLU between the layers. Is it phi that is applied to the pair?"
    yield mlp(pair, values, 3, None), "there is no activation between the layers", between
    end = "Nothing comes after phi. A distance from the mean may have any sign."
    yield mlp(pair, values, 3, last="relu"), "there is a ReLU behind phi", end
    dot = (p * q).sum(axis=1)
    yield _formula(values) + dot, "the product is added to phi", "That is NCF #2. Here it is gone."
    nudge = "Which input goes into which table, and in which order does keras.Model get them?"
    for vectors, symptom in lookups(values, "pq"):
        yield _formula(values, **vectors), symptom, nudge
        yield _formula(values, "qp", **vectors), f"{symptom}, and q_i stands before p_u", nudge


def _require_dropout_reaches(model, without) -> None:
    nudge = "It is the last argument of phi."
    pairs = [PAIRS[:, k].astype("int32") for k in (0, 1)]
    shown = [np.asarray(model(pairs, training=True)) for _ in range(5)]
    require(
        any(not close(one, shown[0]) for one in shown),
        "for dropout=0.5 nothing is dropped in training",
        nudge,
    )
    shown = [np.asarray(without(pairs, training=True)) for _ in range(5)]
    require(
        all(close(one, shown[0]) for one in shown),
        "for dropout=0.0 numbers are dropped all the same: the argument does not reach phi",
        nudge,
    )


# 3 -----------------------------------------------------------------------------------------

CANDIDATES = [(3,), (5, 2), (4,), ()]
TRAINED = {(3,): 1.2, (5, 2): 1.6, (4,): 0.3, (): 0.9}  # what the pretended training learns
EPOCHS = 5


@progress.exercise("choose_size")
def check_choose(choose_size: Callable) -> None:
    """`choose_size(candidates, build, learn, valid, epochs, seed)`: (best, RMSE of each)."""
    rows = some_rows(12, 15)
    learn, valid = rows.iloc[::2].reset_index(drop=True), rows.iloc[1::2].reset_index(drop=True)
    log = _Log(learn, valid)
    try:
        answer = choose_size(list(CANDIDATES), log.build, learn.copy(), valid.copy(), EPOCHS, 4)
    except Exception as error:
        require(
            "is not in [0, " not in str(error),
            "ids are looked up that are not in the rows given: rows of the notebook, perhaps the "
            "test rows",
            "Use the arguments of the function, not the notebook's variables.",
        )
        require(
            not isinstance(error, KeyError) or "val_" not in str(error),
            f"the history of `fit` has no {error}: it gets no validation rows",
            "After the training: which of the helpers scores a network on rows?",
        )
        raise
    require_something(answer, "the best candidate and the RMSE of each")
    require(
        bool(log.built),
        "the networks are not made by `build`, the argument, which was never called",
        "Use the arguments of the function, not the notebook's names: build, learn, valid.",
    )
    require(
        bool(log.fitted),
        "no network was trained",
        "For each candidate: build, fit, then the RMSE on the validation rows.",
    )
    _require_all_tried(log)
    several = isinstance(answer, tuple | list) and len(answer) == 2 and answer not in CANDIDATES
    require(
        several,
        f"expected two things, the best candidate and the RMSE of each; found {kind(answer)}",
        "Two values with a comma between them, after `return`.",
    )
    best, scores = answer
    require(
        not isinstance(best, dict | pd.Series),
        "the RMSE of each come first, then the best candidate",
        "In which order does the first line of the function have them?",
    )
    require(
        isinstance(scores, dict | pd.Series),
        f"expected the RMSE of each candidate in a dict, found {kind(scores)}",
        "One entry for each candidate: scores[hidden] = ...",
    )
    scores = {key: float(np.squeeze(value)) for key, value in dict(scores).items()}
    require(
        set(scores) == set(CANDIDATES),
        f"the RMSE are there for {list(scores)[:4]}; expected one for each of {CANDIDATES}",
        "The candidates themselves are the keys.",
    )
    right = _require_scores(log, scores)
    lowest, highest = min(right, key=right.get), max(right, key=right.get)
    require(best != highest, "the candidate with the largest RMSE is chosen", "Less is better.")
    require(
        not isinstance(best, int | float | np.number),
        f"the best candidate is given as the number {best}; expected one of {CANDIDATES}",
        "Not its place in the list, nor its RMSE: the candidate itself. min takes a `key`.",
    )
    require(
        isinstance(best, tuple | list) and tuple(best) == lowest,
        f"of {CANDIDATES} the one with the lowest RMSE is {lowest}; chosen is {best}",
        "The lowest RMSE decides. (min of a dict compares its keys, unless you say otherwise.)",
    )
    other = _Log(learn, valid)
    choose_size(CANDIDATES[:1], other.build, learn.copy(), valid.copy(), EPOCHS, 5)
    require(
        not np.isclose(other.draws[0], log.draws[0]),
        "another seed starts from the same random numbers",
        "What is the argument `seed` for?",
    )


class _Log:
    """Networks that pretend to be trained, and what they were given."""

    def __init__(self, learn: pd.DataFrame, valid: pd.DataFrame) -> None:
        self.learn, self.valid, self.mean = learn, valid, None
        self.built: list[tuple] = []
        self.fitted: list[tuple] = []
        self.draws: list[float] = []

    def build(self, hidden):
        """A network with known numbers, which change when `fit` is called."""
        import keras
        from keras import layers

        known = isinstance(hidden, tuple | list) and tuple(hidden) in TRAINED
        require(
            known,
            f"build is given {str(hidden)[:40]}; expected a candidate, such as {CANDIDATES[1]}",
            "Go through `candidates` one by one.",
        )
        hidden = tuple(hidden)
        self.draws.append(random.random())
        user, item = (keras.Input((), dtype="int32", name=name) for name in ("user", "item"))
        vectors = [layers.Embedding(12, 2)(user), layers.Embedding(15, 2)(item)]
        model = keras.Model([user, item], layers.Dot(axes=1)(vectors), name="ncf1")
        self.number(model, hidden, 0.1)
        model.fit = lambda *args, **kwargs: self.fit(model, hidden, args, kwargs)
        model.run_eagerly = True
        self.built.append(hidden)
        return model

    @staticmethod
    def number(model, hidden: tuple, scale: float) -> None:
        rng = np.random.RandomState(1 + CANDIDATES.index(hidden))
        model.set_weights([scale * rng.uniform(-1, 1, size=w.shape) for w in model.get_weights()])

    def fit(self, model, hidden: tuple, args: tuple, kwargs: dict):
        """What stands in for the training."""
        import keras

        names = ["x", "y", "batch_size", "epochs"]
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        require(
            hidden not in self.fitted or len(self.built) > len(self.fitted),
            "a network is trained a second time: it goes on from where it was",
            "Each candidate gets a network of its own, built and trained once.",
        )
        self.look_at(given.get("x"), given.get("y"))
        epochs = given.get("epochs", 1)
        require(
            epochs == EPOCHS,
            f"epochs={EPOCHS} was asked for; the networks are trained for {epochs}",
            "All candidates get the number of epochs that is passed in.",
        )
        self.fitted.append(hidden)
        self.number(model, hidden, TRAINED[hidden])
        model.run_eagerly = True  # for so few rows faster than building a graph
        history = keras.callbacks.History()
        history.history, data = {"rmse": [1.0] * epochs}, given.get("validation_data")
        if data is not None:
            end = _rmse(np.asarray(model(data[0]))[:, 0] - np.asarray(data[1]))
            history.history["val_rmse"] = [end + 0.5] * (epochs - 1) + [end]
        model.history = history
        return history

    def look_at(self, x, y) -> None:
        """The rows that a network is to learn from."""
        user, item, target = (np.asarray(part, dtype=float).reshape(-1) for part in (*x, y))
        given = set(zip(user, item, strict=True))
        own, held = (
            set(zip(rows["user"], rows["item"], strict=True)) for rows in (self.learn, self.valid)
        )
        require(
            not given & held,
            f"{len(given & held)} of the validation rows are learnt from",
            "What a network has learnt by heart says nothing about its size. `learn` is for fit.",
        )
        require(
            not given - own,
            f"{len(given - own)} of the rows that are learnt from were not passed in",
            "Use the arguments of the function, not the notebook's variables.",
        )
        require(
            len(user) == len(self.learn),
            f"{len(user)} rows are learnt from; there are {len(self.learn)}",
            "All rows of `learn`, each once.",
        )
        rating = self.learn.set_index(["user", "item"])["rating"]
        self.mean = float(np.mean(rating[list(zip(user, item, strict=True))].to_numpy() - target))

    def rmse_on(self, rows: pd.DataFrame, scale: dict) -> dict[tuple, float]:
        """Of each candidate."""
        scores = {}
        model = self.build(CANDIDATES[0])
        for hidden in CANDIDATES:
            self.number(model, hidden, scale[hidden])
            above = np.asarray(model([rows["user"].to_numpy(), rows["item"].to_numpy()]))[:, 0]
            scores[hidden] = _rmse(self.mean + above - rows["rating"].to_numpy())
        return scores


def _rmse(errors) -> float:
    return float(np.sqrt(np.mean(np.square(errors))))


def _require_all_tried(log: _Log) -> None:
    require(
        len(log.built) > 1 or len(log.fitted) == 1,
        f"one network is built for {len(log.fitted)} candidates",
        "Which lines belong into the loop?",
    )
    require(
        set(log.fitted) == set(CANDIDATES),
        f"trained were {log.fitted[:4]}; the candidates are {CANDIDATES}",
        "Does the function return before the loop has ended?",
    )
    require(
        np.allclose(log.draws, log.draws[0]),
        "the candidates start from different random numbers: chance may decide between them",
        "keras.utils.set_random_seed, with the same number and before each network is built.",
    )


def _require_scores(log: _Log, scores: dict) -> dict[tuple, float]:
    right = log.rmse_on(log.valid, TRAINED)
    found, nudge = [scores[c] for c in CANDIDATES], "rmse(model, rows) takes the rows as they are."
    untrained = dict.fromkeys(CANDIDATES, 0.1)

    def listed(values: dict) -> list:
        return [values[c] for c in CANDIDATES]

    both = pd.concat([log.learn, log.valid])
    for wrong, symptom in (
        (listed(log.rmse_on(log.learn, TRAINED)), "are those of the rows that were learnt from"),
        (listed(log.rmse_on(log.valid, untrained)), "are those of the networks before training"),
        (np.square(listed(right)), "are mean squared errors, without the root"),
        (listed(log.rmse_on(both, TRAINED)), "are those of `learn` and `valid` together"),
    ):
        require(not close(found, wrong), f"the RMSE {symptom}", nudge)
    first = CANDIDATES[0]
    require(
        close(found, listed(right)),
        f"the RMSE of {first} on the validation rows is {right[first]:.3f}; yours is "
        f"{scores[first]:.3f}",
        "After the training, on the rows of `valid`, all of them: rmse(model, valid).",
    )
    return right


# 4 -----------------------------------------------------------------------------------------


@progress.exercise("other_order")
def check_order(other_order: Callable) -> None:
    """`other_order(W, size)`: the first layer's matrix for [q_i, p_u]; p_u has `size` numbers."""
    size, films, units = 2, 4, 3
    W = np.random.RandomState(0).uniform(-1, 1, size=(size + films, units)).round(2)
    before = W.copy()
    found = other_order(W, size)
    require_something(found, "a matrix")
    require(
        np.array_equal(W, before),
        "the matrix that was passed in is changed",
        "Make a new one: np.concatenate joins blocks of rows.",
    )
    found = np.asarray(found)
    right = np.concatenate([W[size:], W[:size]])
    nudge = "Lecture 4, section 3: which rows are multiplied by p_u, and where is p_u now?"
    for wrong, symptom in _known_orders(W, size):
        require(found.shape != wrong.shape or not close(found, wrong), symptom, nudge)
    require(
        found.shape == W.shape,
        f"a matrix of the shape {W.shape} becomes one of {found.shape}",
        "No number is lost and none is new; rows move.",
    )
    p, q = np.array([1.0, -2.0]), np.array([0.5, 3.0, -1.0, 2.0])
    old, new = np.concatenate([p, q]) @ W, np.concatenate([q, p]) @ found
    require(
        close(found, right),
        f"[p_u, q_i] @ W is {old.round(2)} for some vectors, [q_i, p_u] @ yours {new.round(2)}",
        nudge,
    )


def _known_orders(W: np.ndarray, size: int) -> Iterator[tuple[np.ndarray, str]]:
    half = len(W) // 2
    yield W, "the matrix is the same as before"
    yield W[::-1], "all rows are reversed: the numbers inside p_u and q_i have changed places, too"
    yield W[:, ::-1], "the columns have changed places; these are the units"
    yield np.hstack([W[:, size:], W[:, :size]]), "the columns have changed places, not the rows"
    yield W.T, "the matrix is transposed"
    cut = f"the matrix is cut in the middle; p_u has size = {size} numbers, q_i {len(W) - size}"
    yield np.concatenate([W[half:], W[:half]]), cut
    yield (
        np.concatenate([W[-size:], W[:-size]]),
        f"the last {size} rows come first; those belong to q_i, which has {len(W) - size} numbers",
    )
    yield np.concatenate([W[:size], W[:size]]), "the rows of p_u come twice, those of q_i are gone"
