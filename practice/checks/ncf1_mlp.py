"""Checks of practice 4, NCF #1: r = phi([p_u, q_i])."""

import random
from collections.abc import Callable, Iterator
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd

from practice.checks._engine import Facet, Practice, array, difference, kind, require, same, shapes
from practice.checks._networks import (
    Scorer,
    fill,
    ids,
    known,
    look,
    sum_of_terms,
    swapped,
    weights_of,
)

practice = Practice(
    "04_ncf1_mlp",
    given=["imports", "helpers", "factor-table"],
    values={"data": SimpleNamespace(mean=3.5)},
)
summary = practice.summary


def mlp_shapes(size: int, hidden: tuple) -> list[tuple]:
    """Kernel and bias of each Dense layer on `size` numbers, the last with one unit."""
    layers = [[(m, n), (n,)] for m, n in pairwise([size, *hidden, 1])]
    return [shape for layer in layers for shape in layer]


def mlp(vector: np.ndarray, size: int, hidden: tuple, draw: int, inside=None, last=None):
    """The MLP in NumPy; `inside` is one activation, or one for each hidden layer."""
    weights = [known(shape, draw) for shape in mlp_shapes(size, hidden)]
    between = inside if isinstance(inside, list) else [inside or relu] * len(hidden)
    for kernel, bias, activation in zip(weights[::2], weights[1::2], [*between, last], strict=True):
        vector = vector @ kernel + bias
        vector = activation(vector) if activation else vector
    return array(vector)[:, 0]


def relu(x: np.ndarray) -> np.ndarray:
    """What is below 0 becomes 0."""
    return np.maximum(x, 0)


def linear(x: np.ndarray) -> np.ndarray:
    """No activation."""
    return x


# 1 -----------------------------------------------------------------------------------------

PHI = [(6, (5, 3), 0.3), (7, (8, 4, 9), 0.2), (5, (), 0.4)]  # numbers in, hidden, dropout


def phi_facets(phi: Callable, draw: int) -> Iterator[Facet]:
    """A network from a vector to what phi makes of it."""
    import keras

    size, hidden, rate = PHI[draw]

    def network() -> object:
        vector = keras.Input((size,))
        return vector, phi(vector, hidden, rate)

    vector, found = network()
    name = f"{kind(found)}, a layer" if isinstance(found, keras.Layer) else kind(found)
    nudge = "A layer is applied with a second pair of brackets: layers.Dense(...)(vector)."
    expected = (f"expected the output of the last layer, found {name}", nudge)
    yield Facet("the kind", isinstance(found, keras.KerasTensor), expected)
    model = keras.Model(vector, found)
    kernels = [tuple(weight.shape) for weight in model.weights if len(weight.shape) == 2]
    said = f"for {size} numbers and hidden={hidden} the Dense layers have "
    yield Facet("the layers", sorted(kernels), lambda *_: say_layers(kernels, size, hidden, said))
    words = dict(zip(mlp_shapes(size, hidden), LAYERS, strict=False))
    for facet in look(model, [vectors(draw)], words, draw):
        if facet.name == "the dropout":
            kinds = {type(one).__name__ for one in model._flatten_layers() if hasattr(one, "rate")}
            other = f"it is {', '.join(sorted(kinds))} that drops; expected Dropout"
            yield Facet("the kind of dropout", sorted(kinds - {"Dropout"}), (other, ONE_EACH))
            fresh = keras.Model(*network())
            places = dropout_places(fresh, size, hidden)
            yield Facet("where dropout stands", places, lambda *both: say_places(*both, rate))
        yield facet


LAYERS = [f"{bias}layer {k}" for k in range(1, 5) for bias in ("", "the biases of ")]


def vectors(draw: int, n: int = 40) -> np.ndarray:
    """What goes into phi."""
    shape = (n, PHI[draw][0])
    return np.random.RandomState(draw).uniform(-1.5, 1.5, size=shape).astype("float32")


def say_layers(found: list[tuple], size: int, hidden: tuple, said: str) -> tuple[str, str]:
    """The hint for layers that are missing, too much, or of other sizes."""
    units, right = [shape[1] for shape in found], [*hidden, 1]
    said += f"{units} units"
    follow = "Each layer is applied to what the last one gave. Follow the name `vector`."
    if units == right:
        wide = next(k for k, (m, _) in enumerate(found) if m != [size, *hidden][k])
        return (
            f"layer {wide + 1} reads {found[wide][0]} numbers; expected {[size, *hidden][wide]}, "
            "only what the layer before it gives: something is joined to it",
            follow,
        )
    read_first = f"the layer of {[*hidden, 1][-2]} units reads the input, and nothing reads what the layer before it makes"
    # fmt: off
    for wrong, symptom, nudge in (
        (not hidden, "; expected [1]", "With hidden=() there is no hidden layer. Does every layer come from `hidden`?"),
        (units == list(hidden), ": the last layer, of one unit, is missing", "phi gives one number for each pair. What comes after the loop?"),
        (units == [1], ": the hidden layers are missing", follow),
        (sorted(units) == sorted(right), ": the hidden sizes come in reverse", "The first size in `hidden` is the first layer's."),
        (units.count(1) > 1, ": the layer of one unit comes more than once", "Which lines belong into the loop, and which come after it?"),
        (len(hidden) > 1 and units == [hidden[-1], 1], f": {read_first}", follow),
        (len(hidden) > 1 and units in ([hidden[0]], [hidden[0], 1]), ": it stops after the first size",
            "How often does the loop run before `return`?"),
    ):
        if wrong:
            return said + symptom, nudge
    # fmt: on
    each = "One Dense layer for each size in `hidden`, and one of one unit."
    return f"{said}; expected {right}", each


def dropout_places(model, size: int, hidden: tuple) -> list[float]:
    """The share that is dropped before each Dense layer, and behind the last one.

    One number, a 1, enters before layer k and goes straight on to the output. What arrives is 0,
    or 1 divided by the shares that survive on the way.
    """
    weights, arrives = weights_of(model), []
    all_shapes = mlp_shapes(size, hidden)
    for k in range(len(hidden) + 2):
        for place, shape in enumerate(all_shapes):
            value, layer = np.zeros(shape), place // 2
            if layer >= k and place % 2 == 0:
                value[0, 0] = 1
            if layer == k - 1 and place % 2 == 1:
                value[0] = 1
            weights[shape, 0].assign(value)
        arrives.append(float(np.max(model(np.ones((300, size), "float32"), training=True))))
    rates = [1 - after / before for before, after in pairwise([*arrives, 1.0])]
    return [abs(round(rate, 2)) for rate in rates]


ONE_EACH = "Lecture 4, build_ncf1: a Dropout layer before each hidden Dense layer."


def say_places(found: list[float], right: list[float], rate: float) -> tuple[str, str]:
    """The hint for dropout of another rate, or in another place."""
    first, *between, last, end = [one > 0 for one in found]
    before = [first, *between]
    # fmt: off
    for wrong, symptom in (
        (end, "the rating itself is dropped in training: dropout stands behind the last layer"),
        (not any(before) and not last, "nothing is dropped in training: there is no dropout"),
        (all(before) and last, "dropout stands before the last layer, of one unit, too"),
        (not any(before), "dropout stands before the last layer only"),
        (last, "dropout stands behind each hidden layer; expected: before each of them"),
        (first and not all(before), "dropout stands before the first hidden layer only; expected: before each of them"),
        (not first, "dropout stands between the hidden layers only, not before the first one"),
    ):
        if wrong:
            return symptom, ONE_EACH
    # fmt: on
    shares = " and ".join(f"{one:.2g}" for one in found[: len(before)])
    return (
        f"the shares dropped before the hidden layers are {shares}; expected dropout = {rate}",
        "layers.Dropout takes the share that is dropped. Does the argument reach it as it is?",
    )


TWICE = "Write layers.Dense(...) inside the loop: every pass makes a new one."
BETWEEN = "ReLU stands between the layers. What does a Dense layer do without `activation=`?"
END = "The rating is a distance from the mean, of any sign. Lecture 4, section 9."


def phi_rows(draw: int) -> Iterator[tuple]:
    """Other activations, and layers without biases."""
    import keras

    size, hidden, _ = PHI[draw]
    twice = "one Dense layer is used twice; each hidden layer is a layer of its own"
    yield twice, TWICE, {"stops": "expected axis -1 of input shape"}
    kernels = sorted(mlp_shapes(size, hidden)[::2])
    no_bias = "the Dense layers have no biases (use_bias)"
    yield no_bias, "Leave use_bias as Keras has it.", {"the weights": kernels}
    if draw:
        return

    def scores(*activations: object) -> dict:
        return {"the scores": mlp(vectors(draw), size, hidden, draw, *activations)}

    yield "there is no activation: the whole MLP is linear, one sum", BETWEEN, scores(linear)
    yield "the second hidden layer has no activation", BETWEEN, scores([relu, linear])
    yield "the first hidden layer has no activation", BETWEEN, scores([linear, relu])
    yield "no score is below 0: there is a ReLU on the last layer, too", END, scores(relu, relu)
    yield "the ReLU is on the last layer, and only there", END, scores(linear, relu)
    yield "every score is 1: a softmax over one unit", END, scores(relu, np.ones_like)
    for name in ("tanh", "sigmoid", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus"):
        activation = keras.activations.get(name)
        wrong = f"the activation is {name}; expected ReLU"
        yield wrong, "activation= takes a name.", scores(lambda x, f=activation: array(f(x)))


check_phi = practice.exercise(
    "phi", "ex-phi", phi_facets, phi_rows, "the output of the last layer", draws=3
)


# 2 -----------------------------------------------------------------------------------------

SIZES = [
    {"num_users": 5, "num_items": 7, "num_factors": 3}
    | {"penalty": 0.25, "hidden": (4, 9), "dropout": 0.5},
    {"num_users": 9, "num_items": 8, "num_factors": 4}
    | {"penalty": 0.125, "hidden": (10,), "dropout": 0.3},
]
FILM_FIRST = "with film_first=True the scores"


def build_facets(build: Callable, draw: int) -> Iterator[Facet]:
    """The network, with known numbers in its weights, in both orders."""
    users, items, factors, *_, hidden, _ = SIZES[draw].values()
    pairs = ids(draw, min(users, items))
    p_u, q_i = "p_u, the factors of the users", "q_i, the factors of the items"
    words = {(users, factors): p_u, (items, factors): q_i}
    for k, shape in enumerate(mlp_shapes(2 * factors, hidden)):
        words[shape] = f"{LAYERS[k]} of phi"
    model = build(*SIZES[draw].values())
    say = lambda found, _: say_scores(found, draw)  # noqa: E731
    for facet in look(model, pairs, words, draw, say_scores=say):
        if facet.name == "the weights":
            yield Facet("the pair", pair_of(model, pairs, draw), lambda found, _: (found, PAIR))
        yield facet
    model = build(*SIZES[draw].values(), film_first=True)
    score = Scorer(model, pairs)
    joined = pair_of(model, pairs, draw)
    yield Facet("the pair of film_first", joined, lambda found, _: (f"film_first: {found}", PAIR))
    shapes = sorted(shape for shape, _ in weights_of(model))
    other = "with film_first=True the weights have other shapes than without"
    yield Facet("the weights of film_first", shapes, (other, SAME_PARTS))
    fill(model, draw)
    wrong = "with film_first=True the scores are not those of phi([q_i, p_u])"
    yield Facet(FILM_FIRST, score(), (wrong, SAME_PARTS))


SAME_PARTS = (
    "Only the order of the two vectors changes; each keeps its own table and its own ids, and phi "
    "its arguments."
)
PAIR = "Lecture 4, section 3: which layer, along which axis, makes one vector of two and keeps all?"


def pair_of(model, pairs: list, draw: int) -> str:
    """What is made of p_u and q_i before phi reads it; empty if that is their concatenation."""
    users, items, f, *_, hidden, _ = SIZES[draw].values()
    found = [shape for shape, _ in weights_of(model)]
    width = next((m for m, *n in found if n == [hidden[0]]), None)
    others = {(users, f), (items, f), *mlp_shapes(2 * f, hidden)[1:]}
    if width in (None, 2 * f) or not others <= set(found):
        return ""
    if width == 1:
        return "phi gets one number, the dot product of p_u and q_i"
    gets = f"phi gets {width} numbers; expected {2 * f}, p_u and q_i"
    if width == 3 * f:
        return f"{gets}: their product, factor by factor, is there, too"
    if width == 2 * f + 1:
        return f"{gets}: their dot product is there, too"
    if width != f:
        return gets
    fill(model, draw)
    try:
        scores = array(Scorer(model, pairs).tensor())
    except Exception:
        scores = np.zeros(0)
    if scores.ndim == 3:
        return f"{gets}: they stand below each other, along an idle axis; flatten, or Input(())"
    if scores.size != len(pairs[0]):
        return f"{gets}: they are joined below each other, along the batch (axis 0)"
    p, q = (
        known(shape, draw)[id] for shape, id in zip(((users, f), (items, f)), pairs, strict=True)
    )
    for vector, how in (
        (p + q, "added"),
        (p * q, "multiplied factor by factor"),
        ((p + q) / 2, "averaged"),
        (p - q, "subtracted"),
        (q - p, "subtracted"),
        (np.maximum(p, q), "compared, and the larger factor taken"),
    ):
        if same(scores.ravel(), mlp(vector, f, hidden, draw)):
            return f"p_u and q_i are {how}: {gets}"
    return f"{gets}: of two numbers, one of each, it gets one"


def formula(draw: int, chosen: str = "ui", order: int = 1, **activations) -> np.ndarray:
    """The scores for p and q of the ids "u" or "i"; the order is -1 for q_i in front."""
    users, items, f, *_, hidden, _ = SIZES[draw].values()
    pairs = dict(zip("ui", ids(draw, min(users, items)), strict=True))
    both = [known((n, f), draw)[pairs[id]] for n, id in zip((users, items), chosen, strict=True)]
    return mlp(np.hstack(both[::order]), 2 * f, hidden, draw, **activations)


def say_scores(found: np.ndarray, draw: int) -> tuple[str, str] | None:
    """Which vectors phi reads, and what was done with its output."""
    order = [("q_i stands before p_u, without film_first", formula(draw, order=-1))]
    order += swapped("pq", lambda c: formula(draw, c))
    for text, scores in swapped("pq", lambda c: formula(draw, c, -1)):
        order.append((f"{text}, and q_i stands before p_u", scores))
    if np.ptp(found) < 1e-4:
        return "all scores are the same number", "Is the output cut off? Nothing comes after phi."
    said = sum_of_terms(found, {"phi": formula(draw)}, {"phi": order})
    return said and (said[0], "Which input goes into which table, and what goes into phi?")


def build_rows(draw: int) -> Iterator[tuple]:
    """What stands in phi's place, or beside it."""
    users, items, f, *_, hidden, _ = SIZES[draw].values()
    tables, layers = [(users, f), (items, f)], mlp_shapes(2 * f, hidden)
    pairs = ids(draw, min(users, items))
    swap = "the arguments of phi are exchanged: their order is (vector, hidden, dropout)"
    yield swap, "Compare with the first line of your phi.", {"stops": "object is not iterable"}
    count = "p_u and q_i are two letters. How many tables does the formula need?"
    for symptom, nudge, wrong in (
        (
            "phi is not used: one Dense layer, without a hidden one, reads the pair",
            "What phi returns has to lead to the output.",
            [*tables, (2 * f, 1), (1,)],
        ),
        (
            "the hidden sizes come in reverse",
            "Give `hidden` to phi as it is.",
            [*tables, *mlp_shapes(2 * f, hidden[::-1])],
        ),
        (
            f"there is one table for both, of the shape {(users + items, f)}",
            count,
            [(users + items, f), *layers],
        ),
    ):
        if sorted(wrong) != sorted([*tables, *layers]):  # one size, reversed, is the same
            yield symptom, nudge, {"the weights": sorted(wrong)}
    right = formula(draw)
    p, q = (known(shape, draw)[id] for shape, id in zip(tables, pairs, strict=True))
    dot = (p * q).sum(axis=1)
    between = "Your phi has ReLU between the layers. Is it phi that is applied to the pair?"
    gone = "That is NCF #2. Here the product is gone."
    for symptom, nudge, scores in (
        ("there is no activation between the layers", between, formula(draw, inside=linear)),
        ("there is a ReLU behind phi", f"Nothing comes after phi. {END}", relu(right)),
        ("the product is added to phi", gone, right + dot),
        ("phi is multiplied by the product", gone, right * dot),
    ):
        yield symptom, nudge, {"the scores": scores}
    nothing = "film_first=True changes nothing: p_u still stands before q_i"
    yield nothing, "The argument says which of the two comes first.", {FILM_FIRST: right}
    ids_too = "with film_first=True users are looked up as items, and items as users"
    for order in (1, -1):
        yield ids_too, SAME_PARTS, {FILM_FIRST: formula(draw, "iu", order)}


check_build = practice.exercise("build_ncf1", "ex-build", build_facets, build_rows, "a keras.Model")


# 3 -----------------------------------------------------------------------------------------

EPOCHS = 5
LEARNT = [  # of each candidate, how far the pretended training moves its numbers
    {(3,): 1.2, (5, 2): 1.9, (): 1.4, (4,): 0.3, (6, 3): 1.6},
    {(2, 7): 0.2, (): 1.3, (4,): 1.0},
]
LOWEST = "The lowest RMSE decides. (min of a dict compares its keys, unless you say otherwise.)"
SEEDED = "keras.utils.set_random_seed, with the same number and before each network is built."
ARGUMENTS = "Use the arguments of the function, not the notebook's names: build, learn, valid."


def choose_facets(choose_size: Callable, draw: int) -> Iterator[Facet]:
    """What is built, trained and scored, with networks that only pretend to be trained."""
    log = Log(draw)
    candidates, seed = list(LEARNT[draw]), draw + 4
    answer = choose_size(candidates, log.build, log.learn.copy(), log.valid.copy(), EPOCHS, seed)
    never = "the networks are not made by `build`, the argument, which was never called"
    yield Facet("built", bool(log.built), (never, ARGUMENTS))
    none = "no network was trained"
    each = "For each candidate: build, fit, then the RMSE on the validation rows."
    yield Facet("trained", bool(log.fitted), (none, each))
    one = f"one network is built for {len(log.fitted)} candidates"
    alone = len(log.built) == 1 < len(log.fitted)
    yield Facet("one for all", alone, (one, "Which lines belong into the loop?"))
    tried = (
        f"trained were {list(log.fitted)[:4]}; the candidates are {candidates}: try each of them"
    )
    early = "Does the function return, or leave the loop, before all have been tried?"
    yield Facet("all tried", sorted(log.fitted), (tried, early))
    two = f"expected two things, the best candidate and the RMSE of each; found {kind(answer)}"
    pair = isinstance(answer, tuple | list) and len(answer) == 2 and answer not in candidates
    yield Facet("two", pair, (two, "Two values with a comma between them, after `return`."))
    best, scores = answer
    first = "the RMSE of each come first, then the best candidate"
    order = "In which order does the first line of the function have them?"
    yield Facet("the order", isinstance(best, dict | pd.Series), (first, order))
    found = f"expected the RMSE of each candidate in a dict, found {kind(scores)}"
    entry = "One entry for each candidate: scores[hidden] = ..."
    yield Facet("the dict", isinstance(scores, dict | pd.Series), (found, entry))
    scores = dict(scores)
    keys = f"the RMSE are there for {list(scores)[:4]}; expected one for each of {candidates}"
    there = set(scores) == set(candidates)
    yield Facet("the keys", there, (keys, "The candidates themselves are the keys."))
    scores = np.array([float(np.squeeze(scores[one])) for one in candidates])
    off = scores - log.rmse_on(log.valid)
    yield Facet("the RMSE", off, lambda *_: say_rmse(scores, log))
    one_of = isinstance(best, tuple | list) and tuple(best) in candidates
    number = isinstance(best, int | float | np.number)
    what = f"the number {best:.4g}" if number else kind(best)
    found = (
        f"the best candidate is given as {what}; expected the candidate itself, one of {candidates}"
    )
    itself = "Not its place, its RMSE or its network: the candidate itself. min takes a `key`."
    yield Facet("the best", one_of, (found, itself))
    yield Facet("the best candidate", tuple(best), LOWEST)
    starts = log.starts()
    chance = "the candidates start from different random numbers: chance may decide between them"
    yield Facet("the start", len(set(starts)), (chance, SEEDED))
    again = Log(draw)
    choose_size(candidates[:1], again.build, again.learn, again.valid, EPOCHS, seed + 1)
    fixed = "another seed starts from the same random numbers"
    differs = again.starts()[:1] != starts[:1]
    yield Facet("by seed", differs, (fixed, "What is the argument `seed` for?"))


def say_rmse(found: np.ndarray, log: "Log") -> tuple[str, str]:
    """The hint for other RMSE."""
    for symptom, wrong in (
        ("are those of the rows that were learnt from", log.rmse_on(log.learn)),
        ("are those of the networks before training", log.rmse_on(log.valid, trained=False)),
        ("are those of distances from the mean: it is not added", log.rmse_on(log.valid, mean=0)),
        ("are mean squared errors, without the root", log.rmse_on(log.valid) ** 2),
        (
            "are those of `learn` and `valid` together",
            log.rmse_on(pd.concat([log.learn, log.valid])),
        ),
    ):
        if same(found, wrong):
            return f"the RMSE {symptom}", "After the training, rmse(model, rows), on `valid`."
    symptom, _ = difference("the RMSE on the validation rows", found, log.rmse_on(log.valid))
    for k, one in enumerate(log.learnt):
        symptom = symptom.replace(f"at index {k} ", f"of {one} ")
    return symptom, "After the training, on all rows of `valid`, as it is: rmse(model, valid)."


def choose_rows(draw: int) -> Iterator[tuple]:
    """Rows that are not there, and choices that do not go by the RMSE."""
    test = "ids are looked up that are not in the rows given: perhaps those of the test rows"
    yield test, ARGUMENTS, {"stops": r"is not in \[0|out of bounds"}
    history = "the history of `fit` has no 'val_rmse': it gets no validation rows"
    scorer = "After the training: which of the helpers scores a network on rows?"
    yield history, scorer, {"stops": "KeyError: 'val_"}
    candidates, rmse = list(LEARNT[draw]), Log(draw).rmse_on(Log(draw).valid)
    for symptom, k in (
        ("the candidate with the largest RMSE is chosen", int(rmse.argmax())),
        ("the first one is chosen, whatever its RMSE", 0),
        ("the last one is chosen, whatever its RMSE", -1),
        ("the smallest candidate is chosen, whatever its RMSE", candidates.index(())),
    ):
        if not draw:
            yield symptom, LOWEST, {"the best candidate": candidates[k]}


class Log:
    """Networks that pretend to be trained, and what they were given."""

    def __init__(self, draw: int) -> None:
        user, item = (x.ravel() for x in np.indices((12, 15)))
        keep = (user + item + draw) % 3 == 0
        rows = pd.DataFrame({"user": user[keep], "item": item[keep]})
        rows["rating"] = np.random.RandomState(draw).randint(1, 6, len(rows)).astype(float)
        rows = rows.sample(frac=1, random_state=draw).set_axis(np.arange(len(rows)) * 2 + 7)
        self.learn, self.valid, self.learnt = rows[:37], rows[37:], LEARNT[draw]
        self.mean, self.built, self.fitted = 3.5, [], {}  # fitted: the start of each candidate

    def starts(self) -> list[float]:
        """What each trained network would have started from."""
        return list(self.fitted.values())

    def build(self, hidden: tuple):
        """A network with known numbers, which change when `fit` is called."""
        import keras

        fits = isinstance(hidden, tuple | list) and tuple(hidden) in self.learnt
        one = f"build is given {str(hidden)[:40]}; expected one candidate, such as (4,)"
        require(fits, one, "Go through `candidates` one by one.")
        hidden, start = tuple(hidden), random.random()
        user, item = (keras.Input((), dtype="int32", name=name) for name in ("user", "item"))
        tables = [keras.layers.Embedding(n, 2)(x) for n, x in ((12, user), (15, item))]
        model = keras.Model([user, item], keras.layers.Dot(axes=1)(tables), name="ncf1")
        model.set_weights(self.numbers(hidden, 0.1))
        model.fit = lambda *args, **kwargs: self.fit(model, hidden, start, args, kwargs)
        model.run_eagerly = True
        self.built.append(hidden)
        return model

    def numbers(self, hidden: tuple, scale: float) -> list[np.ndarray]:
        """The tables of a candidate."""
        rng = np.random.RandomState(list(self.learnt).index(hidden) + 1)
        return [scale * rng.uniform(-1, 1, size=(n, 2)) for n in (12, 15)]

    def fit(self, model, hidden: tuple, start: float, args: tuple, kwargs: dict):
        """What stands in for the training."""
        import keras

        given = dict(zip(["x", "y", "batch_size", "epochs"], args, strict=False)) | kwargs
        twice = "a network is trained a second time: it goes on from where it was"
        own = "Each candidate gets a network of its own, built and trained once."
        require(hidden not in self.fitted, twice, own)
        self.look_at(given.get("x"), given.get("y"))
        epochs = given.get("epochs", 1)
        asked = f"epochs={EPOCHS} was asked for; the networks are trained for {epochs}"
        require(epochs == EPOCHS, asked, "All get the number of epochs that is passed in.")
        self.fitted[hidden] = start
        model.set_weights(self.numbers(hidden, self.learnt[hidden]))
        model.run_eagerly = True  # for so few rows faster than building a graph
        history = model.history = keras.callbacks.History()
        history.history = {}
        data = {"rmse": (given["x"], given["y"]), "val_rmse": given.get("validation_data")}
        for name, both in data.items():
            if both is not None:
                errors = np.ravel(model(both[0])) - np.ravel(both[1])
                history.history[name] = [float(np.sqrt(np.mean(errors**2)))] * epochs
        return history

    def look_at(self, x: list, y: np.ndarray) -> None:
        """The rows that a network is to learn from."""
        user, item, target = (np.asarray(part, float).ravel() for part in (*x, y))
        found = pd.MultiIndex.from_arrays([user, item])
        own, held = (
            rows.set_index(["user", "item"])["rating"] for rows in (self.learn, self.valid)
        )
        leak = found.isin(held.index).sum()
        heart = "What a network was trained on says nothing about its size. `learn` is for fit."
        require(not leak, f"{leak} of the validation rows are learnt from", heart)
        strange = (~found.isin(own.index)).sum()
        require(not strange, f"{strange} of the rows learnt from were not passed in", ARGUMENTS)
        some = f"{len(found)} rows are learnt from; there are {len(own)}"
        require(len(found) == len(own), some, "All rows of `learn`, each once.")
        self.mean = float(np.mean(own[found].to_numpy() - target))

    def rmse_on(
        self, rows: pd.DataFrame, trained: bool = True, mean: float | None = None
    ) -> np.ndarray:
        """Of each candidate."""
        user, item, rating = (rows[name].to_numpy() for name in ("user", "item", "rating"))
        scores = []
        for hidden, scale in self.learnt.items():
            p, q = self.numbers(hidden, scale if trained else 0.1)
            errors = (
                (self.mean if mean is None else mean) + (p[user] * q[item]).sum(axis=1) - rating
            )
            scores.append(np.sqrt(np.mean(errors**2)))
        return np.array(scores)


check_choose = practice.exercise(
    "choose_size",
    "ex-choose",
    choose_facets,
    choose_rows,
    "the best candidate and the RMSE of each",
)


# 4 -----------------------------------------------------------------------------------------


def order_facets(other_order: Callable, draw: int) -> Iterator[Facet]:
    """A new matrix, rows moved."""
    size, films, units = ((2, 5, 3), (5, 3, 4))[draw]
    W = np.random.RandomState(draw).uniform(-1, 1, size=(size + films, units)).round(2)
    found = other_order(W, size)
    parts = isinstance(found, list | tuple) and any(np.ndim(one) == 2 for one in found)
    joined = f"expected one matrix, found {kind(found)}: the blocks are not joined"
    yield Facet("one matrix", parts, (joined, "np.concatenate makes one of two."))
    lost = "No number is lost and none is new; rows move."
    say = lambda *both: (shapes("the matrix", *both)[0], lost)  # noqa: E731
    yield Facet("the shape", array(found).shape, say)
    yield Facet("the matrix", array(found), WHICH)


WHICH = "Lecture 4, section 3: which rows are multiplied by p_u, and where is p_u now?"
TURN = "np.concatenate([W[size:], W[:size]])"
EQUAL = "p_u and q_i are taken to have equal sizes; q_i may have another number of them"
PLACES = "the numbers inside p_u and q_i have changed places, too"
# fmt: off
ORDER = [
    ("the matrix is the same as before; the argument `size` says where it is to be cut", WHICH, (TURN, "W")),
    (f"all rows are reversed: {PLACES}", WHICH, (TURN, "W[::-1]")),
    (f"rows and columns are reversed, flipped: {PLACES}", WHICH, (TURN, "np.flip(W)")),
    ("the columns are reversed; these are the units", WHICH, (TURN, "W[:, ::-1]")),
    ("the columns have changed places, not the rows", WHICH, (TURN, "np.hstack([W[:, size:], W[:, :size]])")),
    ("the matrix is transposed", WHICH, (TURN, "W.T")),
    (f"the matrix is cut in the middle: {EQUAL}", WHICH, (TURN, "np.concatenate([W[len(W) // 2 :], W[: len(W) // 2]])")),
    ("the last `size` rows come first; those belong to q_i", WHICH, (TURN, "np.concatenate([W[-size:], W[:-size]])")),
    ("the rows of p_u come twice, those of q_i are gone", WHICH, (TURN, "np.concatenate([W[:size], W[:size]])")),
    ("the rows of q_i come twice, those of p_u are gone", WHICH, (TURN, "np.concatenate([W[size:], W[size:]])")),
    ("only the rows of q_i are left", WHICH, (TURN, "W[size:]")),
    ("only the rows of p_u are left", WHICH, (TURN, "W[:size]")),
    (EQUAL, "Cut at `size`, not in equal parts.", {"stops": "cannot reshape|equal division"}),
]
# fmt: on
check_order = practice.exercise("other_order", "ex-order", order_facets, ORDER, "a matrix")
