"""Checks of practice 6, Neural-NCF: r = phi([p_u o q_i, psi([s_u, t_i])]).

Tiny sizes, all different, so that no weight can be taken for another one: 5 users, 7 items,
3 factors for the product, 4 for the MLP, layers of 10 and 6 units. Known numbers go into all
weights; scores are compared with the formula in NumPy, for pairs together and one at a time, and
with the formulas of the usual mistakes, to name them.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise, product

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
)

USERS, ITEMS, FACTORS, MLP_FACTORS, HIDDEN, PENALTY = 5, 7, 3, 4, (10, 6), 1e-4
progress = Progress()
summary = progress.summary


# 1 -----------------------------------------------------------------------------------------

PAIRS = np.array([(0, 3), (4, 0), (2, 2), (1, 4), (4, 1), (3, 0)])  # ids that either table has
LAST = FACTORS + HIDDEN[-1]  # how many numbers the last layer reads
WEIGHTS = {  # shape, and what the text calls it
    "p": ((USERS, FACTORS), "p_u"),
    "q": ((ITEMS, FACTORS), "q_i"),
    "s": ((USERS, MLP_FACTORS), "s_u"),
    "t": ((ITEMS, MLP_FACTORS), "t_i"),
    "w1": ((2 * MLP_FACTORS, HIDDEN[0]), "psi's first layer"),
    "b1": ((HIDDEN[0],), "the biases of psi's first layer"),
    "w2": (HIDDEN, "psi's second layer"),
    "b2": ((HIDDEN[1],), "the biases of psi's second layer"),
    "h": ((LAST, 1), "the last layer"),
    "b": ((1,), "the bias of the last layer"),
}
TABLES = "pqst"


@progress.exercise("build_neural_ncf")
def check_build(build_neural_ncf: Callable) -> None:
    """`build_neural_ncf(num_users, num_items, num_factors, mlp_factors, hidden)`."""

    model = build_neural_ncf(USERS, ITEMS, FACTORS, MLP_FACTORS, HIDDEN)
    require_model(model)
    require(
        bool(getattr(model, "inputs", None)),
        "the network is a class of its own; the text asks for the functional API",
        "Later cells draw and copy the network. keras.Input, layers applied one after the other, "
        "keras.Model(inputs, output).",
    )
    require(
        len(model.inputs) == 2,
        f"the network takes {len(model.inputs)} input; expected two, [user ids, item ids]",
        "The first argument of keras.Model is the list of all inputs.",
    )
    width = 1 if len(model.outputs[0].shape) < 2 else model.outputs[0].shape[-1]
    require(
        len(model.outputs) == 1 and width == 1,
        f"{width} numbers come out for each pair; expected 1"
        if len(model.outputs) == 1
        else f"the network has {len(model.outputs)} outputs; expected 1",
        "phi makes one number of what it reads: a Dense layer of one unit.",
    )
    _require_shapes([tuple(weight.shape) for weight in model.weights])
    weights = {
        key: next(w for w in model.weights if tuple(w.shape) == shape)
        for key, (shape, _) in WEIGHTS.items()
    }
    start = {key: np.any(weights[key].numpy()) for key in TABLES}
    rng = np.random.RandomState(1)
    for weight in weights.values():
        weight.assign(rng.uniform(-1.5, 1.5, size=weight.shape))
    values = {key: weight.numpy() for key, weight in weights.items()}
    score = _scorer(model)
    _require_formula(score, values)
    require_alone_like_in_company(score, PAIRS)
    _require_gradients(score, weights)
    _require_penalty(model, score, weights, values)
    asleep = [WEIGHTS[key][1] for key in TABLES if not start[key]]
    require(
        not asleep,
        f"{' and '.join(asleep)} starts at 0: then the gradient of a product is 0, or all users "
        "and films look the same to psi",
        "factor_table starts with small random numbers.",
    )
    _require_names(model, weights)


def _require_shapes(found: list) -> None:
    """All weights of the formula and no others; else name the mistake that has these shapes."""
    lacking = [key for key, (shape, _) in WEIGHTS.items() if shape not in found]
    left = list(found)
    for shape, _ in WEIGHTS.values():
        if shape in left:
            left.remove(shape)
    if not lacking and not left:
        return
    last = next((n for n, *one in left if one == [1]), None)
    last = LAST if "h" not in lacking else last  # what the last layer reads
    read = next((n for n, *to in left if to == [HIDDEN[0]]), None)  # what psi reads
    no_psi = {"w1", "w2"} <= set(lacking) and read is None
    pair, psi = 2 * MLP_FACTORS, HIDDEN[-1]
    reads = f"the last layer reads {last} numbers; expected {FACTORS} + {psi} = {LAST}"
    outside = "A layer that is made but does not lead to the output is no part of the network."

    require(
        not (no_psi and last == FACTORS + pair),
        f"psi's layers are no part of the network, and {reads}",
        f"{last} = {FACTORS} + {pair}. What has {pair} numbers here? Follow the path from the "
        "tables to the last concatenation.",
    )
    require(
        not (no_psi and last == FACTORS),
        f"psi is no part of the network: {reads}",
        f"{outside} What is joined with the products?",
    )
    require(
        not ({"p", "q"} <= set(lacking) and last == psi),
        f"p_u and q_i are no part of the network: {reads}",
        f"{outside} The formula has two things between the outer square brackets.",
    )
    require(
        read != FACTORS + pair,
        f"psi reads {read} numbers; expected {pair}, s_u and t_i",
        "What stands between the inner square brackets, what between the outer ones?",
    )
    require(
        not {(psi, 1), (FACTORS + 1, 1)} <= set(left),
        f"the last layer reads {FACTORS} + 1 numbers; expected {FACTORS} + {psi} = {LAST}: psi "
        "ends in a single number",
        "psi is what `mlp` returns: the last layer sees all its units.",
    )
    require(
        last != psi,
        f"{reads}: psi alone, and the products go past it",
        "Is the product added afterwards, as in ANCF? Here phi reads both.",
    )
    require(
        last != 1 + psi or "w2" in lacking,
        f"{reads}: the product of p_u and q_i is one number, not {FACTORS}",
        "Which layer multiplies factor by factor, and does not add up?",
    )
    require(
        last != 2 * FACTORS + psi,
        f"{reads}: p_u and q_i are joined, not multiplied",
        "The circle in the formula: factor by factor. See the numbers of section 1.",
    )
    swapped = read == 2 * FACTORS and last == MLP_FACTORS + psi
    require(
        not swapped,
        f"the product has {MLP_FACTORS} factors and psi reads {2 * FACTORS} numbers; expected "
        f"{FACTORS} and {pair}",
        "Which pair of tables is multiplied, which one goes into psi, and what is the size of "
        "each?",
    )
    require(
        read != MLP_FACTORS,
        f"psi reads {MLP_FACTORS} numbers; expected {MLP_FACTORS} + {MLP_FACTORS} = {pair}",
        "Joining is neither adding nor multiplying, nor putting one row below another. Which "
        "layer puts one vector behind the other, and along which axis?",
    )
    require(
        read != 2 * FACTORS,
        f"psi reads {read} numbers, p_u and q_i; expected {pair}, s_u and t_i",
        "The formula has four letters: psi has a pair of tables for itself.",
    )
    require(
        read != FACTORS,
        f"psi reads {read} numbers, the products; expected {pair}, s_u and t_i",
        "What stands between the inner square brackets?",
    )
    require(
        last != FACTORS + HIDDEN[0],
        f"{reads}: psi's first layer is joined, and its last one left out",
        "`mlp` returns the output of its last layer. Is that what you join?",
    )
    said = f"with {USERS} users, {ITEMS} items, {FACTORS} and {MLP_FACTORS} factors and hidden "
    said += f"layers {HIDDEN} "
    wanted = " and ".join(f"{WEIGHTS[key][0]} for {WEIGHTS[key][1]}" for key in lacking)
    require(
        not lacking,
        f"{said}there should be a weight of the shape {wanted}"
        + (f"; in place of it there is {', '.join(map(str, left))}" if left else ""),
        "Which number goes into which table or layer? "
        + ("Look for the shape that should not be there." if left else outside),
    )
    raise Mistake(
        f"besides the weights of the formula there are others, of the shapes {left}",
        "Four tables, the layers of psi, and one Dense layer of one unit. What else has weights?",
    )


def _scorer(model) -> Callable:
    """A function that scores pairs of ids with the model."""
    return lambda rows: model([rows[:, k].astype("int32") for k in (0, 1)])


def _mlp(pair, values, relu=(True, True)) -> np.ndarray:
    for k, cut in enumerate(relu, start=1):
        pair = pair @ values[f"w{k}"] + values[f"b{k}"]
        pair = np.maximum(pair, 0) if cut else pair
    return pair


def _formula(
    values,
    ids=(0, 1, 0, 1),
    film_first=False,
    combine: Callable = np.multiply,
    relu=(True, True),
    psi_first=False,
) -> np.ndarray:
    """The scores of PAIRS; `ids` say which id looks up p, q, s and t."""
    p, q, s, t = (values[key][PAIRS[:, id]] for key, id in zip(TABLES, ids, strict=True))
    psi = _mlp(np.concatenate([t, s] if film_first else [s, t], axis=1), values, relu)
    both = [psi, combine(p, q)] if psi_first else [combine(p, q), psi]
    return (np.concatenate(both, axis=1) @ values["h"] + values["b"])[:, 0]


def _require_formula(score, values) -> None:
    """Compare with the formula; where it differs, look for the mistake whose formula fits."""
    found, n = np.asarray(score(PAIRS)), len(PAIRS)
    require(
        found.size == n,
        f"{n} pairs give an output of the shape {found.shape}; expected ({n}, 1)",
        "An input of shape (1,) leaves an idle axis behind the look-up: flatten, or Input(()). "
        "And nothing may add up over the pairs of the batch.",
    )
    found = found.reshape(-1)
    for film_first in (False, True):  # either order of s_u and t_i is right
        if close(found, _formula(values, film_first=film_first)):
            return
    for film_first in (False, True):
        for wrong, symptom, nudge in _known_mistakes(values, film_first):
            require(not close(found, wrong), symptom, nudge)
    require_alone_like_in_company(score, PAIRS)
    right = _formula(values)
    off = found - right
    require(
        np.ptp(off) > 1e-4,
        f"every score is off by the same {off[0]:.3f}: something is added that is in no weight",
        "The network gives the distance from the mean.",
    )
    raise Mistake(
        f"for known weights the pair (user {PAIRS[0, 0]}, item {PAIRS[0, 1]}) should score "
        f"{right[0]:.3f}; it scores {found[0]:.3f}",
        "Go through the formula from the inside out: which of your lines is which part of it?",
    )


def _known_mistakes(values, film_first) -> Iterator[tuple[np.ndarray, str, str]]:
    """The scores that usual mistakes give, each with symptom and nudge."""

    def scores(**changes) -> np.ndarray:
        return _formula(values, film_first=film_first, **changes)

    right = scores()
    top = "Is there an activation on the last layer? A distance from the mean may have any sign."
    yield np.maximum(right, 0), "no score is below 0, but the formula gives negative ones", top
    yield 1 / (1 + np.exp(-right)), "every score lies between 0 and 1", top
    yield np.tanh(right), "every score lies between -1 and 1", top
    units = "What makes an MLP more than a sum? Compare with the function `mlp`."
    linear = "psi has no ReLU: it is a weighted sum of the numbers that go in"
    yield scores(relu=(False, False)), linear, units
    yield scores(relu=(True, False)), "psi's last hidden layer has no ReLU", units
    yield scores(relu=(False, True)), "psi's first hidden layer has no ReLU", units
    order = "the last layer reads psi first and then the products; the formula has it the other way"
    yield scores(psi_first=True), order, "Section 5 relies on the order in the outer brackets."
    circle = "The circle in the formula stands for a product. See the numbers of section 1."
    for combine in (np.add, np.subtract, np.maximum):
        yield scores(combine=combine), f"p_u and q_i are not multiplied: {combine.__name__}", circle
    cut = "products below 0 are cut off before the last layer reads them"
    relu = "Where is there an activation that the formula does not have?"
    yield scores(combine=lambda p, q: np.maximum(p * q, 0)), cut, relu
    names = ("p_u", "q_i", "s_u", "t_i")
    for ids in product((0, 1), repeat=4):  # which id looks up which table
        swapped = [
            f"{name} is looked up with the {('user', 'item')[id]}'s id"
            for name, id, own in zip(names, ids, (0, 1, 0, 1), strict=True)
            if id != own
        ]
        if len(swapped) == 4:
            nudge = "In which order does keras.Model get its inputs? And the sizes of the tables?"
            yield scores(ids=ids), "users are looked up as items, and items as users", nudge
        elif swapped:
            nudge = "Which input goes into which table? And which of them has num_items rows?"
            yield scores(ids=ids), ", ".join(swapped), nudge


def _require_gradients(score, weights) -> None:
    """Every weight gets a gradient, so that training can move it."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        total = tf.reduce_sum(score(PAIRS))
    gradients = tape.gradient(total, [weight.value for weight in weights.values()])
    for key, gradient in zip(weights, gradients, strict=True):
        require(
            weights[key].trainable and gradient is not None,
            f"training cannot move {WEIGHTS[key][1]}: no gradient arrives there",
            "Is something frozen (trainable), or the gradient stopped, on the way to the output?",
        )


def _require_penalty(model, score, weights, values) -> None:
    """Each table has PENALTY times the sum of squares as its penalty."""
    for only in TABLES:
        for key, weight in weights.items():
            weight.assign(values[key] * (key == only))
        score(PAIRS)
        penalty = float(sum(model.losses)) if model.losses else 0.0
        factor, name = penalty / np.sum(values[only] ** 2), WEIGHTS[only][1]
        require(
            factor > 0,
            f"there is no penalty on {name}; expected PENALTY times the sum of squares",
            "What makes a table here, with its start and its penalty? See section 2.",
        )
        require(
            np.isclose(factor, PENALTY, rtol=1e-3),
            f"the penalty on {name} is {factor:.3g} times the sum of squares; expected "
            f"PENALTY = {PENALTY}",
            "factor_table makes tables with the right penalty.",
        )


def _require_names(model, weights) -> None:
    """The names by which later cells look for layers."""
    there = {layer.name: layer for layer in model.layers}
    for key, name in {"p": "p_u", "q": "q_i", "s": "s_u", "t": "t_i", "h": "rating"}.items():
        require(
            name in there,
            f"all is computed as it should be, but no layer is called {name!r}",
            "Later cells look for the names that the text gives. A layer's argument is `name`.",
        )
        shapes = [tuple(weight.shape) for weight in there[name].weights]
        require(
            WEIGHTS[key][0] in shapes,
            f"the layer {name!r} has weights of the shapes {shapes}; it is another one's name",
            "The scores are right, so only the names are exchanged.",
        )


# 2 -----------------------------------------------------------------------------------------

CASES = [(5, 7, 3, 4, (10, 6)), (5, 7, 3, 4, (10,)), (11, 6, 2, 5, (12, 9, 4))]


def _count(sizes) -> dict[str, int]:
    """The parts of the count, and some wrong ones."""
    num_users, num_items, num_factors, mlp_factors, hidden = sizes
    layers = [2 * mlp_factors, *hidden]
    return {
        "U": num_users,
        "I": num_items,
        "F": num_factors,
        "M": mlp_factors,
        "first": hidden[0],
        "last": hidden[-1],
        "units": sum(hidden),
        "tables": (num_users + num_items) * (num_factors + mlp_factors),
        "psi": sum(a * b + b for a, b in pairwise(layers)),
        "phi": num_factors + hidden[-1] + 1,
    }


@progress.exercise("count_weights")
def check_count(count_weights: Callable) -> None:
    """`count_weights(num_users, num_items, num_factors, mlp_factors, hidden)`: a whole number."""
    found = []
    for sizes in CASES:
        try:
            found.append(count_weights(*sizes))
        except (IndexError, ValueError) as error:
            require(
                not found,
                f"it works for the hidden layers {CASES[0][-1]}, but with {sizes[-1]} it stops: "
                f"{type(error).__name__}",
                "The number of hidden layers is not fixed. A loop over pairs of neighbours?",
            )
            raise
        require_something(found[-1], "a whole number")
        require(
            np.ndim(found[-1]) == 0 and isinstance(found[-1], int | float | np.number),
            f"expected a whole number, found {kind(found[-1])}",
            "Add up all parts and return one number.",
        )
    parts = [_count(sizes) for sizes in CASES]
    right = [part["tables"] + part["psi"] + part["phi"] for part in parts]
    if found == right:
        return
    require(
        len(set(found)) > 1,
        f"the count is {found[0]}, whatever the sizes are",
        "Use the arguments of the function, not the notebook's numbers.",
    )
    where = (
        f"for {USERS} users, {ITEMS} items, {FACTORS} and {MLP_FACTORS} factors, hidden {HIDDEN}"
    )
    for wrong, symptom, nudge in _known_counts():
        require(found != [wrong(part) for part in parts], f"{where}: {symptom}", nudge)
    require(
        found[0] != right[0],
        f"the count is right with the hidden layers {CASES[0][-1]}, but with {CASES[1][-1]} it is "
        f"{found[1]}, expected {right[1]}, and with {CASES[2][-1]} {found[2]}, expected {right[2]}",
        "The number of hidden layers is not fixed. Which of them does the last layer read?",
    )
    raise Mistake(
        f"{where}: the count is {found[0]}; expected {right[0]}",
        "Count one part at a time: four tables, psi layer by layer, the last layer. What does "
        "each layer read, and how many units has it?",
    )


def _known_counts() -> Iterator[tuple[Callable, str, str]]:
    """What usual mistakes count, each with symptom and nudge."""

    def off(by: Callable) -> Callable:
        return lambda n: n["tables"] + n["psi"] + n["phi"] - by(n)

    bias = "Each unit of a Dense layer has a bias of its own."
    letters = "Count the letters in the formula, and the rows of each table."
    reads = "What does this layer read? Follow the arrows into it."
    part = "Three parts: the tables, the layers of psi, the last layer."
    yield off(lambda n: 1), "1 is missing", "The last layer has one unit. " + bias
    yield off(lambda n: n["units"]), f"{sum(HIDDEN)} are missing, psi's biases", bias
    yield off(lambda n: n["units"] + 1), f"{sum(HIDDEN) + 1} are missing, all biases", bias
    yield off(lambda n: (n["U"] + n["I"]) * n["M"]), "48 are missing, two tables", letters
    yield off(lambda n: (n["U"] + n["I"]) * n["F"]), "36 are missing, two tables", letters
    yield off(lambda n: n["U"] * (n["F"] + n["M"])), "35 are missing, two tables", letters
    yield off(lambda n: n["I"] * (n["F"] + n["M"])), "49 are missing, two tables", letters
    one_size = "all four tables are counted with the same number of factors"
    yield off(lambda n: (n["U"] + n["I"]) * (n["M"] - n["F"])), one_size, letters
    yield off(lambda n: (n["U"] + n["I"]) * (n["F"] - n["M"])), one_size, letters
    yield off(lambda n: n["M"] * n["first"]), "40 are missing, in psi's first layer", reads
    yield off(lambda n: (2 * n["M"] - 2 * n["F"]) * n["first"]), "20 are missing, in psi", reads
    without_first = "90 are missing, psi's first layer"
    yield off(lambda n: (2 * n["M"] + 1) * n["first"]), without_first, reads
    one_of_each = "10 are missing, in psi's first layer"
    yield off(lambda n: (n["M"] - n["F"]) * n["first"]), one_of_each, reads
    yield off(lambda n: n["psi"]), "156 are missing, all of psi", part
    yield off(lambda n: n["phi"]), "10 are missing, the last layer", part
    yield off(lambda n: n["tables"]), "84 are missing, the tables", part
    yield off(lambda n: n["F"]), "3 are missing, in the last layer", reads
    yield off(lambda n: n["last"]), "6 are missing, in the last layer", reads
    input_used = "the last layer is counted as if it read what goes into psi"
    yield off(lambda n: n["last"] - 2 * n["M"]), input_used, reads
    one_product = "the last layer is counted as if the product were a single number"
    yield off(lambda n: n["F"] - 1), one_product, reads
    joined = "the last layer is counted as if p_u and q_i were joined, not multiplied"
    yield off(lambda n: -n["F"]), joined, reads


# 3 -----------------------------------------------------------------------------------------


def _network(sizes=CASES[0], cut: str = "", dropout: float = 0.2):
    """A network of the general kind, and all weights that were made; `cut` is what is broken."""
    import keras
    from keras import layers

    num_users, num_items, num_factors, mlp_factors, hidden = sizes
    user, item = (keras.Input((), dtype="int32", name=name) for name in ("user", "item"))
    p = layers.Embedding(num_users, num_factors, name="p_u")(user)
    q = layers.Embedding(num_items, num_factors, name="q_i")(item)
    s = layers.Embedding(num_users, mlp_factors, name="s_u")(user)
    t = layers.Embedding(num_items, mlp_factors, name="t_i")(item)
    pair = psi = layers.Concatenate(name="pair")([s, s] if cut == "t_i" else [s, t])
    outputs = [t]
    for k, units in enumerate(hidden, start=1):
        before = layers.Dropout(dropout, name=f"dropout_{k}")(psi)
        psi = layers.Dense(units, activation="relu", name=f"psi_{k}")(before)
        outputs.append(psi)
    stopped = keras.ops.stop_gradient(p) if cut == "p_u" else p
    products = layers.Multiply(name="p_o_q")([stopped, q])
    joined = {"psi": pair, "psi_2": outputs[1]}.get(cut, psi)
    both = layers.Concatenate(name="both")([products, joined])
    rating = layers.Dense(1, name="rating")(both)
    everything = keras.Model([user, item], [rating, *outputs])
    rng = np.random.RandomState(4)
    everything.set_weights([rng.uniform(-1.5, 1.5, w.shape) for w in everything.get_weights()])
    return keras.Model([user, item], rating, name="net"), everything.trainable_weights


@progress.exercise("without_gradient")
def check_gradient(without_gradient: Callable) -> None:
    """`without_gradient(model, weights, rows)`: paths of the weights whose gradient is None."""
    rows = pd.DataFrame(PAIRS, columns=["user", "item"]).assign(rating=[4.0, 2, 5, 3, 1, 4])
    layers = {"psi": ("psi_1", "psi_2"), "psi_2": ("psi_2",), "t_i": ("t_i",), "p_u": ("p_u",)}
    for cut in ("psi", "", "psi_2", "t_i", "p_u"):
        model, weights = _network(cut=cut)
        silent = [w.path for w in weights if w.path.split("/")[0] in layers.get(cut, ())]
        found = _paths(without_gradient, model, weights, rows)
        if found == set(silent):
            continue
        paths = {w.path for w in weights}
        strange = sorted(found - paths)
        require(
            not strange,
            f"{_some(strange[:1])!r} is returned, which is the path of none of `weights`",
            "weight.path has the layer in it, such as 's_u/embeddings'; weight.name has not.",
        )
        require(
            found != paths,
            "every weight is reported, also those that do get a gradient",
            "The tape notes only what is computed inside the `with`, by the network that is "
            "passed in, with TensorFlow and not with NumPy or predict.",
        )
        require(
            found != paths - set(silent) or not silent,
            "these are the weights that get a gradient; asked for are the others",
            "What does the tape give for a weight that the loss does not depend on?",
        )
        if cut == "":
            raise Mistake(
                f"in a network without a bug {_some(found)} is reported",
                "The answer must come from the gradients of the network that is passed in.",
            )
        require(
            cut != "p_u",
            "in a network where p_u is a layer like others, but its gradient is stopped "
            "(stop_gradient), it is not found",
            "To belong to a network is one thing, to get a gradient another. Ask the tape.",
        )
        require(
            bool(found),
            f"in a network where {' and '.join(layers[cut])} is not connected, nothing is found",
            "Whose gradients do you ask for? A network has only the weights on its own paths; "
            "the argument `weights` has all.",
        )
        raise Mistake(
            f"where {' and '.join(layers[cut])} is not connected, {_some(found)} is reported; "
            f"expected {_some(silent)}",
            "All of those without a gradient, and no others: go through gradients and weights "
            "side by side.",
        )


def _some(paths) -> str:
    return ", ".join(sorted(paths)) or "nothing"


def _paths(without_gradient: Callable, model, weights, rows) -> set:
    """What the function returns, as a set of texts; anything else is a mistake."""
    import keras

    before = [weight.numpy() for weight in weights]
    try:
        found = without_gradient(model, list(weights), rows.copy())
    except Exception as error:
        text = str(error)
        require(
            "is not in [0, " not in text,
            "ids are looked up that are not in `rows`",
            "Use the arguments of the function, not the notebook's variables.",
        )
        require(
            "type_value" not in text and "'numpy." not in text and "'float' object" not in text,
            "the loss that the tape is asked about is a number of NumPy, which has no gradient",
            "Inside the `with`, leave everything in TensorFlow: call the network, no predict and "
            "no np.mean, and take the mean with tf.reduce_mean.",
        )
        raise
    require(
        all(close(weight.numpy(), old) for weight, old in zip(weights, before, strict=True)),
        "the network that was passed in has been trained: its weights are others than before",
        "A test leaves a network as it is. The gradients can be asked for without a step.",
    )
    require_something(found, "a list of paths")
    require(
        isinstance(found, list | tuple | set | pd.Index | np.ndarray),
        f"expected a list of paths, found {kind(found)}",
        "A list with a text for each weight that gets no gradient; an empty list if all do.",
    )
    kinds = {type(entry) for entry in found}
    require(
        not kinds & {bool, np.bool_},
        "the list says True or False for each weight; expected are the paths of some of them",
        "Keep the path where the gradient is None, and leave out the others.",
    )
    require(
        not any(isinstance(entry, keras.Variable) for entry in found),
        "the list has the weights themselves in it; expected are their paths",
        "A weight knows where it belongs: weight.path.",
    )
    require(
        all(issubclass(kind, str) for kind in kinds),
        f"the list has {', '.join(sorted(k.__name__ for k in kinds))} in it; expected are texts",
        "Gradients and weights go in pairs: which of the two has a path?",
    )
    return set(map(str, found))


# 4 -----------------------------------------------------------------------------------------

FIXED = [  # the last one has other sizes
    ({}, "fixed(net)"),
    ({"products": 1, "psi": 0, "bias": 0}, "fixed(net, products=1, psi=0, bias=0)"),
    ({"psi": 0}, "fixed(net, psi=0)"),
    ({"products": 0}, "fixed(net, products=0)"),
    ({"products": 1}, "fixed(net, products=1)"),
    ({"bias": 0}, "fixed(net, bias=0)"),
    ({"products": 2, "psi": -1, "bias": 0.5}, "fixed(net, products=2, psi=-1, bias=0.5)"),
]


@progress.exercise("fixed")
def check_fixed(fixed: Callable) -> None:
    """`fixed(model, products=None, psi=None, bias=None)`: a copy with another last layer."""
    for sizes in CASES:
        for parts, call in FIXED if sizes is CASES[0] else FIXED[1:2]:
            model, _ = _network(sizes)
            before = _by_layer(model)
            copy = _copy_by(fixed, model, **parts)
            found = _by_layer(_require_copy(copy, model, before))
            told = "" if sizes is CASES[0] else f"with {sizes[2]} factors, "
            for name in sorted(before.keys() - {"rating"}):
                require(
                    name in found and all(map(close, found[name], before[name])),
                    f"{told}{call}: the copy's {name} has other numbers than the network's",
                    "clone_model makes the same layers, with a new start. The numbers must be "
                    "carried over; only the last layer is changed.",
                )
            _require_last(before["rating"], found.get("rating"), parts, told + call, sizes[2])
            _require_scores(copy, sizes, {**before, "rating": found["rating"]}, told + call)


def _copy_by(make: Callable, *arguments, **parts):
    """What the student's function returns; a number where an array belongs is a mistake."""
    try:
        return make(*arguments, **parts)
    except AttributeError as error:
        require(
            "object has no attribute 'shape'" not in str(error),
            "set_weights got a number, or something else without a shape, in place of an array",
            "An array is changed in its places: b[:] = 0 keeps it an array, b = 0 does not.",
        )
        raise


def _by_layer(model) -> dict[str, list]:
    return {layer.name: layer.get_weights() for layer in model.layers if layer.weights}


def _require_copy(copy, model, before):
    """The copy is a network, another one than the model, which has not changed."""
    import keras

    require_something(copy, "a network")
    require(
        isinstance(copy, keras.Model),
        f"expected a network, found {kind(copy)}",
        "Which variable holds the copy? set_weights, for one, returns nothing.",
    )
    after = _by_layer(model)
    require(
        all(close(a, b) for name in before for a, b in zip(before[name], after[name], strict=True)),
        "the network that was passed in has been changed",
        "Change the copy's layers. Two variables may be names of one and the same network, or "
        "of one and the same layer.",
    )
    require(
        copy is not model,
        "the network that was passed in comes back, not a copy",
        "keras.models.clone_model makes one.",
    )
    own = [layer for layer in model.layers if layer.weights]
    shared = [layer.name for layer in own if any(layer is other for other in copy.layers)]
    require(
        not shared,
        f"the copy shares layers with the network: {', '.join(shared)}",
        "What trains or changes the one would change the other. clone_model makes new layers.",
    )
    return copy


def _require_last(learnt, found, parts, call, num_factors) -> None:
    """The last layer's weights: what they should be, and what usual mistakes make of them."""
    h, b = (array.copy() for array in learnt)
    products, psi, bias = (parts.get(name) for name in ("products", "psi", "bias"))

    def last(products=products, psi=psi, bias=bias, at=num_factors) -> tuple:
        w, c = h.copy(), b.copy()
        w[:at] = w[:at] if products is None else products
        w[at:] = w[at:] if psi is None else psi
        return w, c if bias is None else 0 * c + bias

    def like(w, c) -> bool:
        return close(found[0], w) and close(found[1], c)

    if like(*last()):
        return
    require(
        not any(np.isnan(array).any() for array in found),
        f"{call}: weights of the last layer are nan, not a number",
        "What becomes of a weight when you set it to None?",
    )
    none = (
        "Is it set at all? And if so: `if` takes 0 for no, and None too. How does one ask for None?"
    )
    zeros = {name: None for name, value in parts.items() if value == 0}
    for some in (zeros, *({name: None} for name in zeros)):
        said = " and ".join(f"{name}=0" for name in some)
        require(not some or not like(*last(**some)), f"{call}: {said} has no effect", none)
    filled = {name: 0 for name in ("products", "psi", "bias") if parts.get(name) is None}
    for some in ({name: 0} for name in filled):
        require(
            not like(*last(**some)),
            f"{call}: {next(iter(some))} was not given, and is set to 0 all the same",
            "What is None stays as it was learnt.",
        )
    require(
        not like(*last(**filled)) or not filled,
        f"{call}: what was not given is set to 0",
        "What is None stays as it was learnt.",
    )
    require(
        not like(*learnt),
        f"{call}: the last layer's weights are as they were learnt",
        "get_weights gives copies of the numbers. How do they get back into the layer?",
    )
    for at in (num_factors - 1, num_factors + 1):
        require(
            not close(found[0], last(at=at)[0]),
            f"{call}: the boundary between products and psi is off by one",
            "Of the weights, the first num_factors belong to the products.",
        )
    fine = close(found[0], last()[0])
    for at in range(len(h) + 1):
        require(
            fine or not close(found[0], last(at=at)[0]),
            f"{call}: {at} of the last layer's {len(h)} weights are taken for those of the "
            f"products; expected {num_factors}",
            "The boundary is another one for another number of factors. Who knows it?",
        )
    for at in range(len(h) + 1):
        require(
            fine or not close(found[0], last(products=psi, psi=products, at=at)[0]),
            f"{call}: products and psi are exchanged",
            "In which order does the last concatenation join them?",
        )
    wrong = np.argmax(np.abs(np.append(found[0], found[1]) - np.append(*last())))
    name = "the bias" if wrong == len(h) else f"weight {wrong} of the last layer"
    raise Mistake(
        f"{call}: {name} should be {np.append(*last())[wrong]:.2f}; it is "
        f"{np.append(*found)[wrong]:.2f}",
        "Three parts, each changed only if it is given: the first num_factors weights, the other "
        "weights, and the bias.",
    )


def _require_scores(copy, sizes, weights, call) -> None:
    """The copy scores by the formula, with its own weights."""
    p, q, s, t = (weights[name][0] for name in ("p_u", "q_i", "s_u", "t_i"))
    user, item = PAIRS.T
    vector = np.concatenate([s[user], t[item]], axis=1)
    for k in range(1, len(sizes[-1]) + 1):
        kernel, bias = weights[f"psi_{k}"]
        vector = np.maximum(vector @ kernel + bias, 0)
    h, b = weights["rating"]
    right = np.concatenate([p[user] * q[item], vector], axis=1) @ h + b
    require(
        close(np.asarray(_scorer(copy)(PAIRS)), right),
        f"{call}: the copy has the right weights, but does not score by the formula",
        "Copy the network as it is, with all of its layers.",
    )


# 5 -----------------------------------------------------------------------------------------


@progress.exercise("rescaled")
def check_rescaled(rescaled: Callable) -> None:
    """`rescaled(model, times)`: weights of the products times `times`, and the same scores."""
    for times, sizes in ((4, CASES[0]), (0.5, CASES[2])):
        model, _ = _network(sizes)
        before, scores = _by_layer(model), np.asarray(_scorer(model)(PAIRS))[:, 0]
        copy = _require_copy(_copy_by(rescaled, model, times), model, before)
        after = _by_layer(copy)
        factors, call = sizes[2], f"rescaled(net, {times})"
        require(
            all(
                after.get(name) and all(map(close, after[name], before[name]))
                for name in before.keys() - {"p_u", "q_i", "rating"}
            ),
            f"{call}: s_u, t_i or psi has other numbers than before",
            "Carry all numbers over. Then only the products and their weights have to change.",
        )
        h, b = before["rating"]
        w, c = after["rating"]
        right = h.copy()
        right[:factors] *= times
        require(
            not close(w, h),
            f"{call}: the weights of the products are as they were",
            "Two things change: the weights, and something that makes up for it.",
        )
        require(
            not close(w, h * times),
            f"{call}: psi's weights are multiplied too",
            "Only the first num_factors weights of the last layer belong to the products.",
        )
        by_one_over = right.copy()
        by_one_over[:factors] = h[:factors] / times
        require(
            not close(w, by_one_over),
            f"{call}: the weights of the products are divided by {times}, not multiplied",
            "Weights larger, what they multiply smaller.",
        )
        wrong = int(np.argmax(np.abs(w - right)))
        require(
            close(w, right) and close(c, b),
            f"{call}: weight {wrong} of the last layer should be {right[wrong, 0]:.3f}; it is "
            f"{w[wrong, 0]:.3f}"
            if not close(w, right)
            else f"{call}: the bias of the last layer has changed",
            "The first num_factors weights are multiplied; psi's weights and the bias stay.",
        )
        found = np.asarray(_scorer(copy)(PAIRS))[:, 0]
        rest = scores - _of_products(before)
        tables = "How many times smaller must p_u o q_i become? And who shares that?"
        for power, symptom in {
            1: "the weights are larger, and nothing has become smaller",
            -1: f"p_u and q_i are both divided by {times}: too much",
            0.5: "what makes up for it is too little: only the root of it",
            2: "a table has become larger too, not smaller",
            3: "the tables have become larger too, not smaller",
        }.items():
            require(
                not close(found, rest + times**power * _of_products(before)),
                f"{call}: the scores are others than before; {symptom}",
                tables,
            )
        require(
            close(found, scores),
            f"{call}: the first pair scored {scores[0]:.3f}, and scores {found[0]:.3f} now",
            tables,
        )


def _of_products(weights) -> np.ndarray:
    """What the products add to the scores of PAIRS."""
    user, item = PAIRS.T
    products = weights["p_u"][0][user] * weights["q_i"][0][item]
    return products @ weights["rating"][0][: products.shape[1], 0]
