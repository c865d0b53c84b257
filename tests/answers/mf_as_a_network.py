"""Practice 2: wrong answers with a part of the hint that each must draw, and other right ones."""

from types import SimpleNamespace

import numpy as np
import pandas as pd


def prepare(space: dict) -> None:
    """What else a student has at hand: some data, and networks of the notebook."""
    space["data"] = SimpleNamespace(mean=3.53, num_items=1682)
    user, item = (space["keras"].Input((), dtype="int32") for _ in range(2))
    tables = [
        space["factor_table"](1682, 2, 0.0, name)(x) for name, x in (("p", user), ("q", item))
    ]
    dot = space["layers"].Dot(axes=1)(tables)
    space["networks"] = {"your MF": space["keras"].Model([user, item], dot)}
    space["train"] = pd.DataFrame({"user": [0, 1, 2, 3], "item": [4, 3, 2, 1], "rating": 4.0})
    space["valid"] = pd.DataFrame({"user": np.arange(90) * 7, "item": np.arange(90) * 11})
    space["counts"] = np.arange(90) % 7


def quicker(cell: str, source: str) -> str:
    """A cell of the filled-in practice, with every fourth rating, to save time."""
    if cell == "load":
        fewer = "data = dataclasses.replace(data, train=data.train[:20_000])"
        load, rest = source.split("\n", 1)
        assert load == "data = load_ratings()"
        return f"import dataclasses\n{load}\n{fewer}\n{rest}"
    return source


DOT = 'layers.Dot(axes=1, name="dot")([p_u, q_i])'
P_U = 'factor_table(num_users, num_factors, penalty, "p_u")(user)'
Q_I = 'factor_table(num_items, num_factors, penalty, "q_i")(item)'
L2 = "embeddings_regularizer=keras.regularizers.L2(penalty)"
SUM = "ops.sum(p_u * q_i, axis=1, keepdims=True)"
SQUARE = "ops.matmul(p_u, ops.transpose(q_i))"


def plain(start: str = "'normal'", more: str = L2) -> list[tuple[str, str]]:
    """The solution with tables of its own."""
    table = f"layers.Embedding({{}}, num_factors, embeddings_initializer={start}, {more})({{}})"
    return [(P_U, table.format("num_users", "user")), (Q_I, table.format("num_items", "item"))]


def subclass(score: str) -> str:
    """A network as a class."""
    return f"""
class MF(keras.Model):
    def __init__(self, num_users, num_items, num_factors, penalty):
        super().__init__()
        self.p_u = factor_table(num_users, num_factors, penalty, "p_u")
        self.q_i = factor_table(num_items, num_factors, penalty, "q_i")

    def call(self, inputs):
        p, q = self.p_u(inputs[0]), self.q_i(inputs[1])
        return {score}


build_mf = MF
"""


COMPANY = "company = np.asarray(model([users, items]))[:, 0]\n"
LAST = "return np.abs(company - np.array(alone)).max()"
EACH = "for k in range(len(users))"
LOOP = "for k in range(len(users)):\n    "
ONE = "np.asarray(model([users[k : k + 1], items[k : k + 1]]))[0, 0]"
RAVEL = "np.ravel(model([users[k : k + 1], items[k : k + 1]]))[0]"
FAR = f"{COMPANY}alone = np.array([{ONE} {EACH}])\nreturn {{}}"
SORTED = "np.argsort(-scores)"
FULL = "np.full(num_items, user)"

# fmt: off
WRONG = {
    "build_mf": [
        ("expected a keras.Model, found the output", (f'keras.Model([user, item], {DOT}, name="mf")', DOT)),
        ("the same number for every pair", (DOT, "ops.tensordot(p_u, q_i, axes=2) + 0 * p_u[:, :1]")),
        ("the whole batch is added up", (DOT, "ops.sum(p_u * q_i)")),
        ("the whole batch is added up|adds up the pairs", (DOT, "ops.sum(p_u * q_i, axis=0, keepdims=True)")),
        ("37 rows give 37 x 37 numbers|each row with each|differently alone", (DOT, SQUARE)),
        ("with the mean of all items of the batch", (DOT, f"ops.mean({SQUARE}, axis=1, keepdims=True)")),
        ("differently alone and in a batch", (DOT, f"{DOT} - ops.mean(ops.sum(p_u * q_i, axis=1))")),
        ("but not added", ("layers.Dot(axes=1,", "layers.Multiply(")),
        ("Matrix size-incompatible", (DOT, "p_u @ q_i")),
        ("stand side by side", ("layers.Dot(axes=1,", "layers.Concatenate(")),
        ("the factors are added, not", (DOT, "ops.sum(p_u + q_i, axis=1, keepdims=True)")),
        ("the mean over the factors", (DOT, "ops.mean(p_u * q_i, axis=1, keepdims=True)")),
        ("a cosine", ("axes=1,", "axes=1, normalize=True,")),
        ("a sigmoid has been applied", (DOT, f"ops.sigmoid({DOT})")), ("no number is below 0", (DOT, f"ops.relu({DOT})")),
        ("off by the same 3.530|uses `data`", (DOT, f"{DOT} + data.mean")),
        (r"weights that the formula does not have, of the shapes \[\(1,\), \(1, 1\)\]", (DOT, f"layers.Dense(1)({DOT})")),
        (r"weights that the formula does not have, of the shapes \[\(9, 1\)\]", (DOT, f"layers.Add()([{DOT}, layers.Embedding(num_items, 1)(item)])")),
        (r"give the shape \(37, 4, 4\)", ("Input(()", "Input((1,)")),
        ("users are looked up as items", ("Model([user, item]", "Model([item, user]")),
        ("users are looked up as items", (P_U, P_U.replace("(user)", "(item)")), (Q_I, Q_I.replace("(item)", "(user)"))),
        ("q_i is looked up with the user's id", subclass("keras.ops.sum(p * q, -1, True)").replace("inputs[1]", "inputs[0]")),
        ("the network takes 1 input; expected 2", ('keras.Input((), dtype="int32", name="user")', 'keras.Input((2,), dtype="int32")'),
            ('keras.Input((), dtype="int32", name="item")', "user[:, 1]"), (")(user)", ")(user[:, 0])"), ("Model([user, item]", "Model(user")),
        ("does not depend on q_i, the factors of the items",
            subclass("keras.ops.sum(p * p, -1, True)").replace(", self.q_i(inputs[1])", ", None")),
        (r"one of the shape \(9, 4\) for q_i", (Q_I, Q_I.replace("num_items", "num_users"))),
        ("your code stopped|there are weights of the shapes", ('num_users, num_factors, penalty, "', 'num_factors, num_users, penalty, "')),
        (r"uses `data`", (Q_I, Q_I.replace("num_items", "data.num_items"))),
        ("no penalty on p_u, .* and q_i", *plain(more="name=None")),
        ("there is no penalty on q_i", *plain(more="name=None")[1:]),
        (r"is 0.0001 on p_u.*; expected 0.25", (", penalty, ", ", 1e-4, ")),
        (r"absolute values \(L1\)", *plain(more=L2.replace("L2", "L1"))),
        ("depends on which rows are in the batch", *plain(more=L2.replace("embeddings", "activity"))),
        ("starts at 0", *plain("'zeros'")),
        ("training cannot move q_i", (Q_I, "q_of(item)"), ("    p_u = ", f"    q_of = {Q_I[:-6]}\n    q_of.trainable = False\n    p_u = ")),
        ("NameError: name 'items' is not defined", ("(item)", "(items)")),
        ("share one table", ("    p_u = ", '    t = factor_table(max(num_users, num_items), num_factors, penalty, "t")\n    p_u = '), (P_U, "t(user)"), (Q_I, "t(item)")),
        ("cut off below -4 and above 4", (DOT, f"ops.clip({DOT}, -4.0, 4.0)")),
        ("'mf' is called 'MF'", ('name="mf"', 'name="MF"')), ("'mf' is called 'functional'", (', name="mf"', "")),
        ("dropout", (DOT, f"layers.Dropout(0.2)({DOT})")),
        ("compiled already", ("return ", "m = "), ("    ### END", "    m.compile('adam', 'mse')\n    return m\n    ### END")),
    ],
    "largest_difference": [
        (r"found an array of the shape \(35,\)", (".max()", "")), (r"of the shape \(1,\)", (".max()", ".max(keepdims=True)")),
        ("found True or False", (LAST, "return not np.allclose(company, alone)")),
        ("overlooked", ("np.abs(company - np.array(alone))", "(company - np.array(alone))")),
        ("says 0, though scores grow", (LAST, "return np.abs(company - np.asarray(model([users, items]))[:, 0]).max()")),
        ("the differences are averaged", (".max()", ".mean()")), ("the differences are added up", (".max()", ".sum()")),
        ("the smallest of the differences", (".max()", ".min()")),
        ("a squared", (LAST, "return ((company - np.array(alone)) ** 2).max()")),
        ("only the first of the pairs", COMPANY + "alone = np.asarray(model([users[:1], items[:1]]))[0, 0]\nreturn abs(company[0] - alone)"),
        ("only the last of the pairs", COMPANY + LOOP + f"last = abs(company[k] - {ONE})\nreturn last"),
        ("are subtracted: that makes 35 x 35", ("np.ravel(model([users, items]))", "np.asarray(model([users, items]))")),
        ("with those before or behind it", (RAVEL, "np.asarray(model([users[: k + 1], items[: k + 1]]))[-1, 0]")),
        ("of 35 is cut into batches of 32", ("np.ravel(model([users, items]))", "model.predict([users, items], verbose=0)[:, 0]")),
        ("says 0, though scores grow", COMPANY + "without = [np.asarray(model([np.roll(users, -k), np.roll(items, -k)]))[0, 0]\n"
            f"    {EACH}]\nreturn np.abs(company - np.array(without)).max()"),
        ("a second one is in the batch", (RAVEL, "np.asarray(model([users[[k, 0]], items[[k, 0]]]))[0, 0]")),
        ("swapped in one of the two", ("[users[k : k + 1], items[k : k + 1]]", "[items[k : k + 1], users[k : k + 1]]")),
        ("a share of the score", (LAST, "return np.abs(company / np.array(alone) - 1).max()")),
        ("your code stopped|says 0|should be", ("[users[k : k + 1], items[k : k + 1]]", "[users[k], items[k]]")),
        ("NameError: name 'user' is not defined", ("len(users)", "len(user)")),
        ("alone is scored in batches of 32", "together = model.predict([users, items], batch_size=len(users), verbose=0)\n"
            "return float(np.abs(together - model.predict([users, items], verbose=0)).max())"),
        ("uses `valid`, a variable", "users, items = pairs(valid.head(50))\n" + FAR.format("np.max(np.abs(company - alone))")),
        ("one user is scored with all items", (RAVEL, "np.ravel(model([users[k : k + 1], items]))[0]")),
        (r"its place \(argmax\)", FAR.format("np.argmax(np.abs(company - alone))")),
        ("another pair: each user with the first item", FAR.format("np.abs(company - alone).max()").replace("items[k : k + 1]", "items[:1]")),
    ],
    "per_pair": [
        ("expected a Keras tensor, found a Dot", "return layers.Dot(axes=1)"),
        ("the whole batch is added", "return ops.sum(p_u * q_i)"),
        ("with the mean of all items of the batch", f"return ops.mean({SQUARE}, axis=1, keepdims=True)"),
        ("every user is multiplied with the sum of all items", f"return ops.sum({SQUARE}, axis=1, keepdims=True)"),
        ("every item is multiplied with the mean of all users", f"return ops.reshape(ops.mean({SQUARE}, axis=0), (-1, 1))"),
        ("37 rows give 37 x 37 numbers", f"return {SQUARE}"),
        ("the whole batch is added up|adds up the pairs", ("axis=1", "axis=0")),
        (r"of the shape \(37,\); expected a column, \(37, 1\)", (", keepdims=True", "")),
        ("the factors are multiplied, but not added", "return p_u * q_i"),
        ("the mean over the factors", ("ops.sum", "ops.mean")),
        ("a sigmoid has been applied", (SUM, f"ops.sigmoid({SUM})")),
        ("AttributeError: 'KerasTensor' object has no attribute 'sum'", "return (p_u * q_i).sum(axis=1)"),
        ("your code stopped in line", "return np.sum(p_u * q_i, axis=1)"),
        ("all factors are to be", "total = 0\nfor f in range(32):\n    total = total + p_u[:, f:f + 1] * q_i[:, f:f + 1]\nreturn total / 1"),
        ("the last factor is left out", "return sum(p_u[:, f:f + 1] * q_i[:, f:f + 1] for f in range(p_u.shape[1] - 1))"),
        ("only the first factor", "return p_u[:, :1] * q_i[:, :1]"),
        ("a cosine.*subtracted", "return ops.reshape(keras.losses.cosine_similarity(p_u, q_i), (-1, 1))"),
        ("weights that the formula does not have", "return layers.Dense(1)(layers.Multiply()([p_u, q_i]))"),
        ("p_u is multiplied with itself|`inputs` not connected", "return layers.Dot(axes=1)([p_u, p_u])"),
        ("alone and in a batch", "return ops.sum(p_u * ops.roll(q_i, 1, axis=0), axis=1, keepdims=True)"),
    ],
    "ranking": [
        ("these are the scores; expected the ids", (SORTED, "scores")), ("these are the scores, sorted", (SORTED, "np.sort(scores)[::-1]")),
        ("the lowest score comes first", ("-scores", "scores")),
        ("these are the ranks", (SORTED, f"np.argsort({SORTED})")), ("the items are not sorted", (SORTED, "items")),
        ("all are 0: each row of the column", ("np.ravel", "np.asarray")),
        (r"expected \(13,\)", (SORTED, "np.argmax(scores)")), ("not all items are in it", (SORTED, f"{SORTED}[:5]")),
        (r"a column, \(13, 1\); expected \(13,\)", (SORTED, f"{SORTED}[:, None]")),
        ("the order of user 0", (FULL, "np.full(num_items, 0)")), ("the scores of the items 0, 1, 2, … are", (FULL, "items % 5")),
        ("users and items are swapped", (f"[{FULL}, items]", f"[items % 11, {FULL}]")),
        ("the ids count from 1", (SORTED, f"{SORTED} + 1")),
        ("scored one by one", "scores = [float(model([np.array([user]), np.array([i])])[0, 0]) for i in range(num_items)]\nreturn np.argsort(scores)[::-1]"),
        ("uses `data`, a variable", ("np.arange(num_items)", "np.arange(data.num_items)")),
        ("uses `train`, a variable", 'known = train.loc[train["user"] == user, "item"]\nitems = np.setdiff1d(np.arange(num_items), known)\n'
            "scores = np.asarray(model([np.full(len(items), user), items]))[:, 0]\nreturn items[np.argsort(-scores)]"),
        ("uses `networks`, a variable", ("scores = np.ravel(model(", 'scores = np.ravel(networks["your MF"](')),
        ("the scores of the items 0, 1, 2", (SORTED, 'np.argsort(-scores.astype(int), kind="stable")')),
    ],
    "with_support": [
        ("returns nothing; expected", ("return ranked", "ranked")),
        ("by the places in the list", ("counts[ranked]", "counts")),
        ("by the places in the list", "return ranked[counts >= least]"),
        ("the order of their ids", "return np.intersect1d(ranked, np.flatnonzero(counts >= least))"),
        ("exactly `least` ratings are missing", (">=", ">")), ("too few ratings stay, the opposite", (">=", "<")),
        ("True or False", "return counts[ranked] >= least"),
        ("the numbers of ratings", "return counts[ranked][counts[ranked] >= least]"),
        ("places in the list, not the ids", "return np.flatnonzero(counts[ranked] >= least)"),
        ("in the order of their numbers of ratings", "kept = ranked[counts[ranked] >= least]\nreturn kept[np.argsort(-counts[kept])]"),
        ("nothing is left out", "return ranked"),
        ("does not depend on the argument `counts`", "return ranked[:least]"),
        ("only the first 3 of the films that stay", "return ranked[counts[ranked] >= least][:3]"),
        ("argument `least`", (">= least", ">= 20")),
        ("uses `train`", "n = train['item'].value_counts()\nreturn np.array([i for i in ranked if n.get(i, 0) >= least])"),
        ("uses `mine`", "mine = counts\n\n\ndef with_support(ranked, counts, least):\n    return ranked[mine[ranked] >= least]"),
        ("should be .* -1", "return np.where(counts[ranked] >= least, ranked, -1)"),
        ("changes its argument `ranked`", "ranked[counts[ranked] < least] = -1\nreturn ranked[ranked >= 0]"),
        ("changes its argument `counts`", "counts[counts < least] = 0\nreturn ranked[counts[ranked] > 0]"),
        ("NameError: name 'count' is not defined", ("counts[ranked]", "count[ranked]")),
    ],
}
RIGHT = {
    "build_mf": [
        [("axes=1", "axes=-1")], [(DOT, "ops.sum(p_u * q_i, axis=-1, keepdims=True)")],
        [(DOT, 'ops.einsum("bf,bf->b", p_u, q_i)')], [(DOT, "ops.sum(layers.Multiply()([p_u, q_i]), axis=1, keepdims=True)")],
        [("Input(()", "Input((1,)"), (P_U, f"layers.Flatten()({P_U})"), (Q_I, f"layers.Flatten()({Q_I})")],
        [("Input(()", "Input((1,)"), (DOT, "layers.Reshape((1,))(layers.Dot(axes=2)([p_u, q_i]))")], plain(),
        [('dtype="int32", name="user"', ""), ('name="dot"', "")], subclass("keras.ops.sum(p * q, axis=-1, keepdims=True)"),
        subclass("layers.Dot(axes=1)([p, q])"),
        [("num_factors, penalty):", "num_factors=32, penalty=1e-4, product=None):"), (DOT, '(product or layers.Dot(axes=1, name="dot"))([p_u, q_i])')],
    ],
    "largest_difference": [
        "a = model.predict([users, items], batch_size=len(users), verbose=0)\nb = model.predict([users, items], batch_size=1, verbose=0)\nreturn np.max(np.abs(a - b))",
        COMPANY + f"found = []\n{LOOP}found.append(abs(company[k] - {ONE}))\nreturn max(found)",
        [("users[k : k + 1], items[k : k + 1]", "np.array([users[k]]), np.array([items[k]])")],
        COMPANY + "worst = 0.0\nfor (u, i), together in zip(zip(users, items), company):\n"
            "    alone = float(model([np.array([u]), np.array([i])])[0, 0])\n    worst = max(worst, abs(together - alone))\nreturn worst",
        f"alone = ops.concatenate([model([users[k : k + 1], items[k : k + 1]]) {EACH}])\n" "return float(ops.max(ops.abs(model([users, items]) - alone)))",
        f"alone = ops.concatenate([model([users[k : k + 1], items[k : k + 1]]) {EACH}])\n" "return ops.max(ops.abs(model([users, items]) - alone))",
        "together = model.predict_on_batch([users, items]).ravel()\nalone = [model.predict_on_batch([users[[k]], items[[k]]]).item() for k in range(users.size)]\n"
            "return np.linalg.norm(together - alone, ord=np.inf)",
    ],
    "per_pair": [
        "return layers.Dot(axes=1)([p_u, q_i])", "return layers.Dot(axes=-1)([p_u, q_i])",
        "return ops.expand_dims(ops.sum(p_u * q_i, axis=1), axis=-1)",
        'return ops.einsum("bf,bf->b", p_u, q_i)[:, None]',
        "both = layers.Multiply()([p_u, q_i])\nreturn ops.sum(both, axis=-1, keepdims=True)",
        "return layers.Lambda(lambda x: ops.sum(x[0] * x[1], 1, True))([p_u, q_i])",
        "product = ops.matmul(p_u[:, None, :], q_i[:, :, None])\nreturn product[:, :, 0]",
        f"square = {SQUARE}\nreturn ops.diagonal(square)[:, None]",
        "return sum(p_u[:, f : f + 1] * q_i[:, f : f + 1] for f in range(p_u.shape[1]))",
    ],
    "ranking": [
        [(SORTED, "np.argsort(scores)[::-1]")],
        "users, items = [user] * num_items, list(range(num_items))\nscores = model.predict([np.array(users), np.array(items)], batch_size=num_items, verbose=0).ravel()\n"
            "return sorted(items, key=lambda i: -scores[i])",
        [(SORTED, "pd.Series(scores).sort_values(ascending=False).index")],
        "items = np.arange(num_items)\nscores = model([items * 0 + user, items])[:, 0]\nreturn ops.argsort(-scores)",
        [(FULL, "np.repeat(user, num_items)")],
    ],
    "with_support": [
        "return [i for i in ranked if counts[i] >= least]",
        "return np.array(list(filter(lambda i: not counts[i] < least, ranked)))",
        "return np.delete(ranked, np.flatnonzero(counts[ranked] < least))",
        "n = pd.Series(counts)[ranked]\nreturn n[n >= least].index",
        "kept = []\nfor film in ranked:\n    if counts[film] >= least:\n        kept.append(int(film))\nreturn kept",
        "with_support = lambda ranked, counts, least: ranked[~(counts[ranked] < least)]",
    ],
}
# fmt: on
