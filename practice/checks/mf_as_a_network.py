"""Checks of practice 2: MF as a network, and a test that finds a network which mixes its batch."""

from collections.abc import Callable, Iterator

import numpy as np

from practice.checks import _networks as nets
from practice.checks._engine import Facet, Practice, array, kind, require, shapes

practice = Practice("02_mf_as_a_network", given=["imports", "factor-table"])
summary = practice.summary
DOT = "p_u . q_i"


# 1 -----------------------------------------------------------------------------------------

SIZES = [(6, 9, 4, 0.25), (8, 7, 33, 0.125)]  # users, items, factors, penalty


def build_facets(build_mf: Callable, draw: int) -> Iterator[Facet]:
    """The network, with known numbers in its tables."""
    users, items, factors, penalty = SIZES[draw]
    words = {(users, factors): "p_u, the factors of the users"}
    words |= {(items, factors): "q_i, the factors of the items"}
    model, inputs = build_mf(users, items, factors, penalty), nets.ids(draw, min(users, items))
    say = lambda found, _: say_product(found, *looked_up(draw))  # noqa: E731
    yield from nets.look(model, inputs, words, draw, names={"mf": None}, say_scores=say)


def looked_up(draw: int) -> tuple[np.ndarray, np.ndarray, list]:
    """p_u and q_i of the pairs, and the products of wrong choices of ids."""
    *sizes, factors, _ = SIZES[draw]
    p, q = (nets.known((size, factors), draw) for size in sizes)
    pairs = dict(zip("ui", nets.ids(draw, min(sizes)), strict=True))
    swapped = nets.swapped("pq", lambda of: (p[pairs[of[0]]] * q[pairs[of[1]]]).sum(axis=1))
    return p[pairs["u"]], q[pairs["i"]], list(swapped)


def say_product(found: np.ndarray, p: np.ndarray, q: np.ndarray, more: list) -> tuple | None:
    """What stands instead of the product, or what was done to it."""
    terms, instead = {DOT: (p * q).sum(axis=1)}, {DOT: [*nets.products(p, q), *more]}
    return nets.sum_of_terms(found, terms, instead)


def product_rows(p: np.ndarray, q: np.ndarray, *_: object) -> Iterator[tuple]:
    """What is no product of each pair."""
    yield from nets.mixed(p, q)
    how = "Multiply factor by factor, then add up what belongs to one pair."
    for symptom, scores in {
        "the factors are added, not multiplied": (p + q).sum(axis=1),
        "the largest of the products of factors is taken, not their sum": (p * q).max(axis=1),
        "the first factor is left out of the product": (p * q)[:, 1:].sum(axis=1),
        "the vectors stand side by side; nothing is multiplied": np.hstack([p, q]),
    }.items():
        yield symptom, how, {"the scores": scores}


check_build = practice.exercise(
    "build_mf", "ex-build", build_facets, lambda draw: product_rows(*looked_up(draw)), "a network"
)


# 2 -----------------------------------------------------------------------------------------

USERS, ITEMS = 11, (13, 61)  # items in each draw


def network(change: Callable, draw: int):
    """MF with known tables, and something done to its scores."""
    import keras

    user, item = (keras.Input((), dtype="int32", name=name) for name in ("user", "item"))
    p_u, q_i = keras.layers.Embedding(USERS, 3)(user), keras.layers.Embedding(ITEMS[draw], 3)(item)
    scores = keras.ops.sum(p_u * q_i, axis=1, keepdims=True)
    model = keras.Model([user, item], change(scores, keras.ops.sum(keras.ops.ones_like(scores))))
    model.run_eagerly = True  # for so few rows faster than building a graph
    nets.fill(model, draw)
    return model


def dots(users: np.ndarray, items: np.ndarray, draw: int) -> np.ndarray:
    """The right scores of the pairs, with the tables of `network`."""
    p, q = nets.known((USERS, 3), draw), nets.known((ITEMS[draw], 3), draw)
    return (p[users] * q[items]).sum(axis=1)


def company(draw: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Pairs, more than a batch of `predict`, and how much a score grows with each other pair."""
    users, items = np.random.RandomState(draw + 5).randint(USERS, size=(2, 35 + draw))
    return users, items, (0.01, -0.01)[draw]


def difference_facets(largest_difference: Callable, draw: int) -> Iterator[Facet]:
    """One number, for a network that mixes its batch and for one that is right."""
    users, items, rate = company(draw)
    for what, growth in (("scores grow with the batch", rate), ("scores are right", 0)):
        model = network(lambda scores, n, growth=growth: scores * (1 + growth * (n - 1)), draw)
        found = largest_difference(model, users.copy(), items.copy())
        number = array(found)
        of_shape = f"{kind(found)} of the shape {number.shape}" if number.ndim else kind(found)
        says = f"expected one number, found {'True or False' if number.dtype == bool else of_shape}"
        one = number.ndim == 0 and number.dtype.kind in "iuf"
        require(one, says, "By how much do they differ at most? In stars.")
        print_both = "Print both arrays, alone and in company, and their shapes."
        yield Facet(f"for a network whose {what} the largest difference", float(number), print_both)


def difference_rows(draw: int) -> Iterator[tuple]:
    """What usual mistakes in the test say."""
    users, items, rate = company(draw)
    n, alone, swapped = len(users), dots(users, items, draw), dots(items, users, draw)
    together, place = alone * (1 + rate * (n - 1)), np.arange(n)
    off, batch = np.abs(together - alone), np.where(place < 32, 32, n - 32)  # sizes, by 32
    largest, alone_is = "The text asks for the largest.", "Alone: a batch of one, that pair."
    same_pair = "Compare a pair's score with the score of that same pair alone."
    signed = "the largest difference is taken with its sign: one below 0 is overlooked"
    mixed_up = "users and items are swapped in one of the two, alone or in company"
    far = lambda found, company=together: np.abs(company - found).max()  # noqa: E731
    # fmt: off
    for symptom, nudge, value in (
        *((signed, "How far apart are -2 and 1? Which function makes a difference a distance?", top) for top in ((together - alone).max(), (alone - together).max()) if top < off.max()),
        ("it says 0 for a network whose scores grow with the batch", "Is one of the two a batch of a single pair, and the other a batch of all?", 0.0),
        ("the differences are averaged", largest, off.mean()),
        ("the differences are added up", largest, off.sum()),
        ("that is the smallest of the differences", "And the largest?", off.min()),
        ("that is a squared difference", "Stars, not squared stars.", (off**2).max()),
        ("that is which pair differs most, its place (argmax)", "And how far?", off.argmax()),
        ("that is a share of the score, not a difference in stars", "A difference.", abs(rate) * (n - 1)),
        ("only the first of the pairs is compared with its score alone", "Every pair gets its turn to be alone: a loop.", off[0]),
        ("only the last of the pairs is compared with its score alone", "Is something overwritten in the loop, or computed behind it?", off[-1]),
        (f"a column ({n}, 1) and a vector ({n},) are subtracted: that makes {n} x {n} numbers", "Print both shapes; np.ravel makes a vector of a column.", far(alone, together[:, None])),
        ("the pairs are not alone: each is scored with those before it", "A slice [:k + 1] begins at the first pair. Where should it begin?", far(alone * (1 + rate * place))),
        ("the pairs are not alone: a second one is in the batch", alone_is, far(alone * (1 + rate))),
        ("what should be alone is scored in batches of 32", "model.predict does that, unless it gets batch_size=1: a batch of one.", far(alone * (1 + rate * (batch - 1)))),
        (f"the company of {n} is cut into batches of 32", "model.predict cuts into batches of 32, unless it gets a batch_size. And model([users, items]) does not.", far(alone, alone * (1 + rate * (batch - 1)))),
        ("what is alone is another pair: each user with the first item", same_pair, far(dots(users, items[[0] * n], draw))),
        ("what is alone is another pair: the first user with each item", same_pair, far(dots(users[[0] * n], items, draw))),
        (mixed_up, "[users, items], in both.", far(swapped)),
        (mixed_up, "[users, items], in both.", far(alone, swapped * (1 + rate * (n - 1)))),
    ):
        yield symptom, nudge, {"for a network whose scores grow with the batch the largest difference": float(value)}
    # fmt: on


check_difference = practice.exercise(
    "largest_difference", "ex-difference", difference_facets, difference_rows, "a number"
)


# 3 -----------------------------------------------------------------------------------------


def vectors(draw: int) -> list[np.ndarray]:
    """p_u and q_i, more of them than a batch of `predict`."""
    return [nets.known(((37, 4), (41, 33))[draw], draw, k).astype("float32") for k in (0, 1)]


def per_pair_facets(per_pair: Callable, draw: int) -> Iterator[Facet]:
    """A Keras tensor, what a network of it shows, and its shape."""
    import keras

    p, q = vectors(draw)
    inputs = [keras.Input(p.shape[1:], name=name) for name in ("p_u", "q_i")]
    output = per_pair(*inputs)
    applied = "A layer is made with one pair of brackets and applied with a second one."
    is_tensor = isinstance(output, keras.KerasTensor)
    require(is_tensor, f"expected a Keras tensor, found {kind(output)}", applied)
    say = lambda found, _: say_product(found, p, q, [])  # noqa: E731
    yield from nets.look(keras.Model(inputs, output), [p, q], {}, draw, say_scores=say)
    found, right = (len(p), *output.shape[1:]), (len(p), 1)
    symptom = f"the right numbers, but of the shape {found}; expected a column, {right}"
    keep = "b_i is a column. A column and a vector pair all with all. keepdims keeps an axis."
    yield Facet("the shape", found, (symptom, keep))


def per_pair_rows(draw: int) -> Iterator[tuple]:
    """What is no product of each pair, and a number of factors that is written down."""
    p, q = vectors(draw)
    yield from product_rows(p, q)
    written = f"all factors are to be added up; here they are {p.shape[1]}, elsewhere others"
    size = "How many factors are there? Another number than 32 must do as well: p_u.shape[1]."
    yield written, size, {"the scores": np.zeros((len(p), 0))}
    yield f"{written} ", size, {"stops": "slice index|out of bounds|[Ss]lic"}


check_product = practice.exercise(
    "per_pair", "ex-product", per_pair_facets, per_pair_rows, "a tensor of the shape (batch, 1)"
)


# 4 -----------------------------------------------------------------------------------------


def ranking_facets(ranking: Callable, draw: int) -> Iterator[Facet]:
    """All ids, by score; and all scored in one batch, in which the order is turned round."""
    user, n = (3, 2)[draw], ITEMS[draw]
    found = array(ranking(network(lambda scores, _: scores, draw), user, n))
    yield Facet("the ids", found, lambda *both: say_ids(*both, draw))
    turned = network(lambda scores, size: scores * (n - 0.5 - size), draw)
    how = "the items are scored one by one, or in several batches", "The text asks for one batch."
    yield Facet("in one batch", array(ranking(turned, user, n)), how)


def say_ids(found: np.ndarray, right: np.ndarray, draw: int) -> tuple[str, str]:
    """The hint for other ids."""
    missing, every = np.setdiff1d(right, found).tolist(), "All ids from 0 to num_items - 1."
    if found.ndim == 1 and missing and np.isin(found, right).all():
        return f"not all items are in it: {missing} are missing", every
    if found.shape != right.shape:
        return shapes("the ids", found.shape, right.shape)
    scores = dots(np.full(len(right), (3, 2)[draw]), np.arange(len(right)), draw)
    text = f"the scores of the items 0, 1, 2, … are {scores.round(2)}; you say {found}"
    return text, f"{every} Each with the same user, in two arrays. Then sort by score."


def ranking_rows(draw: int) -> Iterator[tuple]:
    """Other orders."""
    n, user, every = ITEMS[draw], (3, 2)[draw], np.arange(ITEMS[draw])
    of = [dots(np.full(n, one), every, draw) for one in range(USERS)]  # scores of each user
    scores, right = of[user], np.argsort(-of[user])
    swapped = np.argsort(-dots(every % USERS, np.full(n, user), draw))
    whole, argsort = "Sort by the scores as they are.", "np.argsort gives the ids."
    # fmt: off
    for symptom, nudge, values in (
        ("these are the scores; expected the ids, sorted by them", argsort, scores),
        ("these are the scores, sorted; expected the ids", argsort, -np.sort(-scores)),
        ("the lowest score comes first", "argsort begins with the smallest.", right[::-1]),
        ("these are the ranks: item 0's place comes first", "argsort, once only.", np.argsort(right)),
        ("the items are not sorted", "By what, and where do the scores come in?", every),
        ("the ids count from 1", "Item ids count from 0, as places do.", right + 1),
        ("users and items are swapped in the inputs", "[users, items]", swapped),
        ("items are sorted by the size of the score, whatever its sign", whole, np.argsort(-np.abs(scores))),
        ("the scores are cut to whole numbers before the items are sorted", whole, np.argsort(-np.trunc(scores), kind="stable")),
        ("all are 0: each row of the column is sorted by itself", "argsort sorts along the last axis: np.ravel first.", np.zeros((n, 1))),
        *((f"that is the order of user {one}; asked for was user {user}", "Where does the argument `user` go?", np.argsort(-of[one])) for one in range(USERS) if one != user),
    ):
        yield symptom, nudge, {"the ids": values}
    # fmt: on


check_ranking = practice.exercise(
    "ranking", "ex-ranking", ranking_facets, ranking_rows, "the ids of all items"
)


# 5 -----------------------------------------------------------------------------------------


def support_facets(with_support: Callable, draw: int) -> Iterator[Facet]:
    """The ids that stay: of all films, and of some."""
    rng, (n, least) = np.random.RandomState(draw), ((17, 10), (23, 25))[draw]
    counts = rng.permutation(n) + 8  # one film has exactly `least` ratings
    for size in (n, 11):
        ranked = rng.permutation(n)[:size]
        found = array(with_support(ranked.copy(), counts.copy(), least))
        yield Facet(f"the ids that stay of {size} of {n} films", found, say_kept)


def say_kept(found: np.ndarray, right: np.ndarray) -> tuple[str, str]:
    """The hint for other films."""
    if found.ndim != 1:
        return shapes("the ids", found.shape, right.shape)
    if len(found) < len(right) and np.array_equal(found, right[: len(found)]):
        return f"only the first {len(found)} of the films that stay are there", "All are asked for."
    by_hand = "Take the first film that is too many or missing: what does `counts` say of it?"
    return f"the ids that stay should be {right}; found {found}", by_hand


KEPT, ORDER = "ranked[counts[ranked] >= least]", "The best one first, as they came."
# fmt: off
SUPPORT = [
    ("the numbers of ratings are taken by the places in the list, not by the ids", "counts[i] belongs to film i, not to place i.", ("counts[ranked]", "counts[: len(ranked)]")),
    ("those are places in the list, not the ids of the films", "Which id is at that place?", (KEPT, "np.flatnonzero(counts[ranked] >= least)")),
    ("those are the numbers of ratings, not the ids of the films", "Of which films are they?", ("return ranked", "return counts[ranked]")),
    ("expected ids, found True or False for each film", "ranked[mask] picks where a mask is True.", (KEPT, "counts[ranked] >= least")),
    ("films with exactly `least` ratings are missing", "`least` or more: is that > or >=?", (">=", ">")),
    ("films with too few ratings stay, the opposite", "Which films are to be kept?", (">=", "<")),
    ("nothing is left out", "Which films have fewer than `least` ratings?", (KEPT, "ranked")),
    ("the films come in the order of their ids, not of `ranked`", ORDER, (KEPT, f"np.sort({KEPT})")),
    ("the films come in the order of their numbers of ratings, not of `ranked`", ORDER, (KEPT, f"sorted({KEPT}, key=lambda i: -counts[i])")),
]
# fmt: on
check_support = practice.exercise(
    "with_support", "ex-support", support_facets, SUPPORT, "the ids of the films that stay"
)
