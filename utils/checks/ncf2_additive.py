"""Checks of practice 5, ANCF: r = p_u . q_i + phi([s_u, t_i]).

The four tables and the layers of phi are filled with known numbers; the sum, and each of its two
terms, is compared with the formula in NumPy, and with the formulas of the usual mistakes.
"""

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np

from utils.checks import (
    Mistake,
    Progress,
    close,
    kind,
    require,
    require_alone_like_in_company,
    require_model,
    require_something,
    scorer,
)
from utils.checks._networks import (
    ITEMS,
    PAIRS,
    USERS,
    Known,
    fill,
    lookups,
    mlp,
    mlp_shapes,
    require_formula,
    require_gradients,
    require_penalty,
    weights_of,
)

progress = Progress()
summary = progress.summary


# 1 -----------------------------------------------------------------------------------------

FACTORS, MLP_FACTORS, UNITS = 3, 2, (6, 8)
PENALTIES = {"p": 0.25, "q": 0.25, "s": 0.125, "t": 0.125}
NAMES = {
    "p": "p_u, the users' vectors for the product",
    "q": "q_i, the items' vectors for the product",
    "s": "s_u, the users' vectors for phi",
    "t": "t_i, the items' vectors for phi",
    **{f"W{k}": f"layer {k} of phi" for k in (1, 2, 3)},
    **{f"b{k}": f"the biases of layer {k} of phi" for k in (1, 2, 3)},
}
SHAPES = {
    "p": (USERS, FACTORS),
    "q": (ITEMS, FACTORS),
    "s": (USERS, MLP_FACTORS),
    "t": (ITEMS, MLP_FACTORS),
    **mlp_shapes(2 * MLP_FACTORS, UNITS),
}


@progress.exercise("build_ancf")
def check_build(build_ancf: Callable) -> None:
    """`build_ancf(num_users, num_items, num_factors, mlp_factors, penalty, mlp_penalty, ...)`."""
    arguments = (USERS, ITEMS, FACTORS, MLP_FACTORS, PENALTIES["p"], PENALTIES["s"], UNITS)
    require_model(build_ancf(*arguments, 0.5))
    model = build_ancf(*arguments, 0.5)  # the second one: names that Keras makes up count on
    require(
        bool(getattr(model, "inputs", None)),
        "the network is written as a class; exercise 2 cuts it up, and needs the functional form",
        "inputs, layers, keras.Model(inputs, output), as in build_mf.",
    )
    score = scorer(model)
    start = {tuple(w.shape): np.any(w.numpy()) for w in model.weights}
    _require_what_phi_gets(model)
    sizes = f"with num_factors={FACTORS}, mlp_factors={MLP_FACTORS} and hidden={UNITS}"
    weights = weights_of(model, SHAPES, NAMES, sizes)
    values = fill(weights, seed=6)
    terms = _terms(values)
    require_formula(score, sum(terms), _known_mistakes(values))
    require_alone_like_in_company(score, PAIRS[3:9])
    require_gradients(score, weights, NAMES)
    _require_dropout(model)
    _require_names(model, dict(zip(("dot", "phi", "rating"), (*terms, sum(terms)), strict=True)))
    require_penalty(model, score, weights, values, PENALTIES)
    for table, shape in list(SHAPES.items())[:4]:
        require(
            start[shape],
            f"{NAMES[table].split(',')[0]} starts at 0, the same vector for everyone",
            "factor_table starts with small random numbers.",
        )


def _terms(values: dict, order: str = "st", **vectors) -> tuple[np.ndarray, np.ndarray]:
    ids = {"p": 0, "q": 1, "s": 0, "t": 1}
    v = vectors or {letter: values[letter][PAIRS[:, k]] for letter, k in ids.items()}
    pair = np.hstack([v[letter] for letter in order])
    return (v["p"] * v["q"]).sum(axis=1), mlp(pair, values, 3)


def _require_what_phi_gets(model) -> None:
    """The first layer of phi has as many rows as s_u and t_i have numbers together."""
    found = [tuple(weight.shape) for weight in model.weights]
    first = next((shape[0] for shape in found if shape[1:] == UNITS[:1]), None)
    tables = {shape: found.count(shape) for shape in found}
    letters = "s_u and t_i are two more letters than MF has. How many tables make four vectors?"
    require(
        first != 2 * FACTORS or len(tables.keys() & set(list(SHAPES.values())[2:4])) == 2
        or tables.get(SHAPES["p"], 0) != 1,
        "phi reads p_u and q_i; it has no tables of its own",
        letters,
    )  # fmt: skip
    require(
        tables.get(SHAPES["p"], 0) != 2,
        f"s_u has {FACTORS} numbers, as p_u; expected mlp_factors = {MLP_FACTORS}",
        "Two sizes are passed in. Which of them is for which pair of tables?",
    )
    require(
        first != 2 * FACTORS,
        "phi reads p_u and q_i, and the product is made of s_u and t_i",
        "Go through the formula: which letters are in the product, which in the brackets?",
    )
    require(
        first != MLP_FACTORS,
        f"phi gets {MLP_FACTORS} numbers: s_u and t_i are added or multiplied; expected "
        f"{2 * MLP_FACTORS}",
        "The square brackets are a concatenation (lecture 4, section 3).",
    )
    require(
        first != 2 * MLP_FACTORS + 1,
        "the product goes into phi, together with s_u and t_i",
        "The sum is outside of phi. That phi could read the product is the idea of lecture 6.",
    )


def _known_mistakes(values: dict) -> Known:
    """The scores that usual mistakes give, each with symptom and nudge."""
    dot, phi = _terms(values)
    terms = "Compare with the formula, term by term: which, how often, with which sign?"
    for factors, symptom in {
        (1, 0): "the scores do not contain phi",
        (0, 1): "the scores do not contain the product",
        (1, -1): "phi is subtracted, not added",
        (1, 2): "phi is added twice",
        (2, 1): "the product is added twice",
        (0.5, 0.5): "the scores are the mean of the two terms, not their sum",
        (1 / FACTORS, 1): "the product is the mean over the factors, not the sum",
    }.items():
        yield np.dot(factors, [dot, phi]), symptom, terms
    yield dot * phi, "the product and phi are multiplied, not added", terms
    beside = "the two terms stand side by side; they are not added"
    yield np.column_stack([dot, phi]), beside, "Joining is not adding: layers.Concatenate?"
    square = "a column and a vector are added: every product with every phi"
    shapes = "Print the shapes of the two terms. Lecture 5, section 8."
    yield dot[:, None] + phi, square, shapes
    yield dot + phi[:, None], square, shapes
    v = {
        letter: values[letter][PAIRS[:, k]] for letter, k in zip("pqst", (0, 1, 0, 1), strict=True)
    }
    products = v["p"] * v["q"]
    not_added = "the factors of p_u and q_i are multiplied, but not added: a number for each factor"
    yield products + phi[:, None], not_added, "A dot product multiplies, then adds. Which layer?"
    pair = np.hstack([v["s"], v["t"]])
    behind = "There is nothing behind phi, and nothing behind the sum."
    yield dot + np.maximum(phi, 0), "there is a ReLU behind phi", behind
    yield np.maximum(dot + phi, 0), "there is a ReLU behind the sum", behind
    linear = mlp(pair, values, 3, None)
    yield dot + linear, "phi has no activation between its layers", "Use phi as it is given."
    order = "t_i stands before s_u in the concatenation"
    yield (
        sum(_terms(values, "ts")),
        order,
        "It changes little (practice 4), but [s_u, t_i] is asked.",
    )
    nudge = "Which input goes into which table, and in which order does keras.Model get them?"
    for vectors, symptom in lookups(values, "pqst"):
        yield sum(_terms(values, **vectors)), symptom, nudge
        yield sum(_terms(values, "ts", **vectors)), symptom, nudge


def _require_dropout(model) -> None:
    pairs = [PAIRS[:, k].astype("int32") for k in (0, 1)]
    shown = [np.asarray(model(pairs, training=True)) for _ in range(5)]
    require(
        any(not close(one, shown[0]) for one in shown),
        "for dropout=0.5 nothing is dropped in training",
        "It is the last argument of phi.",
    )


def _require_names(model, expected: dict[str, np.ndarray]) -> None:
    """The layers `dot`, `phi` and `rating` are there, and give the two terms and their sum."""
    import keras

    for name, right in expected.items():
        there = [layer.name for layer in model.layers]
        require(
            name in there,
            f"the scores are right, but there is no layer called {name!r}",
            "Exercise 2 looks the terms up by the names of their layers: give it with name=.",
        )
        part = keras.Model(model.inputs, model.get_layer(name).output)
        found = np.asarray(scorer(part)(PAIRS))
        require(
            found.shape == (len(PAIRS), 1) and close(found[:, 0], right),
            f"the scores are right, but what the layer {name!r} gives is not {_what(name)}",
            "Is the name on the right layer?",
        )


def _what(name: str) -> str:
    return {"dot": "the product", "phi": "phi", "rating": "the sum"}[name]


# 2 -----------------------------------------------------------------------------------------


@progress.exercise("term")
def check_term(term: Callable) -> None:
    """`term(model, name)`: a network with the same inputs, whose output is that layer's."""
    import keras

    model, expected = _small_model()
    for name, right in expected.items():
        part = term(model, name)
        require_something(part, "a keras.Model")
        require(
            isinstance(part, keras.Model) or not isinstance(part, keras.Layer),
            f"found the layer {getattr(part, 'name', '')!r} itself; expected a network that ends "
            "with it",
            "A layer does not know where its numbers come from. What has inputs and an output?",
        )
        require(
            not isinstance(part, keras.KerasTensor | list),
            "found the output of the layer, without numbers; expected a network that computes it",
            "keras.Model makes a network from inputs and an output.",
        )
        require_model(part)
        require(
            [tuple(one.shape) for one in part.inputs] == [(None,), (None,)],
            "the network begins at the layer's own inputs; expected the ids of users and items",
            "The part has the same inputs as the whole model.",
        )
        found = np.asarray(scorer(part)(PAIRS))
        for other, wrong in expected.items():
            require(
                other == name or not close(found.reshape(-1), wrong),
                f"for name={name!r} the output is that of the layer {other!r}",
                "What is the argument `name` for? A model finds its layers with get_layer.",
            )
        require(
            found.shape == (len(PAIRS), 1),
            f"for name={name!r} {len(PAIRS)} pairs give the shape {found.shape}; expected "
            f"({len(PAIRS)}, 1)",
            "The output of the layer as it is, not its input.",
        )
        require(
            close(found[:, 0], right),
            f"for name={name!r} the pair (user {PAIRS[1, 0]}, item {PAIRS[1, 1]}) should get "
            f"{right[1]:.3f}; it gets something else",
            "The layer of the model that is passed in, with its weights.",
        )
    part = term(model, "phi")
    model.set_weights([2 * weight for weight in model.get_weights()])
    now = np.asarray(keras.Model(model.inputs, model.get_layer("phi").output)(_ids()))
    require(
        close(scorer(part)(PAIRS), now),
        "when the network learns more, the term stays behind: its weights are copies",
        "The layers of the network itself, not of a clone.",
    )


def _ids() -> list[np.ndarray]:
    return [PAIRS[:, k].astype("int32") for k in (0, 1)]


def _small_model():
    """A network with layers dot, phi and rating, and what each gives for PAIRS."""
    import keras
    from keras import layers

    user, item = (keras.Input((), dtype="int32", name=name) for name in ("user", "item"))
    p, s = (layers.Embedding(USERS, 2)(user) for _ in range(2))
    q, t = (layers.Embedding(ITEMS, 2)(item) for _ in range(2))
    dot = layers.Dot(axes=1, name="dot")([p, q])
    phi = layers.Dense(1, name="phi")(layers.Concatenate()([s, t]))
    model = keras.Model([user, item], layers.Add(name="rating")([dot, phi]), name="small")
    rng = np.random.RandomState(2)
    model.set_weights([rng.uniform(-1.5, 1.5, size=w.shape) for w in model.get_weights()])
    parts = [keras.Model([user, item], part)(_ids()) for part in (dot, phi)]
    dot, phi = (np.asarray(part)[:, 0] for part in parts)
    return model, {"dot": dot, "phi": phi, "rating": dot + phi}


# 3 -----------------------------------------------------------------------------------------


@progress.exercise("what_it_carries")
def check_carries(what_it_carries: Callable) -> None:
    """`what_it_carries(table)`: sd of what is general in a table, and sd of what is taste."""
    rng = np.random.RandomState(0)
    for shape in ((4, 3), (3, 3)):  # in a square, the wrong axis raises no error
        table = rng.uniform(-2, 2, size=shape).round(1)
        before = table.copy()
        try:
            found = what_it_carries(table)
        except ValueError as error:
            require(
                "could not be broadcast" not in str(error),
                f"for a table of {shape[0]} users and {shape[1]} films arrays of shapes that do "
                f"not fit are put together: {str(error).split('shapes')[-1].strip()}",
                "Means along axis 1 are to be a column, one for each row. mean has keepdims.",
            )
            raise
        require_something(found, "two numbers, sd of general and sd of taste")
        require(
            np.array_equal(table, before),
            "the table that was passed in is changed",
            "table - means makes a new one; table -= means does not.",
        )
        found = np.asarray(list(found) if np.ndim(found) or isinstance(found, tuple) else [found])
        right = _carried(table)
        for wrong, symptom, nudge in _known_parts(table):
            require(found.shape != np.shape(wrong) or not close(found, wrong), symptom, nudge)
        require(
            found.shape == (2,),
            f"the function gives the shape {found.shape}; expected two numbers",
            "The sd of each of the two parts, with a comma between them.",
        )
        require(
            close(found, right),
            f"in the table {table[:2].tolist()}... general has the sd {right[0]:.3f} and taste "
            f"{right[1]:.3f}; found {found[0]:.3f} and {found[1]:.3f}",
            "Lecture 4, section 6: user means and film means are general. What is left is taste.",
        )


def _general(table: np.ndarray) -> np.ndarray:
    return table.mean(axis=1, keepdims=True) + table.mean(axis=0, keepdims=True) - table.mean()


def _carried(table: np.ndarray) -> tuple[float, float]:
    general = _general(table)
    return general.std(), (table - general).std()


def _known_parts(table: np.ndarray) -> Iterator[tuple[np.ndarray, str, str]]:
    general = _general(table)
    taste, by_user, by_film = table - general, table.mean(axis=1), table.mean(axis=0)
    both = "General is what user means and film means say, both of them."
    axes = "In means along axis 1, there is one for each user: a column. See keepdims."
    yield (
        (taste.std(), general.std()),
        "first taste, then general; expected the other order",
        ("What does the first line of the function say?"),
    )
    squares = "the numbers are variances, the squares of the sd"
    yield (general.var(), taste.var()), squares, "std, not var."
    sd = general.std(ddof=1), taste.std(ddof=1)
    yield sd, "the sd are those of a sample (ddof=1), as pandas has them", "NumPy's std."
    yield (table.std(), taste.std()), "the first number is the sd of the whole table", both
    for means, who, other in ((by_user[:, None], "user", "film"), (by_film[None], "film", "user")):
        symptom = f"only {who} means are taken as general; the {other} means are in the taste"
        yield (np.broadcast_to(means, table.shape).std(), (table - means).std()), symptom, both
    yield (by_user.std(), taste.std()), "the first number knows the user means only", both
    yield (by_film.std(), taste.std()), "the first number knows the film means only", both
    if table.shape[0] == table.shape[1]:
        wrong = by_user[None] + by_film[None] - table.mean()
        symptom = "the users' means are subtracted from the films' columns"
        yield (wrong.std(), (table - wrong).std()), symptom, axes
        wrong = by_user[:, None] + by_film[:, None] - table.mean()
        symptom = "the films' means are subtracted from the users' rows"
        yield (wrong.std(), (table - wrong).std()), symptom, axes
    nothing = "the second number is not about the table without its general part"
    yield (general.std(), table.std()), nothing, "Subtract what is general; then take the sd."
    for means, who in ((by_film[None], "user"), (by_user[:, None], "film")):
        left = f"the {who} means are still in the taste"
        yield (general.std(), (table - means).std()), left, both
    means = np.abs(general).mean(), np.abs(taste).mean()
    yield means, "these are means of absolute values", "sd is the standard deviation: std."


# 4 -----------------------------------------------------------------------------------------


@progress.exercise("add_terms")
def check_add(add_terms: Callable) -> None:
    """`add_terms(dot, phi)`: the sum, of shape (n, 1), whether a term comes as (n, 1) or (n,)."""
    import keras

    left, right = np.array([1.0, 2.5, -3.0, 4.0]), np.array([0.5, -0.25, 0.125, 1.0])
    for shapes in product(((1,), ()), repeat=2):
        inputs = [keras.Input(shape) for shape in shapes]
        total = add_terms(*inputs)
        require_something(total, "a tensor, the sum")
        require(
            isinstance(total, keras.KerasTensor),
            f"expected what a layer or an operation gives, found {kind(total)}",
            "Apply it to the two terms: layers.Add()([...]), or keras.ops.",
        )
        model = keras.Model(inputs, total)
        n = len(left)
        given = [x.reshape(-1, *shape) for x, shape in zip((left, right), shapes, strict=True)]
        came = f"with dot of the shape {given[0].shape} and phi {given[1].shape}"
        try:
            found = np.asarray(model([x.astype("float32") for x in given]))
        except Exception as error:
            raise Mistake(
                f"{came} the network stops when it is run: {type(error).__name__}",
                "Which shape has what you reshape? Shape the terms before they are added.",
            ) from error
        require(
            found.shape != (n, n),
            f"{came} the sum has {n} x {n} numbers: every product with every phi",
            "Lecture 5, section 8. Bring both to one shape first, then add.",
        )
        require(
            found.size != 1,
            f"{came} the sum is one number for the whole batch",
            "Axis 0 is the pairs. It must stay.",
        )
        require(
            found.shape != (n,),
            f"{came} the sum is a vector, {found.shape}; expected a column, ({n}, 1)",
            "Two vectors add up to the right numbers. But the ratings' shape is (None, 1).",
        )
        require(
            found.shape == (n, 1),
            f"{came} the sum has the shape {found.shape}; expected ({n}, 1)",
            "Print the shapes of both terms as they are added: two columns?",
        )
        for wrong, symptom in (
            (left, "phi is not in the sum"),
            (right, "the product is not in the sum"),
            (left * right, "the terms are multiplied, not added"),
            (left - right, "phi is subtracted, not added"),
            ((left + right) / 2, "it is the mean of the terms, not their sum"),
        ):
            nudge = "What is to be done with the two, once the shapes agree?"
            require(not close(found[:, 0], wrong), f"{came}: {symptom}", nudge)
        if not close(found[:, 0], left + right):
            raise Mistake(
                f"{came}: {left[0]} and {right[0]} give {found[0, 0]:.3f}",
                "Pair by pair: its product plus its phi.",
            )
