"""Checks of practice 2: MF as a network, and a test that finds a network which mixes its batch."""

from collections.abc import Callable, Iterator

import keras
import numpy as np

from practice.checks import _networks as nets
from practice.checks._engine import Facet, Practice, array, kind, number, require, shapes

practice = Practice("02_mf_as_a_network", given=["imports", "factor-table"])
summary = practice.summary

# 1 -----------------------------------------------------------------------------------------
SIZES = [(6, 9, 4, 0.25), (8, 7, 33, 0.125)]  # users, items, factors, penalty


def known_tables(draw: int) -> tuple[dict, list, int]:
    return nets.known_tables(draw, *SIZES[draw][:2], pq=SIZES[draw][2])


def build_facets(build_mf: Callable, draw: int) -> Iterator[Facet]:
    tables, pairs, _ = known = known_tables(draw)
    say = lambda found, _: nets.sum_of_terms(found, *nets.terms_of(*known))  # noqa: E731
    model, names = build_mf(*SIZES[draw]), {"mf": None}
    yield from nets.look(model, pairs, nets.words(tables), draw, names=names, say_scores=say)


def build_rows(draw: int) -> Iterator[tuple]:
    yield from product_rows(*nets.looked_up(*known_tables(draw), "pq"))


def product_rows(p: np.ndarray, q: np.ndarray) -> Iterator[tuple]:
    yield from nets.mixed(p, q)
    how = "Multiply factor by factor, then add up what belongs to one pair."
    for symptom, scores in {
        "the factors are added, not multiplied": (p + q).sum(axis=1),
        "the largest of the products of factors is taken, not their sum": (p * q).max(axis=1),
        "the first factor is left out of the product": (p * q)[:, 1:].sum(axis=1),
        "the vectors stand side by side; nothing is multiplied": np.hstack([p, q]),
    }.items():
        yield symptom, how, {"the scores": scores}


check_build = practice.exercise("build_mf", "ex-build", build_facets, build_rows)

# 2 -----------------------------------------------------------------------------------------
USERS, ITEMS = 11, (13, 61)  # items in each draw
GROW = "for a network whose scores grow or fall with the batch the largest difference"


def network(change: Callable, draw: int):
    """MF with known tables, and something done to its scores."""
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
    users, items = np.random.RandomState(draw + 6).randint(USERS, size=(2, 35 + draw))
    return users, items, (0.014, -0.012)[draw]


def gap_facets(largest_difference: Callable, draw: int) -> Iterator[Facet]:
    users, items, rate = company(draw)
    for name, growth in ((GROW, rate), ("for a network that is right the largest difference", 0)):
        model = network(lambda scores, n, growth=growth: scores * (1 + growth * (n - 1)), draw)
        found = largest_difference(model, users.copy(), items.copy())
        yield number(name, found, "Print both arrays, alone and in company, and their shapes.")


def gap_rows(draw: int) -> Iterator[tuple]:
    users, items, rate = company(draw)
    score = lambda *ids: dots(*ids, draw) * (1 + rate * (len(ids[0]) - 1))  # noqa: E731
    yield from nets.company_rows(GROW, score, users, items)


check_difference = practice.exercise("largest_difference", "ex-difference", gap_facets, gap_rows)


# 3 -----------------------------------------------------------------------------------------
def vectors(draw: int) -> list[np.ndarray]:
    """p_u and q_i, more of them than a batch of `predict`."""
    return [nets.known(((37, 4), (41, 33))[draw], draw, k).astype("float32") for k in (0, 1)]


def per_pair_facets(per_pair: Callable, draw: int) -> Iterator[Facet]:
    p, q = vectors(draw)
    inputs = [keras.Input(p.shape[1:], name=name) for name in ("p_u", "q_i")]
    output = per_pair(*inputs)
    applied = "A layer is made with one pair of brackets and applied with a second one."
    is_tensor = isinstance(output, keras.KerasTensor)
    require(is_tensor, f"expected a Keras tensor, found {kind(output)}", applied)
    terms, instead = {nets.DOT: (p * q).sum(axis=1)}, {nets.DOT: [*nets.products(p, q)]}
    say = lambda found, _: nets.sum_of_terms(found, terms, instead)  # noqa: E731
    yield from nets.look(keras.Model(inputs, output), [p, q], {}, draw, say_scores=say)
    found, right = (len(p), *output.shape[1:]), (len(p), 1)
    symptom = f"the right numbers, but of the shape {found}; expected a column, {right}"
    keep = "b_i is a column. A column and a vector pair all with all. keepdims keeps an axis."
    yield Facet("the shape", found, (symptom, keep))


def per_pair_rows(draw: int) -> Iterator[tuple]:
    p, q = vectors(draw)
    yield from product_rows(p, q)
    written = f"all factors are to be added up; here they are {p.shape[1]}, elsewhere others"
    size = "How many factors are there? Another number than 32 must do as well: p_u.shape[1]."
    yield written, size, {"the scores": np.zeros((len(p), 0))}
    yield f"{written} ", size, {"stops": "slice index|out of bounds|[Ss]lic"}


check_product = practice.exercise("per_pair", "ex-product", per_pair_facets, per_pair_rows)


# 4 -----------------------------------------------------------------------------------------
def ranking_facets(ranking: Callable, draw: int) -> Iterator[Facet]:
    user, n = (3, 2)[draw], ITEMS[draw]
    found = array(ranking(network(lambda scores, _: scores, draw), user, n))
    yield Facet("the ids", found, lambda *both: say_ids(*both, draw))
    turned = network(lambda scores, size: scores * (n - 0.5 - size), draw)
    how = "the items are scored one by one, or in several batches", "The text asks for one batch."
    yield Facet("in one batch", array(ranking(turned, user, n)), how)


def say_ids(found: np.ndarray, right: np.ndarray, draw: int) -> tuple[str, str]:
    missing, every = np.setdiff1d(right, found).tolist(), "All ids from 0 to num_items - 1."
    if found.ndim == 1 and missing and np.isin(found, right).all():
        return f"not all items are in it: {missing} are missing", every
    if found.shape != right.shape:
        return shapes("the ids", found.shape, right.shape)
    scores = dots(np.full(len(right), (3, 2)[draw]), np.arange(len(right)), draw)
    text = f"the scores of the items 0, 1, 2, … are {scores.round(2)}; you say {found}"
    return text, f"{every} Each with the same user, in two arrays. Then sort by score."


def ranking_rows(draw: int) -> Iterator[tuple]:
    n, user, every = ITEMS[draw], (3, 2)[draw], np.arange(ITEMS[draw])
    of = [dots(np.full(n, one), every, draw) for one in range(USERS)]  # scores of each user
    scores, right = of[user], np.argsort(-of[user])
    swapped = np.argsort(-dots(every % USERS, np.full(n, user), draw))
    whole, argsort = "Sort by the scores as they are.", "np.argsort gives the ids."
    for symptom, nudge, values in (
        ("these are the scores; expected the ids, sorted by them", argsort, scores),
        ("these are the scores, sorted; expected the ids", argsort, -np.sort(-scores)),
        ("the lowest score comes first", "argsort begins with the smallest.", right[::-1]),
        ("these are the ranks: item 0's place comes first", "argsort, once only.", np.argsort(right)),
        ("the items are not sorted", "By what, and where do the scores come in?", every),
        ("the ids count from 1", "Item ids count from 0, as places do.", right + 1),
        ("users and items are swapped in the inputs", "[users, items]", swapped),
        ("items are sorted by the size of the score, whatever its sign", whole, np.argsort(-np.abs(scores))),
        ("all are 0: each row of the column is sorted by itself", "argsort sorts along the last axis: np.ravel first.", np.zeros((n, 1))),
        *((f"that is the order of user {one}; asked for was user {user}", "Where does the argument `user` go?", np.argsort(-of[one])) for one in range(USERS) if one != user),
    ):  # fmt: skip
        yield symptom, nudge, {"the ids": values}


check_ranking = practice.exercise("ranking", "ex-ranking", ranking_facets, ranking_rows)


# 5 -----------------------------------------------------------------------------------------
def support_facets(with_support: Callable, draw: int) -> Iterator[Facet]:
    rng, (n, least) = np.random.RandomState(draw), ((17, 10), (23, 25))[draw]
    counts = rng.permutation(n) + 8  # one film has exactly `least` ratings
    for size in (n, 11):
        ranked = rng.permutation(n)[:size]
        found = array(with_support(ranked.copy(), counts.copy(), least))
        yield Facet(f"the ids that stay of {size} of {n} films", found, say_kept)


def say_kept(found: np.ndarray, right: np.ndarray) -> tuple[str, str]:
    if found.ndim != 1:
        return shapes("the ids", found.shape, right.shape)
    if len(found) < len(right) and np.array_equal(found, right[: len(found)]):
        return f"only the first {len(found)} of the films that stay are there", "All are asked for."
    by_hand = "Take the first film that is too many or missing: what does `counts` say of it?"
    return f"the ids that stay should be {right}; found {found}", by_hand


KEPT, ORDER = "ranked[counts[ranked] >= least]", "The best one first, as they came."
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
]  # fmt: skip
check_support = practice.exercise("with_support", "ex-support", support_facets, SUPPORT)
