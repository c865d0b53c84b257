"""Checks of practice 2: MF as a network, and a test that finds a network which mixes its batch."""

from collections.abc import Callable, Iterator

import numpy as np

from practice.checks._engine import Facet, Practice, array, kind, shapes
from practice.checks._networks import (
    Scorer,
    dropout,
    fill,
    ids,
    known,
    look,
    mixed,
    products,
    say_dropout,
    say_wrong_scores,
    sum_of_terms,
    swapped,
    weights_of,
)

practice = Practice("02_mf_as_a_network", given=["imports", "factor-table"])
summary = practice.summary
DOT = "p_u . q_i"


# 1 -----------------------------------------------------------------------------------------

SIZES = [
    {"num_users": 6, "num_items": 9, "num_factors": 4, "penalty": 0.25},
    {"num_users": 8, "num_items": 7, "num_factors": 33, "penalty": 0.125},
]


def build_facets(build_mf: Callable, draw: int) -> Iterator[Facet]:
    """The network, with known numbers in its tables."""
    users, items, factors, penalty = SIZES[draw].values()
    words = {
        (users, factors): "p_u, the factors of the users",
        (items, factors): "q_i, the factors of the items",
    }
    pairs, say = ids(draw, min(users, items)), lambda found, _: say_product(found, *tables(draw))
    model = build_mf(users, items, factors, penalty)
    yield from look(model, pairs, words, draw, names={"mf": None}, say_scores=say)


def tables(draw: int) -> tuple[Callable, Callable]:
    """p and q of the ids "u" or "i", filled with known numbers."""
    users, items, factors, _ = SIZES[draw].values()
    pairs = dict(zip("ui", ids(draw, min(users, items)), strict=True))
    values = known((users, factors), draw), known((items, factors), draw)
    return tuple(lambda id, table=table: table[pairs[id]] for table in values)


def say_product(found: np.ndarray, p: Callable, q: Callable) -> tuple[str, str] | None:
    """What stands instead of the product, or what was done to it."""
    ids = swapped("pq", lambda c: (p(c[0]) * q(c[1])).sum(axis=1))
    instead = {DOT: [*products(p("u"), q("i")), *ids]}
    return sum_of_terms(found, {DOT: (p("u") * q("i")).sum(axis=1)}, instead)


def product_rows(p: np.ndarray, q: np.ndarray) -> Iterator[tuple]:
    """What is no product of each pair."""
    yield from mixed(p, q)
    how = "Multiply factor by factor, then add up what belongs to one pair."
    for symptom, scores in (
        ("the factors are added, not multiplied", (p + q).sum(axis=1)),
        ("these are differences of the factors, not their product", (p - q).sum(axis=1)),
        ("these are squared distances of the vectors", ((p - q) ** 2).sum(axis=1)),
        ("the largest of the products of factors is taken, not their sum", (p * q).max(axis=1)),
        ("only the last factor is in the product", p[:, -1] * q[:, -1]),
        ("the first factor is left out of the product", (p * q)[:, 1:].sum(axis=1)),
        ("the vectors are multiplied together, factor after factor", (p * q).prod(axis=1)),
        ("the sums of the two vectors are multiplied", p.sum(axis=1) * q.sum(axis=1)),
        ("the vectors stand side by side; nothing is multiplied", np.hstack([p, q])),
    ):
        yield symptom, how, {"the scores": scores}


check_build = practice.exercise(
    "build_mf",
    "ex-build",
    build_facets,
    lambda draw: product_rows(*(table(id) for table, id in zip(tables(draw), "ui", strict=True))),
    "a keras.Model",
)


# 2 -----------------------------------------------------------------------------------------

USERS, ITEMS = 11, (13, 61)  # items in each draw


def network(product: Callable, draw: int):
    """A network with known tables and this product."""
    import keras

    user, item = (keras.Input((), dtype="int32", name=name) for name in ("user", "item"))
    p_u, q_i = keras.layers.Embedding(USERS, 3)(user), keras.layers.Embedding(ITEMS[draw], 3)(item)
    model = keras.Model([user, item], product(p_u, q_i))
    model.run_eagerly = True  # for so few rows faster than building a graph
    fill(model, draw)
    return model


def dots(users: np.ndarray, items: np.ndarray, draw: int) -> np.ndarray:
    """The right scores of the pairs, with the tables of `network`."""
    return (known((USERS, 3), draw)[users] * known((ITEMS[draw], 3), draw)[items]).sum(axis=1)


def dot(p_u, q_i):
    """The right product."""
    from keras import ops

    return ops.sum(p_u * q_i, axis=1, keepdims=True)


def company(draw: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Pairs, more than a batch of `predict`, and how much a score grows with each other pair.

    The sign of that is such that the largest difference is negative first, then positive.
    """
    users, items = np.random.RandomState(draw + 5).randint(USERS, size=(2, 35 + draw))
    right = dots(users, items, draw)
    return users, items, 0.01 * (-1, 1)[draw] * float(np.sign(right[np.abs(right).argmax()]))


def difference_facets(largest_difference: Callable, draw: int) -> Iterator[Facet]:
    """One number, for a network that mixes its batch and for one that is right."""
    from keras import ops

    users, items, rate = company(draw)

    def growing(p_u, q_i):
        right = dot(p_u, q_i)
        return right * (1 + rate * (ops.sum(ops.ones_like(right)) - 1))

    print_both = "Print both arrays, alone and in company, and their shapes."
    for what, product in (("scores grow with the batch", growing), ("scores are right", dot)):
        found = largest_difference(network(product, draw), users.copy(), items.copy())
        number = array(found)
        one = number.ndim == 0 and number.dtype.kind in "iuf"
        of_shape = f" of the shape {number.shape}" * bool(number.ndim)
        truth = "True or False" if number.dtype == bool else kind(found)
        says = f"expected one number, found {truth}{of_shape}"
        yield Facet("the kind", one, (says, "By how much do they differ at most? In stars."))
        name = f"for a network whose {what} the largest difference"
        yield Facet(name, float(number), print_both)


def difference_rows(draw: int) -> Iterator[tuple]:
    """What usual mistakes in the test say."""
    users, items, rate = company(draw)
    n, alone = len(users), dots(users, items, draw)
    place, together = np.arange(n), alone * (1 + rate * (n - 1))
    off, name = together - alone, "for a network whose scores grow with the batch"
    batch = np.where(place < 32, 32, n - 32)
    largest, alone_is = "The text asks for the largest.", "Alone: a batch of one, that pair."
    turn = "Every pair gets its turn to be alone: a loop."
    same_pair = "Compare a pair's score with the score of that same pair alone."
    cut = "model.predict cuts into batches of 32, unless it gets a batch_size."
    size = "How far apart are -2 and 1? Which function makes a difference a distance?"

    def far(found: np.ndarray) -> float:
        return np.abs(together - found).max()

    signed = "the largest difference is taken with its sign: one below 0 is overlooked"
    for symptom, nudge, value in (
        *((signed, size, top) for top in (off.max(), (-off).max()) if top < np.abs(off).max()),
        (
            "it says 0 for a network whose scores grow with the batch",
            "Is one of the two a batch of a single pair, and the other a batch of all?",
            0.0,
        ),
        ("the differences are averaged", largest, np.abs(off).mean()),
        ("the differences are averaged, with their signs", largest, abs(off.mean())),
        ("the median of the differences is taken", largest, np.median(np.abs(off))),
        ("the differences are added up", largest, np.abs(off).sum()),
        ("that is the smallest of the differences", "And the largest?", np.abs(off).min()),
        ("that is a squared difference", "Stars, not squared stars.", (off**2).max()),
        ("that is the root of the mean square of the differences", largest, (off**2).mean() ** 0.5),
        (
            "that is which pair differs most, its place (argmax)",
            "And how far?",
            np.abs(off).argmax(),
        ),
        ("that is the range of the differences", size, np.ptp(off)),
        (
            "that is a share of the score, not a difference in stars",
            "A difference.",
            abs(rate) * (n - 1),
        ),
        ("only the first of the pairs is compared with its score alone", turn, abs(off[0])),
        (
            "only the last of the pairs is compared with its score alone",
            "Is something overwritten in the loop, or computed behind it?",
            abs(off[-1]),
        ),
        (
            f"a column ({n}, 1) and a vector ({n},) are subtracted: that makes {n} x {n} numbers",
            "Print both shapes; np.ravel makes a vector of a column.",
            np.abs(together[:, None] - alone).max(),
        ),
        (
            "the pairs are not alone: each is scored with those before it",
            "A slice [:k + 1] begins at the first pair. Where should it begin?",
            far(alone * (1 + rate * place)),
        ),
        (
            "the pairs are not alone: a second one is in the batch",
            alone_is,
            far(alone * (1 + rate)),
        ),
        (
            "what should be alone is scored in batches of 32",
            "model.predict does that, unless it gets batch_size=1: a batch of one.",
            far(alone * (1 + rate * (batch - 1))),
        ),
        (
            f"the company of {n} is cut into batches of 32",
            f"{cut} And model([users, items]) does not.",
            np.abs(alone * rate * (batch - 1)).max(),
        ),
        (
            "the pairs are not alone: the other batch has half of them",
            alone_is,
            far(alone * (1 + rate * (n // 2 - 1))),
        ),
        (
            "what is alone is another pair: each user with the first item",
            same_pair,
            far(dots(users, items[[0] * n], draw)),
        ),
        (
            "what is alone is another pair: the first user with each item",
            same_pair,
            far(dots(users[[0] * n], items, draw)),
        ),
        ("what is alone is another pair: always the first", same_pair, far(alone[0])),
        (
            "users and items are swapped in one of the two, alone or in company",
            "[users, items], in both.",
            far(dots(items, users, draw)),
        ),
        (
            "users and items are swapped in one of the two, alone or in company",
            "[users, items], in both.",
            np.abs(dots(items, users, draw) * (1 + rate * (n - 1)) - alone).max(),
        ),
        (
            "users and items are swapped, in company and alone",
            "[users, items] is the order of the inputs.",
            np.abs(dots(items, users, draw) * rate * (n - 1)).max(),
        ),
    ):
        yield symptom, nudge, {f"{name} the largest difference": float(value)}


check_difference = practice.exercise(
    "largest_difference", "ex-difference", difference_facets, difference_rows, "a number"
)


# 3 -----------------------------------------------------------------------------------------


def vectors(draw: int) -> list[np.ndarray]:
    """p_u and q_i, more of them than a batch of `predict`."""
    shape = ((37, 4), (41, 33))[draw]
    return [known(shape, draw, k).astype("float32") for k in (0, 1)]


def per_pair_facets(per_pair: Callable, draw: int) -> Iterator[Facet]:
    """A Keras tensor, its numbers, and its shape."""
    import keras

    p, q = vectors(draw)
    inputs = [keras.Input(p.shape[1:], name=name) for name in ("p_u", "q_i")]
    output = per_pair(*inputs)
    applied = "A layer is made with one pair of brackets and applied with a second one."
    says = (f"expected a Keras tensor, found {kind(output)}", applied)
    yield Facet("the kind", isinstance(output, keras.KerasTensor), says)
    model = keras.Model(inputs, output)
    learns = (
        f"there are weights in the product, of the shapes {[key[0] for key in weights_of(model)]}"
    )
    plain = "The formula has nothing to learn besides p_u and q_i. A Dense layer starts at random."
    yield Facet("the weights", len(model.weights), (f"{learns}: a layer that learns", plain))
    score = Scorer(model, [p, q])

    def more(found: np.ndarray, _: np.ndarray) -> tuple[str, str] | None:
        instead = {DOT: list(products(p, q))}
        return sum_of_terms(found, {DOT: (p * q).sum(axis=1)}, instead)

    yield Facet("the scores", score(), lambda *both: say_wrong_scores(*both, score, more))
    yield Facet("alone", score.is_alone())
    yield Facet("the dropout", dropout(model, score), say_dropout)
    n, shape = len(p), tuple(score.tensor().shape)
    column = (
        f"the right numbers, but of the shape {shape}; expected a column, ({n}, 1)",
        "b_i is a column. A column and a vector make a table of all pairs. keepdims keeps an axis.",
    )
    yield Facet("the shape", shape, column)


def per_pair_rows(draw: int) -> Iterator[tuple]:
    """What is no product of each pair, and a number of factors that is written down."""
    p, q = vectors(draw)
    yield from product_rows(p, q)
    n, factors = p.shape
    how_many = f"all factors are to be added up; here they are {factors}, and others are asked for"
    size = "How many factors are there? Another number than 32 must do as well: p_u.shape[1]."
    yield how_many, size, {"the scores": np.zeros((n, 0))}
    yield f"{how_many} ", size, {"stops": "slice index|out of bounds|[Ss]lic"}


check_product = practice.exercise(
    "per_pair",
    "ex-product",
    per_pair_facets,
    per_pair_rows,
    "a Keras tensor of the shape (batch, 1)",
)


# 4 -----------------------------------------------------------------------------------------


def ranking_facets(ranking: Callable, draw: int) -> Iterator[Facet]:
    """All ids, by score; and all scored in one batch."""
    from keras import ops

    user, n = (3, 2)[draw], ITEMS[draw]
    found = array(ranking(network(dot, draw), user, n))
    yield Facet("the ids", found, lambda *both: say_ids(*both, draw))

    def turned(p_u, q_i):  # in company of all items the order is turned round
        right = dot(p_u, q_i)
        return right * ops.where(ops.sum(ops.ones_like(right)) > n - 1, -1.0, 1.0)

    found = array(ranking(network(turned, draw), user, n))
    batches = (
        "the items are scored one by one, or in several batches",
        "The text asks for one batch: model([users, items]) with all items.",
    )
    yield Facet("in one batch", found, batches)


def say_ids(found: np.ndarray, right: np.ndarray, draw: int) -> tuple[str, str]:
    """The hint for other ids."""
    scores = dots(np.full(len(right), (3, 2)[draw]), np.arange(len(right)), draw)
    missing = np.setdiff1d(right, found).tolist()
    if found.ndim == 1 and missing and np.isin(found, right).all():
        return (
            f"not all items are in it: {missing} are missing",
            "All ids from 0 to num_items - 1, whoever has rated them.",
        )
    if found.shape != right.shape:
        return shapes("the ids", found.shape, right.shape)
    text = f"the scores of the items 0, 1, 2, … are {scores.round(2)}; you say {found}"
    return text, "All items with the same user: two arrays of the same length. Then sort by score."


def ranking_rows(draw: int) -> Iterator[tuple]:
    """Other orders."""
    n, user, every = ITEMS[draw], (3, 2)[draw], np.arange(ITEMS[draw])
    scores = dots(np.full(n, user), every, draw)
    right = np.argsort(-scores)
    swapped = dots(every % USERS, np.full(n, user), draw)
    whole = "Sort by the scores as they are."
    for symptom, nudge, values in (
        (
            "these are the scores; expected the ids, sorted by them",
            "np.argsort gives the ids.",
            scores,
        ),
        (
            "these are the scores, sorted; expected the ids",
            "np.argsort gives the ids.",
            -np.sort(-scores),
        ),
        (
            "these are the scores, lowest first; expected the ids",
            "np.argsort gives the ids.",
            np.sort(scores),
        ),
        ("the lowest score comes first", "argsort begins with the smallest.", right[::-1]),
        (
            "these are the ranks: item 0's place comes first",
            "argsort, once only.",
            np.argsort(right),
        ),
        ("the items are not sorted", "By what, and where do the scores come in?", every),
        ("the ids count from 1", "Item ids count from 0, as places do.", right + 1),
        ("users and items are swapped in the inputs", "[users, items]", np.argsort(-swapped)),
        (
            "items are sorted by the size of the score, whatever its sign",
            whole,
            np.argsort(-np.abs(scores)),
        ),
        (
            "the scores are cut to whole numbers before the items are sorted",
            whole,
            np.argsort(-np.trunc(scores), kind="stable"),
        ),
        (
            "the scores are rounded to whole numbers before the items are sorted",
            whole,
            np.argsort(-np.round(scores), kind="stable"),
        ),
        (
            "all are 0: each row of the column is sorted by itself",
            "argsort sorts along the last axis. Take the column out first: np.ravel.",
            np.zeros((n, 1)),
        ),
        *(
            (
                f"that is the order of user {other}; asked for was user {user}",
                "Where does the argument `user` go?",
                np.argsort(-dots(np.full(n, other), every, draw)),
            )
            for other in range(USERS)
            if other != user
        ),
    ):
        yield symptom, nudge, {"the ids": values}


check_ranking = practice.exercise(
    "ranking", "ex-ranking", ranking_facets, ranking_rows, "the ids of all items"
)
