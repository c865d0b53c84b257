"""What the checks of practices 4 and 5 share: networks with tables and an MLP, and their rows.

A network is scored on all pairs of 5 users and 5 of 7 items, ids that either table has; its
weights are found by their shapes, which must all be different, and filled with known numbers.
"""

from collections.abc import Callable, Iterable
from itertools import pairwise, product

import numpy as np
import pandas as pd

from utils.checks import (
    Mistake,
    close,
    require,
    require_alone_like_in_company,
)

USERS, ITEMS = 5, 7
PAIRS = np.array(list(product(range(USERS), repeat=2)))  # a user's and an item's id in each row
Known = Iterable[tuple[np.ndarray, str, str]]  # the scores of a mistake, its symptom, a nudge


# Weights -----------------------------------------------------------------------------------


def mlp_shapes(size: int, hidden: Iterable[int]) -> dict[str, tuple[int, ...]]:
    """W1, b1, W2, b2, ... of Dense layers on `size` numbers, the last with one unit."""
    shapes = {}
    for k, (before, units) in enumerate(pairwise([size, *hidden, 1]), start=1):
        shapes |= {f"W{k}": (before, units), f"b{k}": (units,)}
    return shapes


def weights_of(model, shapes: dict[str, tuple], names: dict[str, str], sizes: str) -> dict:
    """The weights by name, found by shape; a missing one and one too many are mistakes."""
    left, weights = list(model.weights), {}
    left = [w for w in left if "seed_generator" not in w.path]  # dropout keeps a state
    found = [tuple(w.shape) for w in left]
    for name, shape in shapes.items():
        weights[name] = next((w for w in left if tuple(w.shape) == shape), None)
        left = [w for w in left if w is not weights[name]]
    missing = [name for name in shapes if weights[name] is None]
    lacking = " nor on ".join(names.get(name, name) for name in missing)
    require(
        not missing or bool(left),
        f"the output does not depend on {lacking}",
        "What is made but not used on the way to the output is no part of the network. Follow "
        "the path from the inputs.",
    )
    wanted = " and ".join(f"{shapes[name]} for {names.get(name, name)}" for name in missing)
    require(
        not missing,
        f"{sizes} there are weights of the shapes {found}; there should be one of {wanted}",
        "Look for the shape that should not be there: which number went to the wrong place?",
    )
    require(
        not left,
        f"there are weights that the formula does not have, of the shapes "
        f"{[tuple(w.shape) for w in left]}",
        "Which layer is one too many?",
    )
    return weights


def fill(weights: dict, seed: int = 1) -> dict[str, np.ndarray]:
    """Put known numbers into the weights, and say which."""
    rng = np.random.RandomState(seed)
    for weight in weights.values():
        weight.assign(rng.uniform(-1.5, 1.5, size=weight.shape))
    return {name: np.asarray(weight.numpy()) for name, weight in weights.items()}


def mlp(vector: np.ndarray, values: dict, layers: int, inside="relu", last=None) -> np.ndarray:
    """The MLP in NumPy, one number for each row; `inside` may be a list, one for each layer."""
    for k in range(1, layers + 1):
        vector = vector @ values[f"W{k}"] + values[f"b{k}"]
        name = last if k == layers else inside if isinstance(inside, str | None) else inside[k - 1]
        vector = {
            None: lambda x: x,
            "relu": lambda x: np.maximum(x, 0),
            "tanh": np.tanh,
            "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
        }[name](vector)
    return vector[:, 0]


# Scores ------------------------------------------------------------------------------------


def require_formula(score: Callable, right: np.ndarray, known: Known) -> None:
    """Compare with the formula; where it differs, look for the mistake whose formula fits."""
    found, n = np.asarray(score(PAIRS)), len(PAIRS)
    found = found[:, 0] if found.shape == (n, 1) else found
    if close(found, right):
        return
    for wrong, symptom, nudge in known:
        require(not close(found, wrong), symptom, nudge)
    require(
        found.size != 1 and found.shape[:1] != (1,),
        f"{n} pairs give the shape {found.shape}: the whole batch is added up",
        "Axis 0 is the pairs of the batch. It must stay.",
    )
    require(
        found.ndim <= 2,
        f"the output has the shape {found.shape}; expected ({n}, 1)",
        "An input of shape (1,) leaves an idle axis behind the look-up: flatten, or Input(()).",
    )
    require(
        found.shape == (n,),
        f"{n} pairs give an output of the shape {found.shape}; expected one number for each pair",
        "Print the shape after each layer. Where does it stop being what you expect?",
    )
    require_alone_like_in_company(score, PAIRS[3:9])
    off = found - right
    require(
        np.ptp(off) > 1e-4,
        f"every score is off by the same {off[0]:.3f}",
        "Something is added that is in no table and no layer. The mean comes back elsewhere.",
    )
    require(
        found.min() >= 0 and right.min() < 0,
        f"for known weights the pair (user {PAIRS[1, 0]}, item {PAIRS[1, 1]}) should score "
        f"{right[1]:.3f}; it scores {found[1]:.3f}",
        "Go from the inputs to the output, layer by layer: where does it leave the formula?",
    )
    raise Mistake(
        "no score is below 0, but the formula gives negative ones",
        "Is there an activation on the output? A distance from the mean may have any sign.",
    )


def require_gradients(score: Callable, weights: dict, names: dict[str, str]) -> None:
    """Every weight gets a gradient, so that training can move it."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        total = tf.reduce_sum(score(PAIRS))
    gradients = tape.gradient(total, [weight.value for weight in weights.values()])
    for name, gradient in zip(weights, gradients, strict=True):
        require(
            weights[name].trainable and gradient is not None,
            f"training cannot move {names.get(name, name)}: no gradient arrives there",
            "Is a layer frozen (trainable), or the gradient stopped, on the way to the output?",
        )


def require_penalty(model, score: Callable, weights: dict, values: dict, expected: dict) -> None:
    """The penalty is `expected[name]` times the sum of squares of each table, and no more."""

    def penalty(pairs=PAIRS, **parts) -> float:
        for name in weights:
            weights[name].assign(parts.get(name, 0 * values[name]))
        score(pairs)
        return float(sum(model.losses)) if model.losses else 0.0

    require(
        np.isclose(penalty(**values), penalty(PAIRS[:1], **values), rtol=1e-3),
        "the penalty depends on which pairs are in the batch; it should be on the whole tables",
        "embeddings_regularizer is about the table, activity_regularizer about a layer's output.",
    )
    of = {name: penalty(**{name: values[name]}) for name in weights}
    layers = [name for name in weights if name not in expected and of[name] > 1e-9]
    require(
        not layers,
        f"there is a penalty on {', '.join(layers)}, a Dense layer's",
        "The formula of F has it on the tables alone; the layers have dropout.",
    )
    factors = {name: of[name] / (values[name] ** 2).sum() for name in expected}
    without = [name for name in expected if of[name] == 0]
    require(
        not without,
        f"there is no penalty on {' and '.join(map(table_name, without))}",
        "What makes the tables of build_mf? It takes a penalty for each.",
    )
    require(
        not all(np.isclose(of[t], v * np.abs(values[t]).sum()) for t, v in expected.items()),
        "the penalty adds up absolute values (L1); expected: the squares",
        "Which of the regularizers is the sum of squares?",
    )
    said = ", ".join(f"{factors[t]:.3g} on {table_name(t)}" for t in expected)
    want = ", ".join(f"{v:g} on {table_name(t)}" for t, v in expected.items())
    require(
        all(np.isclose(factors[t], v, rtol=1e-3) for t, v in expected.items()),
        f"the penalty, as a multiple of the sum of squares, is {said}; expected {want}",
        "Which argument goes into which table, as it is?",
    )


def table_name(letter: str) -> str:
    """p, q, s, t as the formulas write them."""
    return letter + ("_u" if letter in "ps" else "_i")


def lookups(values: dict, letters: str) -> Iterable[tuple[dict, str]]:
    """The tables' vectors for the pairs, looked up with every wrong choice of ids, and its name."""
    right = tuple("qt".count(letter) for letter in letters)
    for ids in product((0, 1), repeat=len(letters)):
        if ids == right:
            continue
        swapped = [
            f"{table_name(letter)} is looked up with the {('user', 'item')[id]}'s id"
            for letter, id, own in zip(letters, ids, right, strict=True)
            if id != own
        ]
        text = ", ".join(swapped)
        if len(swapped) == len(letters):
            text = "users are looked up as items, and items as users"
        vectors = zip(letters, ids, strict=True)
        yield {letter: values[letter][PAIRS[:, id]] for letter, id in vectors}, text


# Rows --------------------------------------------------------------------------------------


def some_rows(num_users: int, num_items: int) -> pd.DataFrame:
    """Ratings of every third pair, sorted by user, as in the file."""
    rng = np.random.RandomState(3)
    user, item = (ids.ravel() for ids in np.indices((num_users, num_items)))
    keep = (user + item) % 3 == 0
    rating = rng.randint(1, 6, size=keep.sum()).astype(float)
    return pd.DataFrame({"user": user[keep], "item": item[keep], "rating": rating})
