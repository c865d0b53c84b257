"""Checks of practice 5, ANCF with biases: r = p_u . q_i + a_u + b_i + phi([s_u, t_i])."""

import functools
from collections.abc import Callable, Iterator

import numpy as np

from practice.checks import _networks as net
from practice.checks._engine import Facet, Practice, array, difference, kind, same

practice = Practice("05_ncf2_additive", given=["imports", "helpers", "parts", "phi"])
summary = practice.summary


# 1 -----------------------------------------------------------------------------------------
# users, items, factors of the product and of phi, their penalties, hidden, dropout
SIZES = [(5, 7, 4, 2, 0.25, 0.125, (6, 8), 0.5), (9, 8, 3, 5, 0.125, 0.5, (7,), 0.3)]


def known_tables(draw: int) -> tuple[dict, list, int]:
    users, items, factors, mlp_factors, *_ = SIZES[draw]
    return net.known_tables(draw, users, items, pq=factors, st=mlp_factors, ab=1)


def build_facets(build: Callable, draw: int) -> Iterator[Facet]:
    tables, pairs, _ = known_tables(draw)
    words = {shape: f"{one}_{net.own_ids(one)}" for one, shape in tables.items()}
    for k, shape in enumerate(net.dense_shapes(sizes_of(draw))):
        words[shape] = f"{'the biases of ' * (k % 2)}layer {k // 2 + 1} of phi"
    build(*SIZES[draw])  # the second one has other names, if Keras makes them up
    model, say = build(*SIZES[draw]), lambda found, _: say_sum(found, draw)
    more = {"layers": ("dot", "phi", "rating"), "functional": True, "say_scores": say}
    more["names"] = {"a_u": tables["a"], "b_i": tables["b"], "ancf_mean": None}
    yield from net.look(model, pairs, words, draw, **more)


def sizes_of(draw: int) -> list[int]:
    """How many numbers go into each layer of phi, and out of the last one."""
    return [2 * SIZES[draw][3], *SIZES[draw][6], 1]


def phi(draw: int, letters: str = "st", chosen: str = "", order: int = 1, **more) -> np.ndarray:
    """phi of the vectors that are joined."""
    vectors = net.looked_up(*known_tables(draw), letters, chosen)[::order]
    return net.mlp(np.hstack(vectors), sizes_of(draw), draw, **more)


def say_sum(found: np.ndarray, draw: int) -> tuple[str, str] | None:
    terms, instead = net.terms_of(*known_tables(draw))
    terms["phi"], joined = phi(draw), functools.partial(phi, draw, "st")
    instead["phi"] = [
        ("phi has no activation between its layers", phi(draw, between=np.array)),
        ("phi gets s_u twice, and not t_i", phi(draw, "ss")),
        ("phi gets t_i twice, and not s_u", phi(draw, "tt")),
        *net.behind("phi", terms["phi"]),
        *net.concatenated("st", joined),
    ]
    return net.sum_of_terms(found, terms, instead)


GO = "Go through the formula: which letters are in the product, which in the brackets?"
SIZE = "Two sizes are passed in. Which of them is for which pair of tables?"
OUTSIDE = "The sum is outside of phi. That phi could read the product is the idea of lecture 6."


def build_rows(draw: int) -> Iterator[tuple]:
    (tables, *_), (_, *rest) = known_tables(draw), net.dense_shapes(sizes_of(draw))
    pq, st, ab = ([tables[one] for one in letters] for letters in ("pq", "st", "ab"))
    f, m, first = pq[0][1], st[0][1], rest[0][0]
    other = "phi reads two vectors of num_factors, and the product is made of vectors of mlp_factors, or of s_u and t_i"
    how = "s_u and t_i are added or multiplied, or joined along the batch"
    for symptom, nudge, tables, n in (
        ("phi reads p_u and q_i; it has no tables of its own", "s_u and t_i are two more letters than MF-mean has. How many tables make four vectors?", pq, 2 * f),
        (other, GO, pq + st, 2 * f),
        (f"s_u has {f} numbers, as p_u; expected mlp_factors = {m}", SIZE, pq + pq, 2 * f),
        (f"p_u has {m} numbers, as s_u; expected num_factors = {f}", SIZE, st + st, 2 * m),
        (f"phi gets {m} numbers: {how}; expected {2 * m}", "The square brackets are a concatenation (lecture 4, section 3).", pq + st, m),
        ("the product goes into phi, together with s_u and t_i", OUTSIDE, pq + st, 2 * m + 1),
        ("the biases go into phi, together with s_u and t_i", OUTSIDE, pq + st, 2 * m + 2),
        ("p_u and q_i go into phi, together with s_u and t_i", GO, pq + st, 2 * m + 2 * f),
    ):  # fmt: skip
        yield symptom, nudge, {"the weights": sorted([*tables, *ab, (n, first), *rest])}
    nothing = "the output does not depend on s_u of the users, nor on anything else of phi"
    yield nothing, GO, {"the weights": sorted(pq + ab)}
    dot, a, b = net.terms_of(*known_tables(draw))[0].values()
    others = a + b + phi(draw)
    yield from net.mixed(*net.looked_up(*known_tables(draw), "pq"), others)
    for symptom, nudge, scores in (
        ("the product and phi are multiplied, not added", "The formula has a +.", a + b + dot * (others - a - b)),
        ("all terms are multiplied, not added", "The formula has a +.", dot * a * b * (others - a - b)),
        ("there is a ReLU behind the sum", "There is nothing behind the sum: a centred rating may be negative.", np.maximum(dot + others, 0)),
        ("a column and a vector are added: every product with every phi", "Print the shapes of the terms. Lecture 5 has a pitfall of this kind.", (dot + a + b)[:, None] + others - a - b),
    ):  # fmt: skip
        yield symptom, nudge, {"the scores": scores}


check_build = practice.exercise("build_ancf_mean", "ex-build", build_facets, build_rows)


# 2 -----------------------------------------------------------------------------------------
def film_facets(by_film: Callable, draw: int) -> Iterator[Facet]:
    rows, columns = ((6, 8), (7, 5))[draw]
    rng = np.random.RandomState(draw)
    table = rng.uniform(-2, 3, size=(rows, columns)) + rng.uniform(-1, 2, size=(rows, 1))
    found = by_film(table + rng.uniform(-1, 1, size=columns))
    two = isinstance(found, tuple | list | np.ndarray) and len(found) == 2
    said = f"expected two arrays, good and divides; found {kind(found)}"
    yield Facet("two", two, (said, "Two arrays with a comma between them, after `return`."))
    both = [array(one) for one in found]
    yield Facet("good and divides", both, say_films)


def say_films(found: list, right: list) -> tuple[str, str]:
    off = [same(a, b) for a, b in zip(found, right, strict=True)].index(False)
    symptom, nudge = difference(("good", "divides")[off], found[off], right[off])
    nudge = EACH if np.shape(found[off]) != np.shape(right[off]) else nudge
    return symptom, PARTS if " should be " in symptom else nudge


EACH = "One number for each film, and a film is a column. Along which axis is the mean, or the sd?"
PARTS = "Good needs two means; divides the sd, column by column, of what three means leave over."
STD = "The standard deviation is NumPy's std, as it is."
GOOD, DIVIDES = "film_means - table.mean(), ", "taste.std(axis=0)"
LEFT = "table - user_means - film_means + table.mean()"
FILMS = [
    ("divides comes first, then good; expected the other order", "See the docstring.", (GOOD + DIVIDES, f"{DIVIDES}, film_means - table.mean()")),
    ("good is the mean of the film; the mean of the whole table is not subtracted", PARTS, (GOOD, "film_means, ")),
    ("good is a sum, not a mean", PARTS, (GOOD, "(table - table.mean()).sum(axis=0), ")),
    ("good is made of taste, in which every film has the mean 0", PARTS, (GOOD, "taste.mean(axis=0), ")),
    ("good is a median, not a mean", "The text says mean.", (GOOD, "np.median(table, axis=0) - table.mean(), ")),
    ("there is a number for each user, not for each film", EACH, (GOOD + DIVIDES, "user_means[:, 0] - table.mean(), taste.std(axis=1)")),
    ("good is right, but divides has a number for each user, not for each film", EACH, (DIVIDES, "taste.std(axis=1)")),
    ("divides is the sd of the table's columns: the user means are not subtracted", PARTS, (DIVIDES, "table.std(axis=0)")),
    ("divides: user means are added, not subtracted", PARTS, (LEFT, "table + user_means - film_means")),
    ("divides is made of the main effects, not of what is left", PARTS, (LEFT, "user_means + film_means")),
    ("divides is half a taste: the mean of user mean and film mean is subtracted", PARTS, (LEFT, "table - (user_means + film_means) / 2")),
    ("divides is a variance, the square of the sd", STD, (DIVIDES, "taste.var(axis=0)")),
    ("divides is the sd of a sample (ddof=1), as pandas has it", STD, (DIVIDES, "taste.std(axis=0, ddof=1)")),
    ("divides is the mean of absolute values", STD, (DIVIDES, "np.abs(taste).mean(axis=0)")),
    ("user means and film means are medians", "The text says mean.", ("table.mean(axis", "np.median(table, axis")),
    ("divides is the range, from the lowest to the highest", STD, (DIVIDES, "np.ptp(taste, axis=0)")),
]  # fmt: skip
check_films = practice.exercise("by_film", "ex-films", film_facets, FILMS)

# 3 -----------------------------------------------------------------------------------------
NAMES = ("film ignored", "user ignored", "no interaction", "cut off", "no fault")


def tables_of(draw: int) -> dict[str, np.ndarray]:
    """Tables with one fault, with several, with none; float32 and not quite equal, as predicted."""
    rows, columns = ((6, 6), (7, 5))[draw]
    rng = np.random.RandomState(draw)
    user, film = rng.normal(size=(rows, 1)) - 0.5, rng.normal(size=columns) - 0.5
    rest, zero = rng.normal(size=(rows, columns)) - 0.3, np.zeros((rows, columns))
    spot = np.where((np.arange(rows) == 4)[:, None] & (np.arange(columns) == 2), 0.0006, 0)
    tables = {
        "all films are the same": user + zero,
        "all users are the same": film + zero,
        "a number for the user is added to one for the film": user + film,
        "numbers below 0 are cut off": np.maximum(rest, 0),
        "there is no fault": rest,
        "all films are the same, and no number is below 0": np.abs(user) + 0.1 + zero,
        "user and film are added, and no number is below 0": np.abs(user) + np.abs(film) + 0.1,
        "all numbers are the same": zero + 0.7,
        "all films have the same mean": rest - rest.mean(axis=0),
        "all users have the same mean": rest - rest.mean(axis=1, keepdims=True),
        "all numbers are above 0, all different": rest - rest.min() + 0.2,
        "all films are the same, but for one user": np.where(spot.any(axis=1)[:, None], rest, user),
        "all users are the same, but for one film": np.where(np.arange(columns) == 3, rest, film),
        "user and film are added, but for one pair": user + film + spot,
        "all is small, and there is no fault": rest / 200,
        "there is no fault, and one number is 0": rest * (spot == 0),
    }
    noise = rng.uniform(-1e-5, 1e-5, size=(rows, columns))
    return {name: (one + noise * (one != 0)).astype("float32") for name, one in tables.items()}


def fault_facets(fault_of: Callable, draw: int) -> Iterator[Facet]:
    for what, table in tables_of(draw).items():
        said = fault_of(table)
        form = f"expected one of the names in the text, or 'no fault'; found {said!r:.40}"
        name = isinstance(said, str) and said in NAMES
        yield Facet("a name", name, (form, "As they are spelt there."))
        yield Facet(f"for a table in which {what}, the name", said, FIRST)


FIRST = "Go down the list: the first fault that the table shows is its name."
ALL = "Is that so for all users, and all films?"
ASKED = '    if np.ptp(table, axis=1).max() < 1e-4:\n        return "film ignored"\n'
FAULTS = [
    ("film and user are exchanged: a row of the table is a user, a column is a film", "What is the same along a row, if films are ignored?",
        ("np.ptp(table, axis=1)", "np.ptp(table.T, axis=1)"), ("np.ptp(table, axis=0)", "np.ptp(table.T, axis=0)")),
    ("numbers that differ by rounding do not count as the same", "Predictions are rounded: 0.50000 and 0.50001 are the same here. Compare with 0.0001.", ("< 1e-4", "== 0")),
    ("'cut off' comes before other faults of the list", FIRST, (ASKED, f'    if table.min() >= 0:\n        return "cut off"\n{ASKED}')),
    ("'no interaction' comes before other faults of the list", FIRST,
        (ASKED, f'    if np.ptp(table - table[:1], axis=1).max() < 1e-4:\n        return "no interaction"\n{ASKED}')),
    ("one user for whom all films are the same is enough for 'film ignored'", ALL, ("axis=1).max()", "axis=1)[0]")),
    ("one film for which all users are the same is enough for 'user ignored'", ALL, ("axis=0).max()", "axis=0)[0]")),
    ("'no interaction' is not found: a user's number plus a film's should leave nothing over", "Lecture 4: taste is what three means leave over. Is one of them missing?",
        (" + table.mean()).max()", ").max()")),
    ("any number that is 0 makes a table 'cut off'", "Asked is whether any number is below 0.", ("table.min() < 0", "not np.any(table == 0)")),
    ("a table of which the largest number is above 0 is 'cut off'", "Asked is whether any number is below 0.", ("table.min() < 0", "table.max() < 0")),
    ("a table of which the smallest numbers are 0, as numbers cut off are, has 'no fault'", "0 is not below 0.", ("table.min() < 0", "table.min() >= 0")),
]  # fmt: skip
check_fault = practice.exercise("fault_of", "ex-fault", fault_facets, FAULTS)
