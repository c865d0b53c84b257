"""Checks of practice 6, Neural-NCF: r = phi([p_u o q_i, psi([s_u, t_i])])."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd

from practice.checks._engine import Facet, Practice, difference, kind, same
from practice.checks._networks import Scorer, fill, ids, known, look, sum_of_terms, swapped

practice = Practice(
    "06_ncf3_neural",
    given=["imports", "helpers", "parts"],
    values={"data": SimpleNamespace(mean=3.5)},
)
summary = practice.summary

# users, items, numbers in p_u, numbers in s_u, units of psi; all different
SIZES = [(5, 7, 3, 4, (10, 6)), (9, 8, 5, 2, (11,)), (6, 11, 2, 5, (12, 9, 4))]


def shapes_of(sizes: tuple) -> dict[tuple, str]:
    """The shapes of all weights, and what the text calls them."""
    users, items, factors, mlp_factors, hidden = sizes
    words = {(users, factors): "p_u", (items, factors): "q_i"}
    words |= {(users, mlp_factors): "s_u", (items, mlp_factors): "t_i"}
    for k, (m, n) in enumerate(pairwise([2 * mlp_factors, *hidden]), start=1):
        words |= {(m, n): f"layer {k} of psi", (n,): f"the biases of layer {k} of psi"}
    return words | {(factors + hidden[-1], 1): "the last layer", (1,): "the bias of the last layer"}


# 1 -----------------------------------------------------------------------------------------


def build_facets(build: Callable, draw: int) -> Iterator[Facet]:
    """The network, with known numbers in its weights."""
    words = shapes_of(SIZES[draw])
    names = {word: shape for shape, word in words.items() if len(word) == 3}
    last = next(shape for shape, word in words.items() if word == "the last layer")
    model = build(*SIZES[draw])
    for facet in look(
        model,
        ids(draw, 5),
        words,
        draw,
        names=names | {"rating": last},
        layers=("rating",),
        functional=True,
        say_scores=lambda found, _: say_sum(found, draw),
    ):
        if facet.name == "the weights":
            yield Facet("what is read", what_is_read(facet.value, draw), lambda found, _: found)
        if facet.name != "the dropout" or facet.value["drops"]:  # psi's own layers may have none
            yield facet


def what_is_read(found: list[tuple], draw: int) -> tuple[str, str] | None:
    """What psi and the last layer read, if that is not what they should, by its length."""
    _, _, f, m, hidden = SIZES[draw]
    first, end = hidden[0], hidden[-1]
    if set(found) >= set(shapes_of(SIZES[draw])):
        return None
    read = next((n for n, *to in found if to == [first]), None)
    lasts = [n for n, *to in found if to == [1]]
    last = lasts[0] if lasts else None
    reads = f"the last layer reads {last} numbers; expected {f} + {end} = {f + end}"
    psi = f"psi reads {read} numbers; expected {m} + {m} = {2 * m}, s_u and t_i"
    outside = "A layer that is made but does not lead to the output is no part of the network."
    inner = "What stands between the inner square brackets, what between the outer ones?"
    circle = "The circle in the formula: factor by factor. See the numbers of section 1."
    # fmt: off
    for wrong, symptom, nudge in (
        (read is None and last == f + 2 * m, f"psi's layers are no part of the network, and {reads}",
            f"{last} = {f} + {2 * m}. What has {2 * m} numbers here? Follow the path to the last concatenation."),
        (read is None and last == f, f"psi is no part of the network: {reads}", f"{outside} What is joined with the products?"),
        (last == end and not any(n == [f] for _, *n in found), f"p_u and q_i are no part of the network: {reads}",
            f"{outside} The formula has two things between the outer square brackets."),
        (read == f + 2 * m, f"{psi}; the products go into it, too", inner),
        ({end, f + 1} <= set(lasts), f"psi ends in a single number: the last layer reads {f} + 1 numbers; expected {f} + {end}",
            "psi is what `mlp` returns: the last layer sees all its units."),
        (last == end, f"{reads}: psi alone, and the products go past it",
            "Is the product added afterwards, as in ANCF? Here phi reads both."),
        (last == 1 + end, f"{reads}: the product of p_u and q_i is one number, not {f}",
            "Which layer multiplies factor by factor, and does not add up?"),
        (last == 2 * f + end, f"{reads}: p_u and q_i are joined, not multiplied", circle),
        (last == f * f + end, f"{reads}: each factor of p_u is multiplied with each of q_i (an outer product), not factor by factor", circle),
        (read == 2 * f and last == m + end, f"the product has {m} factors and psi reads {2 * f} numbers; expected {f} and {2 * m}",
            "Which pair of tables is multiplied, which one goes into psi, and what is the size of each?"),
        (read == m, f"{psi}: they are added, multiplied, or joined along the batch",
            "Which layer puts one vector behind the other, and along which axis?"),
        (read == 2 * f, f"psi reads {read} numbers, p_u and q_i; expected {2 * m}, s_u and t_i",
            "The formula has four letters: psi has a pair of tables for itself."),
        (read == f, f"psi reads {read} numbers, the products; expected {2 * m}, s_u and t_i", inner),
        (len(hidden) > 1 and last == f + first, f"{reads}: psi's first layer is joined, and its last one left out",
            "`mlp` returns the output of its last layer. Is that what you join?"),
    ):
        if wrong:
            return symptom, nudge
    # fmt: on
    return None


def parts(draw: int, chosen: str = "uiui", order: int = 1, relu: tuple | None = None) -> tuple:
    """p and q of the ids "u" or "i", and psi; the order is -1 for [t_i, s_u]."""
    users, items, f, m, hidden = SIZES[draw]
    pairs = dict(zip("ui", ids(draw, 5), strict=True))
    tables = [(users, f), (items, f), (users, m), (items, m)]
    p, q, *st = (known(t, draw)[pairs[id]] for t, id in zip(tables, chosen, strict=True))
    psi = np.hstack(st[::order])
    relu = relu or (True,) * len(hidden)
    for shape, cut in zip(pairwise([2 * m, *hidden]), relu, strict=True):
        psi = psi @ known(shape, draw) + known(shape[1:], draw)
        psi = np.maximum(psi, 0) if cut else psi
    return p, q, psi


def say_sum(found: np.ndarray, draw: int) -> tuple[str, str] | None:
    """Which of the two parts that the last layer reads is wrong, and how."""
    f, hidden = SIZES[draw][2], SIZES[draw][4]
    h, b = known((f + hidden[-1], 1), draw)[:, 0], known((1,), draw)
    p, q, psi = parts(draw)
    n, none = len(hidden), (False,) * len(hidden)
    circle = "p_u and q_i are not multiplied: "
    instead = {
        "p_u o q_i": [
            (circle + "add", (p + q) @ h[:f]),
            (circle + "subtract", (p - q) @ h[:f]),
            (circle + "the larger is taken", np.maximum(p, q) @ h[:f]),
            ("the products below 0 are cut off by a ReLU", np.maximum(p * q, 0) @ h[:f]),
            *swapped("pq", lambda c: np.multiply(*parts(draw, c + "ui")[:2]) @ h[:f]),
        ],
        "psi": [
            ("psi has no ReLU: it is a weighted sum", parts(draw, relu=none)[2] @ h[f:]),
            (
                "t_i stands before s_u in the concatenation; [s_u, t_i] is asked",
                parts(draw, order=-1)[2] @ h[f:],
            ),
            *swapped("st", lambda c: parts(draw, "ui" + c)[2] @ h[f:]),
            *swapped("st", lambda c: parts(draw, "ui" + c, -1)[2] @ h[f:]),
        ],
    }
    if n > 1:
        last, first = (True,) * (n - 1) + (False,), (False,) + (True,) * (n - 1)
        for text, relu in (("last", last), ("first", first)):
            text = f"psi's {text} hidden layer has no ReLU"
            instead["psi"].append((text, parts(draw, relu=relu)[2] @ h[f:]))
    said = sum_of_terms(found - b, {"p_u o q_i": (p * q) @ h[:f], "psi": psi @ h[f:]}, instead)
    return said and (said[0], "Go through the formula from the inside out: which line is which?")


def build_rows(draw: int) -> Iterator[tuple]:
    """What the shapes do not tell."""
    f, hidden = SIZES[draw][2], SIZES[draw][4]
    yield (
        "two vectors of different lengths are added or multiplied; square brackets join them, "
        "side by side (a concatenation)",
        "Which layer puts one vector behind the other?",
        {"stops": "ncompatible shapes|annot broadcast|not broadcastable"},
    )
    yield ANY_NUMBER, "A loop over `hidden`, or `mlp`, takes as many as there are.", OUT_OF_RANGE
    h, b = known((f + hidden[-1], 1), draw)[:, 0], known((1,), draw)
    p, q, psi = parts(draw)
    yield (
        "the last layer reads psi first and then the products; the formula has it the other way",
        "Section 5 relies on the order in the outer brackets.",
        {"the scores": np.hstack([psi, p * q]) @ h + b},
    )
    yield (
        "no score is below 0: there is a ReLU on the last layer",
        "A distance from the mean may have any sign.",
        {"the scores": np.maximum(np.hstack([p * q, psi]) @ h + b, 0)},
    )


ANY_NUMBER = (
    "your code stops with another number of hidden layers: an index of `hidden` is not there"
)
OUT_OF_RANGE = {"stops": "(tuple|list) index out of range|values to unpack"}
check_build = practice.exercise(
    "build_neural_ncf", "ex-build", build_facets, build_rows, "a keras.Model"
)


# 2 -----------------------------------------------------------------------------------------


def count_facets(count_weights: Callable, draw: int) -> Iterator[Facet]:
    """A whole number, for two, one and three hidden layers."""
    sizes = ((13, 29, 4, 5, (17, 7)), (8, 17, 6, 2, (9,)), (11, 6, 2, 5, (12, 9, 4)))[draw]
    found = count_weights(*sizes)
    number = isinstance(found, int | float | np.number)
    whole = f"expected a whole number, found {kind(found)}"
    yield Facet("a number", number, (whole, "Add up all parts and return one number."))
    users, items, f, m, hidden = sizes
    what = f"for {users} users, {items} items, {f} and {m} factors, hidden={hidden} the count"
    yield Facet(what, found, "Part by part: four tables, psi layer by layer, the last layer.")


BIAS = "Each unit of a Dense layer has a bias of its own: b of them for a layer of b units."
LETTERS = "Count the letters in the formula, and the rows of each table."
READS = "What does this layer read? Follow the arrows into it."
PART = "Three parts: the tables, the layers of psi, the last layer."
IDS, WIDTHS, PSI = (
    "(num_users + num_items)",
    "(num_factors + mlp_factors)",
    "[2 * mlp_factors, *hidden]",
)
LAST_LAYER = "the last layer is counted as if"
# fmt: off
COUNT = [
    (ANY_NUMBER, "A loop over pairs of neighbours takes as many as there are.", OUT_OF_RANGE),
    ("1 is missing, the bias of the last layer", BIAS, ("hidden[-1] + 1", "hidden[-1]")),
    ("the biases of psi are missing", BIAS, ("a * b + b", "a * b")),
    ("all biases are missing", BIAS, ("a * b + b", "a * b"), ("hidden[-1] + 1", "hidden[-1]")),
    ("psi has a bias for each number that goes into a layer, or the last layer is counted as if it read what goes into psi", BIAS,
        ("a * b + b", "a * b + a")),
    ("psi has one bias a layer", BIAS, ("a * b + b", "a * b + 1")),
    ("a bias is counted for every user and item; embedding tables have no bias", "A table is one matrix: rows times columns.",
        (WIDTHS, "(num_factors + mlp_factors + 2)")),
    ("two tables are missing, s_u and t_i", LETTERS, (WIDTHS, "num_factors")),
    ("two tables are missing, p_u and q_i", LETTERS, (WIDTHS, "mlp_factors")),
    ("two tables are missing, those of the items", LETTERS, (IDS, "num_users")),
    ("two tables are missing, those of the users", LETTERS, (IDS, "num_items")),
    ("users have one table and items one; there are two tables for each", LETTERS, (f"{IDS} * {WIDTHS}", "num_users * num_factors + num_items * mlp_factors")),
    ("users and items are multiplied; a table has num_users rows, or num_items", LETTERS, (IDS, "num_users * num_items")),
    ("num_factors and mlp_factors are multiplied; the tables are four, of the one width or the other", LETTERS, (WIDTHS, "num_factors * mlp_factors")),
    ("all four tables are counted with num_factors", LETTERS, (WIDTHS, "2 * num_factors")),
    ("all four tables are counted with mlp_factors", LETTERS, (WIDTHS, "2 * mlp_factors")),
    ("psi's first layer is counted as if it read one vector of mlp_factors", READS, (PSI, "[mlp_factors, *hidden]")),
    ("psi's first layer is counted as if it read p_u and q_i", READS, (PSI, "[2 * num_factors, *hidden]")),
    ("psi's first layer is counted as if it read one vector of each pair", READS, (PSI, "[num_factors + mlp_factors, *hidden]")),
    ("psi's first layer is counted as if it read the products, too", READS, (PSI, "[num_factors + 2 * mlp_factors, *hidden]")),
    ("psi's first layer is missing", READS, (PSI, "hidden")),
    ("psi's layers are missing", PART, (" + psi +", " +")),
    ("psi's layers are missing, and the last layer reads what goes into psi", PART, (" + psi +", " +"), ("hidden[-1] + 1", "2 * mlp_factors + 1")),
    ("the last layer is missing", PART, (" + phi", "")),
    ("the tables are missing", PART, ("tables + ", "")),
    (f"{LAST_LAYER} it read psi alone", READS, ("phi = num_factors + ", "phi = ")),
    (f"{LAST_LAYER} it read the products alone", READS, ("num_factors + hidden[-1] + 1", "num_factors + 1")),
    (f"{LAST_LAYER} the product were a single number", READS, ("phi = num_factors", "phi = 1")),
    (f"{LAST_LAYER} p_u and q_i were joined, not multiplied", READS, ("phi = num_factors", "phi = 2 * num_factors")),
    (f"{LAST_LAYER} it read psi's first layer", READS, ("hidden[-1] + 1", "hidden[0] + 1")),
]
# fmt: on
check_count = practice.exercise(
    "count_weights", "ex-count", count_facets, COUNT, "a whole number", draws=3
)


# 3 -----------------------------------------------------------------------------------------

CUTS = {  # where a network is cut, and the layers that get no gradient
    "psi": ("psi_1", "psi_2"),
    "": (),
    "psi_2": ("psi_2",),
    "t_i": ("t_i",),
    "p_u": ("p_u",),
}


def some_network(sizes: tuple, cut: str = "") -> tuple[object, list]:
    """A network of the general kind, and all weights that were made."""
    import keras
    from keras import layers

    users, items, factors, mlp_factors, hidden = sizes
    user, item = (keras.Input((), dtype="int32", name=name) for name in ("user", "item"))
    p = layers.Embedding(users, factors, name="p_u")(user)
    q = layers.Embedding(items, factors, name="q_i")(item)
    s = layers.Embedding(users, mlp_factors, name="s_u")(user)
    t = layers.Embedding(items, mlp_factors, name="t_i")(item)
    pair = psi = layers.Concatenate(name="pair")([s, s] if cut == "t_i" else [s, t])
    outputs = [t]
    for k, units in enumerate(hidden, start=1):
        before = layers.Dropout(0.2, name=f"dropout_{k}")(psi)
        psi = layers.Dense(units, activation="relu", name=f"psi_{k}")(before)
        outputs.append(psi)
    products = layers.Multiply(name="p_o_q")([keras.ops.stop_gradient(p) if cut == "p_u" else p, q])
    joined = {"psi": pair, "psi_2": outputs[1]}.get(cut, psi)
    rating = layers.Dense(1, name="rating")(layers.Concatenate(name="both")([products, joined]))
    everything = keras.Model([user, item], [rating, *outputs])
    fill(everything, 4)
    return keras.Model([user, item], rating, name="net"), everything.trainable_weights


def gradient_facets(without_gradient: Callable, draw: int) -> Iterator[Facet]:
    """The paths, for networks that are cut in one place."""
    user, item = ids(draw, 5, 13)
    rows = pd.DataFrame({"user": user, "item": item, "rating": np.arange(13) % 5 + 1.0})
    rows.index = np.arange(13) * 3 + 20
    for cut in CUTS:
        model, weights = some_network(SIZES[0], cut)
        found = without_gradient(model, weights, rows)
        listed = f"expected a list of paths, found {kind(found)}"
        texts = "A list with a text for each weight that gets no gradient; an empty one if all do."
        many = isinstance(found, list | tuple | set | pd.Index | np.ndarray)
        yield Facet(f"the kind, {cut}", many, (listed, texts))
        kinds = sorted({type(one).__name__ for one in found if not isinstance(one, str)})
        yield Facet(f"the entries, {cut}", kinds, say_entries)
        strange = sorted({str(one) for one in found} - {weight.path for weight in weights})
        unknown = f"{', '.join(strange)[:50]!r} is returned, which is the path of none of `weights`"
        has = "weight.path has the layer in it, such as 's_u/embeddings'; weight.name has not."
        yield Facet(f"strange paths, {cut}", bool(strange), (unknown, has))
        say = lambda found, right, cut=cut: say_paths(found, right, cut)  # noqa: E731
        yield Facet(f"the paths, {cut}", sorted({str(one) for one in found}), say)


def say_entries(found: list[str], _: object) -> tuple[str, str]:
    """The hint for entries that are no texts."""
    if found in (["bool"], ["bool_"]):
        return (
            "the list says True or False for each weight; expected are the paths of some of them",
            "Keep the path where the gradient is None, and leave out the others.",
        )
    if "Variable" in found:
        return (
            "the list has the weights themselves in it; expected are their paths",
            "A weight knows where it belongs: weight.path.",
        )
    return (
        f"the list has {', '.join(found)} in it; expected are texts",
        "Gradients and weights go in pairs: which of the two has a path?",
    )


def say_paths(found: list[str], right: list[str], cut: str) -> tuple[str, str]:
    """The hint for paths of other weights."""
    every = sorted(weight.path for weight in some_network(SIZES[0])[1])
    where, said = " and ".join(CUTS[cut]), ", ".join(found) or "nothing"
    if found == every:
        return (
            "all weights are reported, also those that do get a gradient",
            "The tape notes only what is computed inside the `with`, by the network that is passed "
            "in and with its own weights, with TensorFlow and not with NumPy or predict.",
        )
    if right and found == sorted(set(every) - set(right)):
        return (
            "these are the weights that get a gradient; asked for are the others",
            "What does the tape give for a weight that the loss does not depend on?",
        )
    if not cut:
        return (
            f"in a network without a bug {said} is reported",
            "The answer must come from the gradients of the network that is passed in.",
        )
    if cut == "p_u":
        return (
            "in a network where p_u is a layer like others, but its gradient is stopped "
            "(stop_gradient), it is not found",
            "To belong to a network is one thing, to get a gradient another. Ask the tape.",
        )
    if not found:
        return (
            f"in a network where {where} is not connected, nothing is found",
            "Whose gradients do you ask for? A network has only the weights on its own paths; the "
            "argument `weights` has all.",
        )
    return (
        f"where {where} is not connected, {said} is reported; expected {', '.join(right)}",
        "All of those without a gradient, and no others: go through gradients and weights in pairs.",
    )


INSIDE = "Inside the `with` leave all in TensorFlow: call the network, and take tf.reduce_mean."
# fmt: off
GRADIENT = [
    ("ids are looked up that are not in `rows`", "Use the arguments of the function, not the notebook's variables.",
        {"stops": r"is not in \[0|out of bounds"}),
    ("the loss that the tape is asked about is a number of NumPy, which has no gradient", INSIDE,
        {"stops": "type_value|'numpy\\.|'float' object|'float' and"}),
    ("get_gradients is gone from Keras; a tf.GradientTape notes what is computed", "The cell above the exercise shows how.",
        {"stops": "get_gradients|gradients is not supported"}),
]
# fmt: on
check_gradient = practice.exercise(
    "without_gradient", "ex-gradient", gradient_facets, GRADIENT, "a list of paths", draws=1
)


# 4 -----------------------------------------------------------------------------------------

FIXED = [
    {},
    {"products": 1, "psi": 0, "bias": 0},
    {"psi": 0},
    {"products": 0},
    {"products": 1},
    {"bias": 0},
    {"products": 2, "psi": -1, "bias": 0.5},
]


def fixed_facets(fixed: Callable, draw: int) -> Iterator[Facet]:
    """Copies with other last layers, of a network, and of one with other sizes."""
    sizes = SIZES[2 * draw]
    model, _ = some_network(sizes)
    for given in FIXED if not draw else FIXED[1::5]:
        asked = ", ".join(["net", *(f"{name}={value}" for name, value in given.items())])
        call = f"with {sizes[2]} factors, fixed({asked})" if draw else f"fixed({asked})"
        copy = fixed(model, **given)
        yield from copy_facets(copy, model, call, ("rating",))
        say = lambda found, _, given=given, call=call: say_last(found, model, given, call)  # noqa: E731
        yield Facet(f"{call}, the last layer", by_layer(copy).get("rating"), say)
        yield from score_facets(copy, call)


def copy_facets(copy: object, model, call: str, changed: tuple) -> Iterator[Facet]:
    """A copy: a network with layers of its own, and the same numbers in those that stay."""
    import keras

    network = f"expected a network, found {kind(copy)}"
    which = "Which variable holds the copy? set_weights, for one, returns nothing."
    yield Facet(f"{call}, the kind", isinstance(copy, keras.Model), (network, which))
    itself = ("the network that was passed in comes back, not a copy", CLONE)
    yield Facet(f"{call}, another", copy is model, itself)
    shared = [
        one.name for one in copy.layers if one.weights and any(one is x for x in model.layers)
    ]
    text = f"the copy shares layers with the network: {', '.join(shared)}"
    yield Facet(
        f"{call}, shared", shared, (text, f"What changes the one changes the other. {CLONE}")
    )
    before, after = by_layer(model), by_layer(copy)
    off = [k for k in before if k not in changed and not same(after.get(k), before[k])]
    carried = f"{call}: the copy's {', '.join(off)} has other numbers than the network's"
    new = "clone_model makes the same layers, with a new start. The numbers must be carried over."
    yield Facet(f"{call}, the numbers", off, (carried, new))


def score_facets(copy, call: str) -> Iterator[Facet]:
    """The formula, for the copy's own weights."""
    other = f"{call}: the copy has the right weights, but does not score by the formula"
    scores = Scorer(copy, ids(0, 5))()
    yield Facet(f"{call}, the scores", scores, (other, "Copy the network as it is."))


CLONE = "keras.models.clone_model makes new layers."


def by_layer(model) -> dict[str, list]:
    """The numbers of each layer that has some."""
    return {layer.name: layer.get_weights() for layer in model.layers if layer.weights}


def say_last(found: list, model, given: dict, call: str) -> tuple[str, str]:
    """The hint for other weights in the last layer."""
    learnt, factors = by_layer(model)["rating"], model.get_layer("p_u").output_dim

    def last(at: int = factors, how: Callable = lambda old, new: new, **given) -> list:
        h, b = (array.copy() for array in learnt)
        parts = {"products": h[:at], "psi": h[at:], "bias": b}
        for name, part in parts.items():
            if given.get(name) is not None:
                part[:] = how(part, given[name])
        return [h, b]

    stays = "What is None stays as it was learnt."
    none = "Is it set at all? `if` takes 0 for no, and None too. How does one ask for None?"
    zeros = {name: None for name in given if given[name] == 0}
    absent = {name: 0 for name in ("products", "psi", "bias") if name not in given}
    exchanged = {"products": given.get("psi"), "psi": given.get("products")}
    # fmt: off
    looks = [
        *((last(**given | some), f"{' and '.join(f'{name}=0' for name in some)} has no effect", none)
            for some in (zeros, *({name: None} for name in zeros)) if some),
        *((last(**given, **{name: 0}), f"{name} was not given, and is set to 0 all the same", stays) for name in absent),
        (last(**given, **absent), "what was not given is set to 0", stays),
        (learnt, "the last layer's weights are as they were learnt",
            "get_weights gives copies of the numbers. How do they get back into the layer?"),
        (last(**given | exchanged), "products and psi are exchanged", "In which order does the last concatenation join them?"),
        *((last(how=how, **given), f"the learnt weights are {said} the number; they should be set to it",
            "products=1 makes each weight of the products 1, whatever it was.")
            for how, said in ((np.multiply, "multiplied by"), (np.add, "added to"))),
    ]
    for at in sorted(range(len(learnt[0]) + 1), key=lambda at: abs(at - factors)):
        text = "the boundary between products and psi is off by one"
        if abs(at - factors) > 1:
            text = f"{at} of the last layer's {len(learnt[0])} weights are taken for those of the products; expected {factors}"
        whose = "The boundary is another one for another number of factors. Who knows it?"
        if not same(last(at, **given), last(**given)):
            looks.append((last(at, **given), text, whose))
    # fmt: on
    if any(np.isnan(array).any() for array in found):
        text = f"{call}: weights of the last layer are nan, not a number"
        return text, "What becomes of a weight when you set it to None?"
    for wrong, symptom, nudge in looks:
        if same(found, wrong):
            return f"{call}: {symptom}", nudge
    if not given:
        return (
            f"{call}: the last layer has other numbers than those that were learnt: a new start's?",
            "Are its weights read before the numbers were carried over into the copy?",
        )
    right, mine = (np.concatenate([one[0][:, 0], one[1]]) for one in (last(**given), found))
    symptom, _ = difference(f"{call}: the weights and the bias of the last layer", mine, right)
    return symptom, "Three parts, each changed only if it is given."


ARRAY = (
    "set_weights got a number, or something else without a shape, in place of an array",
    "An array is changed in its places: b[:] = 0 keeps it an array, b = 0 does not.",
    {"stops": "object has no attribute 'shape'"},
)
check_fixed = practice.exercise("fixed", "ex-fixed", fixed_facets, [ARRAY], "a network, the copy")


# 5 -----------------------------------------------------------------------------------------


def rescaled_facets(rescaled: Callable, draw: int) -> Iterator[Facet]:
    """A copy with other numbers in the products and their weights, and the same scores."""
    times, (model, _) = (4, 0.5)[draw], some_network(SIZES[2 * draw])
    copy, call = rescaled(model, times), f"rescaled(net, {times})"
    yield from copy_facets(copy, model, call, ("p_u", "q_i", "rating"))
    say = lambda found, right: say_weights(found, right, model, times, call)  # noqa: E731
    yield Facet(f"{call}, the last layer", by_layer(copy)["rating"], say)
    before, after = by_layer(model), by_layer(copy)
    say = lambda found, right: say_scores(found, right, before, after, times, call)  # noqa: E731
    yield Facet(f"{call}, the scores", Scorer(copy, ids(0, 5))(), say)


def say_weights(found: list, right: list, model, times: float, call: str) -> tuple[str, str]:
    """The hint for other weights in the last layer."""
    (h, _), n = by_layer(model)["rating"], model.get_layer("p_u").output_dim
    divided = np.where(np.arange(len(h))[:, None] < n, h / times, h)
    two = "Two things change: the weights, and something that makes up for it."
    stay = "The first num_factors weights are multiplied; psi's weights and the bias stay."
    for wrong, symptom, nudge in (
        (h, "the weights of the products are as they were", two),
        (h * times, "psi's weights are multiplied, too", stay),
        (
            divided,
            f"the weights of the products are divided by {times}, not multiplied",
            "Weights larger, what they multiply smaller.",
        ),
    ):
        if same(found[0], wrong):
            return f"{call}: {symptom}", nudge
    if same(found[0], right[0]):
        return f"{call}: the bias of the last layer has changed", stay
    return difference(f"{call}: the weights of the last layer", found[0], right[0])[0], stay


def say_scores(
    found: np.ndarray, right: np.ndarray, before: dict, after: dict, times: float, call: str
) -> tuple[str, str]:
    """The hint for scores that are not those of the network."""
    user, item = ids(0, 5)
    products = before["p_u"][0][user] * before["q_i"][0][item]
    said = products @ before["rating"][0][: products.shape[1], 0]
    tables = "How many times smaller must p_u o q_i become? And who shares that?"
    for name in ("p_u", "q_i"):
        if same(after[name][0], before[name][0] // times):
            return f"{call}: {name} has whole numbers now: // is an integer division", tables
    for power, symptom in {
        1: "the weights are larger, and nothing has become smaller",
        -1: f"p_u and q_i are both divided by {times}: too much",
        0.5: "what makes up for it is too little: only the root of it",
        2: "a table has become larger, too, not smaller",
        3: "the tables have become larger, too, not smaller",
    }.items():
        if same(found, right + (times**power - 1) * said, 1e-3):
            return f"{call}: the scores are others than before; {symptom}", tables
    return difference(f"{call}: the scores", found, right)[0], tables


check_rescaled = practice.exercise(
    "rescaled", "ex-rescaled", rescaled_facets, [ARRAY], "a network, the copy"
)
