"""Checks of practice 2: MF as a network, and a test that finds a network which mixes its batch.

Tiny sizes, all different: 5 users, 7 items, 3 factors. The student's test is tried on networks
whose scores are known in closed form, alone and in company; what it should say, and what the usual
mistakes in it say, are computed in NumPy.
"""

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np

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

USERS, ITEMS, FACTORS, PENALTY = 5, 7, 3, 0.25
PAIRS = np.array(
    [(0, 3), (4, 0), (2, 2), (1, 4), (4, 1), (3, 0), (0, 2), (2, 1)]
)  # ids that either table has
TABLES = {  # shape, and what the text calls it
    "p": ((USERS, FACTORS), "p_u, the factors of the users"),
    "q": ((ITEMS, FACTORS), "q_i, the factors of the items"),
}
ARGUMENTS = "Use the arguments of the function, not the notebook's variables."
progress = Progress()
summary = progress.summary


# 1 -----------------------------------------------------------------------------------------


@progress.exercise("build_mf")
def check_build(build_mf: Callable) -> None:
    """`build_mf(num_users, num_items, num_factors, penalty)`: the network, not compiled."""

    model = build_mf(USERS, ITEMS, FACTORS, PENALTY)
    require_model(model)
    score = scorer(model)
    tables = tables_of(model, TABLES, f"{USERS} users, {ITEMS} items and {FACTORS} factors")
    start = [np.any(table.numpy()) for table in tables.values()]
    rng = np.random.RandomState(1)
    for table in tables.values():
        table.assign(rng.uniform(-1.5, 1.5, size=table.shape))
    values = {key: table.numpy() for key, table in tables.items()}
    _require_formula(score, values)
    require_alone_like_in_company(score, PAIRS)
    require_gradients(score, PAIRS, tables, TABLES)
    require_penalty_on_factors(penalty_of(model, score, values, tables, PAIRS), values, PENALTY)
    require(
        all(start),
        "p_u or q_i starts at 0: then the gradient of the product is 0, and it never learns",
        "Lecture 2, section 3. factor_table starts with small random numbers.",
    )


def _require_formula(score: Callable, values: dict) -> None:
    """Compare with the formula; where it differs, look for the mistake whose formula fits."""
    p, q = values["p"], values["q"]
    user, item = PAIRS.T
    found, right, n = np.asarray(score(PAIRS)), (p[user] * q[item]).sum(axis=1), len(PAIRS)
    found = found[:, 0] if found.shape == (n, 1) else found
    if close(found, right):
        return
    for wrong, symptom, nudge in [
        *product_mistakes(p[user], q[item], 0),
        *output_mistakes(right),
        *_swapped_ids(p, q),
    ]:
        require(not close(found, wrong), symptom, nudge)
    require_one_number_a_pair(found, n)
    require_alone_like_in_company(score, PAIRS)
    off = found - right
    require(
        np.ptp(off) > 1e-4,
        f"every score is off by the same {off[0]:.3f}: something is added that is in no table",
        "The network gives the distance from the mean. The mean is added when you predict.",
    )
    raise Mistake(
        f"for known tables the pair (user {PAIRS[0, 0]}, item {PAIRS[0, 1]}) should score "
        f"{right[0]:.3f}; it scores {found[0]:.3f}",
        "Compute it by hand from model.get_weights(): what is not what you expect?",
    )


def _swapped_ids(p: np.ndarray, q: np.ndarray) -> Iterator[tuple[np.ndarray, str, str]]:
    for ids in product((0, 1), repeat=2):  # which id looks up which table; (0, 1) is right
        i, j = (PAIRS[:, id] for id in ids)
        swapped = [
            f"{name} is looked up with the {('user', 'item')[id]}'s id"
            for name, id, own in zip(("p_u", "q_i"), ids, (0, 1), strict=True)
            if id != own
        ]
        if len(swapped) == 2:
            nudge = "In which order does keras.Model get its inputs? And the sizes of the tables?"
            yield (p[i] * q[j]).sum(axis=1), "users are looked up as items, items as users", nudge
        elif swapped:
            nudge = "Which input goes into which table?"
            yield (p[i] * q[j]).sum(axis=1), swapped[0], nudge


# 2 -----------------------------------------------------------------------------------------


@progress.exercise("largest_difference")
def check_difference(largest_difference: Callable) -> None:
    """`largest_difference(model, users, items)`: between scores alone and in company, a number."""
    rng = np.random.RandomState(2)
    users, items = rng.randint(USERS, size=35), rng.randint(USERS, size=35)  # more than 32: predict
    for sign in (1, -1):
        model, dot = _network(_grow(sign), users, items)
        found = _number(largest_difference(model, users.copy(), items.copy()))
        rate, n = 0.01 * sign, len(users)
        company, alone = dot * (1 + rate * (n - 1)), dot
        for wrong, symptom, nudge in _wrong_differences(company, alone, rate):
            require(not np.isclose(found, wrong, rtol=1e-3, atol=1e-4), symptom, nudge)
        right = np.abs(company - alone).max()
        require(
            np.isclose(found, right, rtol=1e-3, atol=1e-4),
            f"for a network whose scores grow with the batch the largest difference is "
            f"{right:.3f}; your function says {found:.3f}",
            "Print both arrays, alone and in company, and their shapes. " + ARGUMENTS,
        )
    model, dot = _network(_dot, users, items)
    found = _number(largest_difference(model, users.copy(), items.copy()))
    require(
        abs(found) < 1e-4,
        f"for a network that is right the largest difference is 0; your function says {found:.3f}",
        "Which two scores do you compare? They have to be of the same pair.",
    )


def _number(found) -> float:
    require_something(found, "a number")
    array = np.asarray(found)
    require(
        array.dtype != bool,
        "expected a number, found True or False",
        "Not whether they differ, but by how much.",
    )
    require(
        array.ndim == 0 and array.dtype.kind in "iuf",
        f"expected one number, found {kind(found)}"
        + (f" of the shape {array.shape}" if array.ndim else ""),
        "The largest of the differences is one number.",
    )
    return float(array)


def _wrong_differences(company, alone, rate) -> Iterator[tuple[float, str, str]]:
    """What usual mistakes in the test say, each with symptom and nudge."""
    n, dot = len(alone), alone
    off = company - alone
    signed = "the largest difference is taken with its sign: one below 0 is overlooked"
    size = "How far apart are -2 and 1? Which function makes a difference a distance?"
    for k in (1, -1):
        if not np.isclose(np.max(k * off), np.abs(off).max()):
            yield np.max(k * off), signed, size
    yield (
        0,
        "it says 0 for a network whose scores grow with the batch",
        ("Is one of the two a batch of a single pair, and the other a batch of all?"),
    )
    yield np.abs(off).mean(), "the differences are averaged", "The text asks for the largest."
    yield np.abs(off.mean()), "the differences are averaged", "The text asks for the largest."
    yield np.abs(off).sum(), "the differences are added up", "The text asks for the largest."
    yield np.abs(off).min(), "that is the smallest of the differences", "And the largest?"
    yield (off**2).max(), "that is a squared difference", "Stars, not squared stars."
    one = "only one of the pairs is compared with its score alone, not each of them"
    yield abs(off[0]), one, "Every pair gets its turn to be alone: a loop."
    yield abs(off[-1]), one, "Is something overwritten in the loop, or computed behind it?"
    square = f"a column ({n}, 1) and a vector ({n},) are subtracted: that makes {n} x {n} numbers"
    yield (
        np.abs(company[:, None] - alone).max(),
        square,
        ("Lecture 1, section 2. Print both shapes; [:, 0] takes the column out."),
    )
    place = np.arange(n)
    growing = np.abs(company - dot * (1 + rate * place)).max()
    yield (
        growing,
        "the pairs are not alone: each is scored with those before it",
        ("A slice [:k + 1] begins at the first pair. Where should it begin?"),
    )
    batch = np.where(place < 32, 32, n - 32)
    cut = np.abs(dot * rate * (batch - 1)).max()
    yield (
        cut,
        f"the company of {n} is cut into batches of 32",
        ("model.predict does that, unless it gets a batch_size; model([users, items]) does not."),
    )
    in_two = np.abs(company - dot * (1 + rate * (n // 2 - 1))).max()
    yield in_two, "the pairs are not alone: the other batch has half of them", "Alone: one pair."


def _dot(p_u, q_i):
    from keras import ops

    return ops.sum(p_u * q_i, axis=1, keepdims=True)


def _grow(sign: int) -> Callable:
    """A product with a fault: one hundredth more, or less, for each other pair in the batch."""
    from keras import ops

    def growing(p_u, q_i):
        dot = _dot(p_u, q_i)
        return dot * (1 + 0.01 * sign * (ops.sum(ops.ones_like(dot)) - 1))

    return growing


def _network(product: Callable, users=(), items=()):
    """A network with known tables and this product; and the right scores of the pairs."""
    import keras

    rng = np.random.RandomState(3)
    user, item = (keras.Input((), dtype="int32", name=name) for name in ("user", "item"))
    p_u = keras.layers.Embedding(USERS, FACTORS, name="p_u")(user)
    q_i = keras.layers.Embedding(ITEMS, FACTORS, name="q_i")(item)
    model = keras.Model([user, item], product(p_u, q_i))
    model.run_eagerly = True  # for so few rows faster than building a graph
    p, q = (rng.uniform(-1.5, 1.5, size=(size, FACTORS)) for size in (USERS, ITEMS))
    model.set_weights([p, q])
    users, items = np.array(users, dtype=int), np.array(items, dtype=int)
    return model, (p[users] * q[items]).sum(axis=1)


# 3 -----------------------------------------------------------------------------------------


@progress.exercise("per_pair")
def check_product(per_pair: Callable) -> None:
    """`per_pair(p_u, q_i)`: Keras tensors of shape (batch, factors), to one of shape (batch, 1)."""
    import keras

    inputs = [keras.Input((FACTORS,), name=name) for name in ("p_u", "q_i")]
    output = per_pair(*inputs)
    require_something(output, "a Keras tensor of the shape (batch, 1)")
    require(
        isinstance(output, keras.KerasTensor),
        f"expected a Keras tensor, found {kind(output)}",
        "A layer is made with one pair of brackets and applied with a second one.",
    )
    model = keras.Model(inputs, output)
    rng = np.random.RandomState(4)
    p, q = (rng.uniform(-1.5, 1.5, size=(len(PAIRS), FACTORS)).astype("float32") for _ in "pq")
    found, right, n = np.asarray(model([p, q])), (p * q).sum(axis=1), len(PAIRS)
    require(
        not close(found, right),
        f"the right numbers, but of the shape ({n},); expected a column, ({n}, 1)",
        "b_i is a column. What did a column and a vector give in lecture 1, section 2? keepdims "
        "keeps an axis.",
    )
    found = found[:, 0] if found.shape == (n, 1) else found
    for wrong, symptom, nudge in [*product_mistakes(p, q, 0), *output_mistakes(right)]:
        require(not close(found, wrong), symptom, nudge)
    require_one_number_a_pair(found, n)
    shown = f"p_u = {p[0].round(2)} and q_i = {q[0].round(2)}"
    require(
        close(found, right),
        f"for {shown} the product should be {right[0]:.3f}; it is {found[0]:.3f}",
        "Multiply factor by factor, then add up what belongs to one pair. By hand, for this one?",
    )


# 4 -----------------------------------------------------------------------------------------


@progress.exercise("ranking")
def check_ranking(ranking: Callable) -> None:
    """`ranking(model, user, num_items)`: the ids of all items, highest score first, one batch."""
    user, every = 3, np.arange(ITEMS)
    model, score = _network(_dot, np.full(ITEMS, user), every)
    found = ranking(model, user, ITEMS)
    require_something(found, "the ids of all items")
    found, right = np.asarray(found), np.argsort(-score)
    require(
        found.shape != (ITEMS, 1) or bool(found.any()),
        f"the shape is {found.shape}, and all are 0: each row of the column is sorted by itself",
        "argsort sorts along the last axis. Take the column out first: [:, 0].",
    )
    require(
        found.shape == (ITEMS,),
        f"the shape is {found.shape}; expected ({ITEMS},), the ids of all items",
        "One row of ids. A column has an axis too many.",
    )
    others = [_network(_dot, np.full(ITEMS, u), every)[1] for u in range(USERS)]
    swapped = _network(_dot, every % USERS, np.full(ITEMS, user))[1]
    for wrong, symptom, nudge in (
        (score, "these are the scores; expected the ids, sorted by them", "np.argsort."),
        (-np.sort(-score), "these are the scores, sorted; expected the ids", "np.argsort."),
        (right[::-1], "the lowest score comes first", "argsort begins with the smallest."),
        (np.argsort(right), "these are the ranks: item 0's place comes first", "argsort, once."),
        (every, "the items are not sorted", "By what, and where do the scores come in?"),
        (right + 1, "the ids count from 1", "Item ids count from 0, as places do."),
        (np.argsort(-swapped), "users and items are swapped in the inputs", "[users, items]"),
        *(
            (
                np.argsort(-other),
                f"that is the order of user {u}; asked for was user {user}",
                ARGUMENTS,
            )
            for u, other in enumerate(others)
            if u != user
        ),
    ):
        require(not close(found, wrong), symptom, nudge)
    require(
        np.array_equal(found, right),
        f"the scores of the items 0, 1, 2, … are {score.round(2)}; you say {found}",
        "All items with the same user: two arrays of the same length.",
    )
    _require_one_batch(ranking, user, score)


def _require_one_batch(ranking: Callable, user: int, alone: np.ndarray) -> None:
    """With a product that mixes, items scored one by one come in another order."""
    from keras import ops

    def turned(p_u, q_i):  # in company of all items the order is turned round
        dot = _dot(p_u, q_i)
        return dot * ops.where(ops.sum(ops.ones_like(dot)) > ITEMS - 1, -1.0, 1.0)

    model, _ = _network(turned)
    require(
        np.array_equal(np.asarray(ranking(model, user, ITEMS)), np.argsort(alone)),
        "the items are scored one by one, or in several batches",
        "The text asks for one batch: model([users, items]) with all items.",
    )
