"""Checks of practice 6: tests of a network, and r = phi([p_u o q_i, psi([s_u, t_i])]) taken apart."""

import functools
from collections.abc import Callable, Iterator

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers, ops

from practice.checks import _networks as networks
from practice.checks._engine import Facet, Practice, difference, flat, kind, number, require, same
from practice.checks._networks import Scorer, fill, ids

practice = Practice("06_ncf3_neural", given=["imports", "scores"])
summary = practice.summary

# users, items, numbers in p_u, numbers in s_u, units of psi; all different
SIZES = [(5, 7, 3, 4, (10, 6)), (6, 11, 2, 5, (12, 9, 4)), (3, 4, 2, 5, (10, 6))]


def some_network(draw: int, fault: str = "", factor: float = 1) -> tuple[object, list]:
    """A network of the general kind, its scores times `factor`, and all weights that were made."""
    users, items, factors, mlp_factors, hidden = SIZES[draw]
    inputs = [keras.Input((), dtype="int32", name=name) for name in ("user", "item")]
    both = ops.stack(inputs, axis=1)  # so that Keras 3.13 sees that each input is read
    only = {"only items": 1, "only users": 0}.get(fault)
    user, item = inputs if only is None else (both[:, only], both[:, only])
    p = layers.Embedding(users, factors, name="p_u")(user)
    q = layers.Embedding(items, factors, name="q_i")(item)
    s = layers.Embedding(users, mlp_factors, name="s_u")(user)
    t = layers.Embedding(items, mlp_factors, name="t_i")(item)
    p = ops.stop_gradient(p) if fault == "p_u" else p
    products = layers.Multiply(name="p_o_q")([p, q])
    products = products - ops.mean(products, axis=0) if fault == "company" else products
    made = [layers.Concatenate(name="pair")([s, s] if fault == "t_i" else [s, t])]
    for k, units in enumerate(hidden, start=1):
        drop = layers.Dropout(0.2, name=f"dropout_{k}")(made[-1])
        made.append(layers.Dense(units, activation="relu", name=f"psi_{k}")(drop))
    both = layers.Concatenate(name="both")([products, made[0 if fault == "psi" else -1]])
    last = layers.Dense(1, name="rating")
    rating = last(both)
    everything = keras.Model(inputs, [rating, t, *made])
    fill(everything, draw + 4)
    last.set_weights([factor * weight for weight in last.get_weights()])
    return keras.Model(inputs, rating, name="net"), everything.trainable_weights


def some_ratings(draw: int, size: int = 5) -> pd.DataFrame:
    """More pairs than a batch of `predict`, of ids below `size`; the index is not 0, 1, 2."""
    user, item = ids(draw, size)
    rating = np.random.RandomState(draw).randint(1, 6, len(user)) * 1.0
    index = np.random.RandomState(draw + 1).permutation(len(user)) + 20
    return pd.DataFrame({"user": user, "item": item, "rating": rating}, index=index)


# 1 -----------------------------------------------------------------------------------------
def path_facets(without_gradient: Callable, draw: int) -> Iterator[Facet]:
    for cut in ("psi", "", "t_i", "p_u"):
        model, weights = some_network(2, cut)  # too small for the ids of other ratings
        found = without_gradient(model, weights, some_ratings(draw, 3))
        many = isinstance(found, list | tuple | set | pd.Index | np.ndarray)
        require(many, f"expected a list of paths, found {kind(found)}", PAIRS)
        kinds = sorted({type(one).__name__ for one in found if not isinstance(one, str)})
        entries = f"the list has {', '.join(kinds)} in it; expected are the paths of some weights"
        require(not kinds, entries, f"{PAIRS} A weight knows where it belongs: weight.path.")
        every = sorted(weight.path for weight in weights)
        say = functools.partial(say_paths, cut=cut, every=every)
        yield Facet(f"the paths, {cut}", sorted({str(one) for one in found}), say)


def say_paths(found: list[str], right: list[str], cut: str, every: list) -> tuple[str, str]:
    where, said = {"psi": "psi_1 and psi_2"}.get(cut, cut), ", ".join(found) or "nothing"
    strange = ", ".join(sorted(set(found) - set(every)))[:50]
    candidates = (
        (strange, f"{strange!r} is returned, which is the path of none of `weights`",
            "weight.path has the layer in it, such as 's_u/embeddings'; weight.name has not."),
        (found == every, "all weights are reported, also those that do get a gradient",
            "The tape sees what the network that is passed in computes inside the `with`, of the weights themselves: "
            "with TensorFlow, not with NumPy or predict."),
        (right and found == sorted(set(every) - set(right)), "these are the weights that get a gradient; asked for are the others",
            "What does the tape give for a weight that the loss does not depend on?"),
        (len(found) == 1 and found[0] in right, f"where {where} is not connected, only the first weight is reported; expected {', '.join(right)}",
            "Is the `return` inside the loop?"),
        (not cut, f"in a network without a fault {said} is reported",
            "The answer must come from the gradients of the network that is passed in."),
        (cut == "p_u", "p_u is a layer like others, but its gradient is stopped (stop_gradient), and it is not found",
            "To belong to a network is one thing, to get a gradient another. Ask the tape."),
        (not found, f"in a network where {where} is not connected, nothing is found: is the tape asked about the model's own weights, or for gradients that are 0?",
            "`weights` has all, a network knows those on its own paths. What the loss does not depend on has the gradient None."),
        (True, f"where {where} is not connected, {said} is reported; expected {', '.join(right)}", PAIRS),
    )  # fmt: skip
    return next(hint for fits, *hint in candidates if fits)


PAIRS = "Gradients and weights go in pairs: keep the path of the weight where the gradient is None."
PATHS = [
    ("the loss that the tape is asked about is a number of NumPy, which has no gradient",
        "Inside the `with` leave all in TensorFlow: call the network, and take tf.reduce_sum.",
        {"stops": "type_value|'numpy\\.|'float' object|'float' and"}),
    ("get_gradients is gone from Keras; a tf.GradientTape sees what is computed", "The cell above the exercise shows how.",
        {"stops": "get_gradients|gradients is not supported"}),
]  # fmt: skip
check_gradient = practice.exercise("without_gradient", "ex-gradient", path_facets, PATHS, draws=1)

# 2 and 3 -----------------------------------------------------------------------------------
STOPS = [
    ("a pair alone is no frame any more", "One row of a frame is a Series; ratings[k : k + 1] is a frame of one row.",
        {"stops": "has no attribute 'to_numpy'"}),
    ("a row is looked up by a label that the index does not have", "iloc and slices count the rows from 0; loc goes by the index.",
        {"stops": "KeyError"}),
]  # fmt: skip
MIXES = "in a network that mixes the batch the largest difference"


def company_facets(moved_by_company: Callable, draw: int) -> Iterator[Facet]:
    model, _ = some_network(draw, "company")
    found = moved_by_company(model, some_ratings(draw)[2:])
    yield number(MIXES, found, "Print both scores of the first pair.")


def company_rows(draw: int) -> Iterator[tuple]:
    yield from STOPS
    model, _ = some_network(draw, "company")
    ids_of_any_length = [tf.TensorSpec([None], "int32")] * 2
    graph = tf.function(lambda *pairs: model(pairs), input_signature=ids_of_any_length)
    users, items = (x[2:] for x in ids(draw, 5))
    yield from networks.company_rows(MIXES, lambda *pairs: flat(graph(*pairs)), users, items)


check_company = practice.exercise("moved_by_company", "ex-company", company_facets, company_rows)


def swap_facets(moved_by_swap: Callable, draw: int) -> Iterator[Facet]:
    for name, column, fault, factor in (
        ("in a network that looks up items only, with the users swapped, the share", "user", "only items", 1),
        ("in a network that looks up users only, with the items swapped, the share", "item", "only users", 1),
        ("with the users swapped the share", "user", "", 1),
        ("with the items swapped the share", "item", "", 1),
        ("for small changes the share", "item", "", 0.02),
        ("for changes of some thousandths the share", "item", "", 0.004),
        ("for changes below 0.001 the share", "user", "", 1e-5),
    ):  # fmt: skip
        if draw and (fault or factor != 1):
            continue  # the second time only what is right by accident
        model, _ = some_network(draw, fault, factor)
        say = functools.partial(say_share, name=name)
        yield number(name, moved_by_swap(model, some_ratings(draw), column), say)


def say_share(found: float, right: float, name: str) -> tuple[str, str]:
    n, said = 37, f"{name} should be {right:.3f}; found {found:.3f}"
    candidates = (
        (right and found == 0, "no score changes, as if nothing had been swapped",
            "pandas puts a Series back into its place by the index, upside down or not. An array has no index."),
        (same(found, n * right), "the result is how many pairs change, not their share", "Divide by the number of pairs."),
        (same(found, 100 * right), "the result is a percentage, not a share from 0 to 1", "The mean of True and False is a share."),
        (same(found, 1 - right), "the result is the share of the pairs whose score stays, or of those whose score rises", "Which ones are asked for?"),
        (not right and "below" in name, "a change below 0.001 counts as a change", "By how much must a score differ?"),
        (not right, f"{said}: something else than `column` was swapped, or scores of other pairs are compared",
            "Only one column is turned upside down. The scores stay in their places."),
        (True, said, "How many pairs change, up or down, divided by all? And who gets whose id?"),
    )  # fmt: skip
    return next(hint for fits, *hint in candidates if fits)


check_swap = practice.exercise("moved_by_swap", "ex-swap", swap_facets)

# 4 -----------------------------------------------------------------------------------------
COPY = "keras.models.clone_model makes the same layers anew, with a new start; it returns the copy."
FIXED = [{}, {"products": 1, "psi": 0, "bias": 0}, {"psi": 0}, {"products": 0}, {"products": 1}, {"bias": 0},
    {"products": 2, "psi": -1, "bias": 0.5}]  # fmt: skip


def fixed_facets(fixed: Callable, draw: int) -> Iterator[Facet]:
    model, _ = some_network(draw)
    for given in FIXED if not draw else FIXED[1::5]:
        call = ", ".join(["net", *(f"{name}={value}" for name, value in given.items())])
        call = f"with {SIZES[draw][2]} factors, fixed({call})" if draw else f"fixed({call})"
        copy = fixed(model, **given)
        require(hasattr(copy, "get_layer"), f"expected a network, found {kind(copy)}", COPY)
        require(copy is not model, "the network that was passed in comes back, not a copy", COPY)
        shared = [a.name for a in copy.layers if a.weights and any(a is b for b in model.layers)]
        also = f"the copy shares layers with the network: {', '.join(shared)}"
        require(not shared, also, f"What changes one changes both. {COPY}")
        before, after = ({a.name: a.get_weights() for a in m.layers} for m in (model, copy))
        off = [k for k in before if k != "rating" and not same(after.get(k), before[k])]
        carried = f"{call}: the copy's {', '.join(off)} has other numbers than the network's"
        require(not off, carried, f"{COPY} Carry the numbers over.")
        say = functools.partial(say_last, learned=before["rating"], given=given, call=call)
        yield Facet(f"{call}, the last layer", after.get("rating"), say)
        other = f"{call}: the copy has the right weights, but does not score by the formula"
        yield Facet(f"{call}, the scores", Scorer(copy, ids(draw, 5))(), (other, COPY))


def say_last(found: list, right: list, learned: list, given: dict, call: str) -> tuple[str, str]:
    factors = next(one[2] for one in SIZES if one[2] + one[4][-1] == len(learned[0]))

    def last(at: int = factors, how: Callable = lambda old, new: new, **given) -> list:
        h, b = (array.copy() for array in learned)
        for name, part in {"products": h[:at], "psi": h[at:], "bias": b}.items():
            if given.get(name) is not None:
                part[:] = how(part, given[name])
        return [h, b]

    stays = "What is None stays as it was learned."
    none = "Is it set at all? `if` takes 0 for no, and None too. How does one ask for None?"
    zeros = {name: None for name in given if given[name] == 0}
    absent = {name: 0 for name in ("products", "psi", "bias") if name not in given}
    exchanged = {"products": given.get("psi"), "psi": given.get("products")}
    for wrong, symptom, nudge in (
        *((last(**given | some), f"{' and '.join(f'{name}=0' for name in some)} has no effect", none)
            for some in (zeros, *({name: None} for name in zeros)) if some),
        *((last(**given, **{name: 0}), f"{name} was not given, and is set to 0 all the same", stays) for name in absent),
        (last(**given, **absent), "what was not given is set to 0", stays),
        (learned, "the last layer's weights are as they were learned",
            "get_weights gives copies of the numbers. How do they get back into the layer?"),
        (last(**given | exchanged), "products and psi are exchanged", "In which order does the last concatenation join them?"),
        (last(how=np.multiply, **given), "the learned weights are multiplied by the number; they should be set to it",
            "products=1 makes each weight of the products 1, whatever it was."),
        *((last(at, **given), f"{at} of the last layer's {len(learned[0])} weights are taken for those of the products; "
            f"expected {factors}", "The boundary is another one for another number of factors. Who knows it?")
            for at in range(len(learned[0]) + 1)),
    ):  # fmt: skip
        if not same(wrong, right) and same(found, wrong):
            return f"{call}: {symptom}", nudge
    if not given and not np.isnan(found[0]).any():
        text = f"{call}: the last layer has other numbers than those that were learned"
        return text, "Are its weights read before the numbers were carried over into the copy?"
    mine, theirs = (np.concatenate([one[0][:, 0], one[1]]) for one in (found, right))
    symptom, _ = difference(f"{call}: the weights and the bias of the last layer", mine, theirs)
    return symptom, "Three parts, each changed only if it is given."


ARRAY = [("set_weights got a number, or something else without a shape, in place of an array",
    "An array is changed in its places: b[:] = 0 keeps it an array, b = 0 does not.",
    {"stops": "object has no attribute 'shape'"})]  # fmt: skip
check_fixed = practice.exercise("fixed", "ex-fixed", fixed_facets, ARRAY)
