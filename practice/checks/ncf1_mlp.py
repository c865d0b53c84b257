"""Checks of practice 4, NCF #1: phi([p_u, q_i]), with or without the products."""

from collections.abc import Callable, Iterator
from contextlib import suppress

import keras
import numpy as np
import pandas as pd

from practice.checks import _networks as net
from practice.checks._engine import Facet, Practice, flat, kind

practice = Practice("04_ncf1_mlp", given=["imports", "helpers", "factor-table"])
summary = practice.summary

# 1 -----------------------------------------------------------------------------------------
PHI = [(6, (5, 3), 0.3), (7, (8, 4, 9), 0.2), (5, (), 0.4)]  # numbers in, hidden, dropout
LAYERS = [f"{bias}layer {k}" for k in range(1, 5) for bias in ("", "the biases of ")]


def phi_facets(phi: Callable, draw: int) -> Iterator[Facet]:
    size, hidden, rate = PHI[draw]
    vector = keras.Input((size,))
    found = phi(vector, hidden, rate)
    name = kind(found) + ", a layer" * isinstance(found, keras.Layer)
    expected = (f"expected the output of the last layer, found {name}", APPLIED)
    yield Facet("the kind", isinstance(found, keras.KerasTensor), expected)
    model = keras.Model(vector, found)
    kernels = [tuple(weight.shape) for weight in model.weights if len(weight.shape) == 2]
    yield Facet("the layers", sorted(kernels), lambda *_: say_layers(kernels, size, hidden))
    kinds = [type(one).__name__ for one in flattened(model)]
    order = ", ".join(one for one in kinds if one.endswith(("Dense", "Dropout")))
    if order:  # a layer of one's own hides its parts
        yield Facet("the order", order, ("the layers are {found}; expected {right}", BEFORE))
    vectors = np.random.RandomState(draw).uniform(-1.5, 1.5, size=(40, size)).astype("float32")
    words = dict(zip(net.dense_shapes([size, *hidden, 1]), LAYERS, strict=False))
    yield from net.look(model, [vectors], words, draw)


def flattened(model) -> Iterator:
    for layer in model.layers:
        yield from flattened(layer) if hasattr(layer, "layers") else [layer]


def say_layers(found: list[tuple], size: int, hidden: tuple) -> tuple[str, str]:
    units, right = [shape[1] for shape in found], [*hidden, 1]
    for k, ((reads, _), width) in enumerate(zip(found, [size, *hidden], strict=False)):
        if units == right and reads != width:
            return f"layer {k + 1} reads {reads} numbers; expected {width}, {JOINED}", FOLLOW
    said = f"for {size} numbers and hidden={hidden} the Dense layers have {units} units"
    return f"{said}; expected {right}", "One Dense layer for each size in `hidden`, then one of 1."


APPLIED = "A layer is applied with a second pair of brackets: layers.Dense(...)(vector)."
BEFORE = "A Dropout layer before each hidden Dense layer, and no other."
FOLLOW = "Each layer is applied to what the last one gave. Follow the name `vector`."
JOINED = "only what the layer before it gives: something is joined to it"
BETWEEN = "ReLU stands between the layers. What does a Dense layer do without `activation=`?"
END = "The network predicts a centred rating, of any sign. What stands behind the last layer?"
DROP = "        vector = layers.Dropout(dropout)(vector)\n"
RELU, LAST = 'activation="relu"', "return layers.Dense(1)(vector)"
PHI_ROWS = [
    ("one Dense layer is used twice; each hidden layer is a layer of its own", "Write layers.Dense(...) inside the loop: every pass makes a new one.", {"stops": "expected axis -1 of input shape"}),
    ("the last layer, of one unit, is missing", "phi gives one number for each pair. What comes after the loop?", (LAST, "return vector")),
    ("the layer of 3 units reads the input, and nothing reads what the layer before it makes", FOLLOW, ("for units", "first = vector\n    for units"), (f"{RELU})(vector)", f"{RELU})(first)")),
    ("the hidden sizes come in reverse", "The first size in `hidden` is the first layer's.", ("in hidden", "in hidden[::-1]")),
    ("the Dense layers have no biases (use_bias)", "Leave use_bias as Keras has it.", (RELU, f"{RELU}, use_bias=False"), ("Dense(1)", "Dense(1, use_bias=False)")),
    ("there is no activation: the whole MLP is linear, one sum", BETWEEN, (f", {RELU}", "")),
    ("the second hidden layer has no activation", BETWEEN, (RELU, 'activation="relu" if units == hidden[0] else None')),
    ("the first hidden layer has no activation", BETWEEN, (RELU, 'activation=None if units == hidden[0] else "relu"')),
    ("no score is below 0: there is a ReLU on the last layer, too", END, ("Dense(1)", f"Dense(1, {RELU})")),
    ("the ReLU is on the last layer, and only there", END, (f", {RELU}", ""), ("Dense(1)", f"Dense(1, {RELU})")),
    ("every score is 1: a softmax over one unit", END, ("Dense(1)", 'Dense(1, activation="softmax")')),
    *((f"the activation is {name}; expected ReLU", "activation= takes a name.", ("relu", name))
        for name in ("tanh", "sigmoid", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus")),
    ("there is no dropout: nothing is dropped in training", BEFORE, (DROP, "")),
    ("dropout stands behind each hidden layer; expected: before each of them", BEFORE, (DROP, ""), (f"{RELU})(vector)\n", f"{RELU})(vector)\n{DROP}")),
    ("dropout stands before the first hidden layer only; expected: before each of them", BEFORE, (DROP, ""), ("    for", f"{DROP[4:]}    for")),
    ("the rating itself is dropped in training: dropout stands behind the last layer", BEFORE, (LAST, "return layers.Dropout(dropout)(layers.Dense(1)(vector))")),
]  # fmt: skip
check_phi = practice.exercise("phi", "ex-phi", phi_facets, PHI_ROWS, draws=3)


# 2 -----------------------------------------------------------------------------------------
# users, items, factors, penalty, hidden, dropout
SIZES = [(5, 7, 3, 0.25, (4, 9), 0.5), (9, 8, 4, 0.125, (10,), 0.3)]


def known_tables(draw: int) -> tuple[dict, list, int]:
    return net.known_tables(draw, *SIZES[draw][:2], pq=SIZES[draw][2])


def build_facets(build: Callable, draw: int) -> Iterator[Facet]:
    tables, pairs, _ = known_tables(draw)
    factors, hidden = SIZES[draw][2], SIZES[draw][4]
    layers = dict(zip(net.dense_shapes([2 * factors, *hidden, 1]), LAYERS, strict=False))
    model, words = build(*SIZES[draw]), net.words(tables) | layers
    say = lambda found, _: say_scores(found, draw)  # noqa: E731
    for facet in net.look(model, pairs, words, draw, say_scores=say):
        if facet.name == "the weights":
            yield reads("phi", model, pairs, draw, 2 * factors)
        yield facet
        if facet.name == "the scores":
            with_products = build(*SIZES[draw], products=True)
            yield reads(MORE, with_products, pairs, draw, 3 * factors)
            net.fill(with_products, draw)
            yield Facet(f"{MORE}, the scores", net.Scorer(with_products, pairs)(), BRACKETS)


def reads(name: str, model, pairs: list, draw: int, width: int) -> Facet:
    """How many numbers the first layer of phi reads; if another number, what becomes of them."""
    scores = None
    with suppress(Exception):
        score = net.Scorer(model, pairs)  # a class makes its weights now
    found = [tuple(weight.shape) for weight in model.weights]
    reads = next((m for m, *n in found if n == [SIZES[draw][4][0]]), width)
    if reads != width:
        net.fill(model, draw)
        with suppress(Exception):
            scores = flat(score.tensor())
    way = (f"{name} gets {reads} numbers; expected {width}", PAIR)
    return Facet(f"what {name} reads", [reads, scores], way)


def say_scores(found: np.ndarray, draw: int) -> tuple[str, str] | None:
    sizes = [2 * SIZES[draw][2], *SIZES[draw][4], 1]

    def phi(chosen: str, order: int = 1) -> np.ndarray:
        vectors = net.looked_up(*known_tables(draw), "pq", chosen)[::order]
        return net.mlp(np.hstack(vectors), sizes, draw)

    if np.ptp(found) < 1e-4:
        return "all scores are the same number", "Is the output cut off? Nothing comes after phi."
    of = list(net.concatenated("pq", phi))
    said = net.sum_of_terms(found, {"phi": phi("ui")}, {"phi": of})
    return said and (said[0], "Which input goes into which table, and what goes into phi?")


MORE = "with products=True phi"
PAIR = "Which layer, along which axis, makes one vector of several, and keeps all numbers?"
BRACKETS = "Look at the brackets in the text: which vectors, and in which order?"
PHI_OF = "phi(pair, hidden, dropout)"
JOIN = 'layers.Concatenate(name="pair")(vectors)'
PRODUCTS = 'layers.Multiply(name="products")([p_u, q_i])'
P_U = 'factor_table(num_users, num_factors, penalty, "p_u")(user)'
Q_I = 'factor_table(num_items, num_factors, penalty, "q_i")(item)'
GONE = "In this formula phi stands in the place of the product. Where does yours come in?"
BUILD_ROWS = [
    ("the arguments of phi are exchanged: their order is (vector, hidden, dropout)", "Compare with the first line of your phi.", {"stops": "object is not iterable"}),
    *((f"p_u and q_i are {how}: phi gets 3 numbers; expected 6, p_u and q_i", PAIR, (JOIN, f"{layer}(vectors)")) for how, layer in (
        ("added", "layers.Add()"), ("multiplied factor by factor", "layers.Multiply()"), ("averaged", "layers.Average()"),
        ("subtracted", "layers.Subtract()"), ("compared, and the larger factor taken", "layers.Maximum()"),
        ("joined below each other, along the batch (axis 0)", "layers.Concatenate(axis=0)"))),
    ("p_u and q_i stand below each other, along an idle axis; flatten, or Input(())", PAIR, ("Input(()", "Input((1,)"), ('name="pair"', "axis=1")),
    ("phi gets one number, the dot product of p_u and q_i", PAIR, (JOIN, "layers.Dot(axes=1)(vectors)")),
    ("the products are there without products=True", "What does the argument `products` decide?", ("if products:", "if True:")),
    ("there is one table for both, of the shape (12, 3)", "p_u and q_i are two letters. How many tables does the formula need?",
        (P_U, "table(user)"), (Q_I, "table(item + num_users)"), ("p_u =", 'table = factor_table(num_users + num_items, num_factors, penalty, "t")\n    p_u =')),
    ("phi is not used: one Dense layer, without a hidden one, reads the pair", "What phi returns has to lead to the output.", (PHI_OF, "layers.Dense(1)(pair)")),
    ("the hidden sizes come in reverse", "Give `hidden` to phi as it is.", (PHI_OF, "phi(pair, hidden[::-1], dropout)")),
    ("there is no activation between the layers", "Your phi has ReLU between the layers. Is it phi that is applied to the pair?", (PHI_OF, "layers.Dense(1)(layers.Dense(9)(layers.Dense(4)(pair)))")),
    ("there is a ReLU behind phi", f"Nothing comes after phi. {END}", (PHI_OF, f"layers.ReLU()({PHI_OF})")),
    ("the dot product is added to phi", GONE, (PHI_OF, f"{PHI_OF} + layers.Dot(axes=1)([p_u, q_i])")),
    ("phi is multiplied by the dot product", GONE, (PHI_OF, f"{PHI_OF} * layers.Dot(axes=1)([p_u, q_i])")),
    ("products=True changes nothing: phi still reads p_u and q_i alone", "What does the argument `products` decide?", ("if products:", "if False:")),
    *((f"{MORE} reads {what}", BRACKETS, (f"vectors.append({PRODUCTS})", way)) for what, way in (
        ("the products alone; p_u and q_i are gone", f"vectors = [{PRODUCTS}]"),
        ("the dot product, one number; the products of the single factors are asked for", "vectors.append(layers.Dot(axes=1)([p_u, q_i]))"),
        ("the products before p_u and q_i, not behind them", f"vectors.insert(0, {PRODUCTS})"),
        ("sums of the factors, where the products belong", "vectors.append(layers.Add()([p_u, q_i]))"),
        ("p_u multiplied with itself, where p_u times q_i belongs", "vectors.append(layers.Multiply()([p_u, p_u]))"),
    )),
]  # fmt: skip
check_build = practice.exercise("build_ncf1", "ex-build", build_facets, BUILD_ROWS, "a keras.Model")

# 3 -----------------------------------------------------------------------------------------
MEANS = [  # of the sizes, smallest first; and the spread of each over the seeds
    ([0.97, 0.93, 0.912, 0.91, 0.94], [0.001, 0.09, 0.06, 0.004, 0.002]),
    ([0.95, 0.92, 0.93, 0.90, 0.908], [0.08, 0.001, 0.03, 0.005, 0.05]),
    ([0.915, 0.93, 0.96, 0.904, 0.99], [0.03, 0.002, 0.02, 0.018, 0.001]),
    ([0.91, 0.925, 0.93, 0.95, 0.915], [0.003, 0.07, 0.002, 0.05, 0.09]),
    ([0.95, 0.93, 0.92, 0.90, 0.91], [0.01, 0.05, 0.03, 0.013, 0.04]),
    ([0.92, 0.909, 0.93, 0.90, 0.94], [0.002, 0.02, 0.03, 0.004, 0.08]),
]


def scores_of(draw: int, k: int) -> pd.DataFrame:
    """RMSE by size and seed; other seeds in each frame, and another number of them."""
    rng, seeds = np.random.RandomState(10 * draw + k), 3 + (k + draw) % 3
    noise = rng.normal(size=(5, seeds))
    noise = (noise.T - noise.mean(axis=1)) / noise.std(axis=1, ddof=0.5)
    means, spreads = np.array(MEANS[k])
    sizes = [f"{2 ** (j + draw + 1)} units" for j in range(5)]
    return pd.DataFrame((means + spreads * noise).T, sizes, rng.permutation(20)[:seeds] + 3)


def choose_facets(choose_size: Callable, draw: int) -> Iterator[Facet]:
    frames = [scores_of(draw, k) for k in range(len(MEANS))]
    found = [choose_size(frame) for frame in frames]
    size, sizes = found[0], list(frames[0].index)
    form = f"expected one of the sizes in the index, such as {sizes[1]!r}, found {kind(size)}"
    form += f", {size!r:.30}" * isinstance(size, str | int | float)
    label = isinstance(size, str) and size in sizes
    yield Facet("one size", label, (form, "The label, not its place or score."))
    yield Facet("the size", found, lambda *both: say_size(*both, frames))


def say_size(found: list, right: list, frames: list) -> tuple[str, str]:
    k = next(k for k, (mine, theirs) in enumerate(zip(found, right, strict=True)) if mine != theirs)
    means, spread = frames[k].mean(axis=1).round(3), frames[k].std(axis=1).round(3)
    given = ", ".join(f"{one} {means[one]} ± {spread[one]}" for one in means.index)
    return f"for {given} the size should be {right[k]!r}; found {found[k]!r}", RULE


RULE = "First the best size; then how far above its mean is as good; then the smallest of these."
GOOD, LIMIT = "good.index[0]", "means[best] + scores.loc[best].std()"
CHOOSE_ROWS = [
    ("always the lowest mean is taken; a smaller size within one standard deviation (no variance) is left aside", RULE, (GOOD, "best")),
    ("always the smallest size is taken. Is the best one that with the lowest mean?", RULE, (GOOD, "scores.index[0]")),
    ("always the largest size is taken, whatever its RMSE", RULE, (GOOD, "scores.index[-1]")),
    ("of the sizes that are as good the largest is taken", RULE, (GOOD, "good.index[-1]")),
    ("of the sizes that are as good the one with the highest mean is taken", RULE, (GOOD, "good.idxmax()")),
    ("each size is allowed its own spread; the spread of the best one counts", RULE, (LIMIT, "means[best] + scores.std(axis=1)")),
    ("the spread is that of all numbers in the table, not of the best size over the seeds", RULE, (LIMIT, "means[best] + scores.stack().std()")),
    ("the spread is that of the means, not of the best size over the seeds", RULE, (LIMIT, "means[best] + means.std()")),
    ("the spread is divided by the root of the number of seeds (a standard error); a standard deviation is asked for", RULE, (LIMIT, f"{LIMIT} / scores.shape[1] ** 0.5")),
    ("sizes are compared by their medians, not by their means", RULE, ("scores.mean(axis=1)", "scores.median(axis=1)")),
    ("sizes are compared by their lowest RMSE, not by the mean of all seeds", "One seed may be luck.", ("scores.mean(axis=1)", "scores.min(axis=1)")),
    ("no size is left: is the spread subtracted from the lowest mean?", RULE, {"stops": "out of bounds"}),
    ("two spreads are allowed; one is asked for", RULE, (LIMIT, "means[best] + 2 * scores.loc[best].std()")),
    ("sizes are compared by one seed, not by the mean of all", "One seed may be luck.", ("scores.mean(axis=1)", "scores.iloc[:, 0]")),
]  # fmt: skip
check_choose = practice.exercise("choose_size", "ex-choose", choose_facets, CHOOSE_ROWS, "a label")


# 4 -----------------------------------------------------------------------------------------
def dead_facets(dead_units: Callable, draw: int) -> Iterator[Facet]:
    pairs, dead = ((241, [1, 4, 5, 8]), (9, [0, 3, 7]), (30, []))[draw]
    outputs = np.maximum(np.random.RandomState(draw).normal(size=(pairs, 9)), 0)
    outputs[:, 2] = np.where(np.arange(pairs) == 5, 0.0004, 0)  # hardly ever awake, but not dead
    outputs[:, 6] += 0.5  # never 0
    outputs[3], outputs[:, dead] = 0, 0
    if not dead:  # one unit that always gives the same, which is not 0, and one that is never 0
        outputs[:, 6], outputs[:, 7] = 0.5, np.arange(1, pairs + 1)
    found = dead_units(outputs)
    said = f"expected an array or a list of numbers, found {kind(found)}"
    numbers = found.tolist() if isinstance(found, np.ndarray) else found
    form = numbers if np.ndim(numbers) == 0 else f"{type(numbers).__name__} {np.ndim(numbers)}"
    yield Facet("the list", form, (said, "One number for each dead unit."))
    truths = any(isinstance(one, bool | np.bool_) for one in numbers)
    which = "there is a True or False for each unit; expected the numbers of the dead ones"
    yield Facet("the numbers", truths, (which, "np.flatnonzero gives the places of True."))
    yield Facet("the dead units", [float(one) for one in numbers], say_dead)


def say_dead(found: list, right: list) -> tuple[str, str]:
    for odd in sorted(set(right) ^ set(found)):
        one = f"unit {odd:.0f} gives 0 for every pair and is not in your list"
        other = f"unit {odd:.0f} is in your list; it does not give 0 for every pair"
        return (one if odd in right else other), DEAD
    return f"the units are {found}; expected {right}", "Each once, the smallest number first."


DEAD, WHICH = "Dead means: 0 in the whole column. Count from 0.", "(outputs == 0).all(axis=0)"
FOUND = f"np.flatnonzero({WHICH})"
DEAD_ROWS = [
    ("units that give 0 for some pair count as dead", DEAD, ("all(axis=0)", "any(axis=0)")),
    ("the axes are exchanged: these are pairs for which all units are 0, not units", "Axis 0 is the pairs. Along which axis are all asked?", ("axis=0", "axis=1")),
    ("these are the units that are alive", "Which of the two lists is asked for?", (FOUND, f"np.flatnonzero(~{WHICH})")),
    ("these are the units that are never 0", "Dead is what gives 0, and for every pair.", (FOUND, "np.flatnonzero((outputs != 0).all(axis=0))")),
    ("how many units are dead, not which", "The numbers of the columns: np.flatnonzero finds the places of True.", (FOUND, f"{WHICH}.sum()")),
    ("a unit that is nearly always 0 counts as dead: unit 2 gives 0.0004 for one pair", DEAD, (WHICH, "outputs.mean(axis=0) < 0.01")),
    ("a tuple; np.where gives a tuple with the array inside", "Take the array: [0].", (FOUND, f"np.where({WHICH})")),
    ("units are counted from 1; the first column is unit 0", DEAD, (FOUND, f"{FOUND} + 1")),
    ("the largest number comes first", "The smallest number comes first.", (FOUND, f"{FOUND}[::-1]")),
]  # fmt: skip
check_dead = practice.exercise("dead_units", "ex-dead", dead_facets, DEAD_ROWS, "an array", draws=3)
