"""Practice 2: wrong answers with the hint that each must draw, right ones written differently."""

from types import SimpleNamespace

import numpy as np

PRACTICE = "02_mf_as_a_network"
GIVEN = ["imports", "factor-table"]  # cells that the exercises need
CHECKS = {  # function of the exercise: its cell, its check
    "build_mf": ("ex-build", "check_build"),
    "largest_difference": ("ex-difference", "check_difference"),
    "per_pair": ("ex-product", "check_product"),
    "ranking": ("ex-ranking", "check_ranking"),
}


def prepare(namespace: dict) -> None:
    """What else a student has at hand: the mean of the data, and a network of the notebook."""
    namespace["data"] = SimpleNamespace(mean=3.53, num_items=1682)
    namespace["networks"] = {"your MF": namespace["build_mf"]}
    namespace["valid_users"] = np.arange(4)


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


def plain(start: str = "'normal'", more: str = L2) -> list:
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
# THE SOLUTION
""".replace("# THE SOLUTION\n", "")


def function(head: str):
    """A maker of functions with this first line."""
    return lambda body: f"def {head}:\n    " + body.replace("\n", "\n    ") + "\n"


difference = function("largest_difference(model, users, items)")
per_pair = function("per_pair(p_u, q_i)")
ranking = function("ranking(model, user, num_items)")

COMPANY = "company = np.asarray(model([users, items]))[:, 0]\n"
LAST = "return np.abs(company - np.array(alone)).max()"
EACH = "for k in range(len(users))"
LOOP = "for k in range(len(users)):\n    "
ONE = "np.asarray(model([users[k : k + 1], items[k : k + 1]]))[0, 0]"
PRODUCT = "ops.sum(p_u * q_i, axis=1, keepdims=True)"
SORTED = "np.argsort(-scores)"

WRONG = {
    "build_mf": {
        "returns None": (
            "def build_mf(*sizes):\n    pass\n",
            "returns nothing; expected a keras.Model",
        ),
        "the output alone": (
            [(f'keras.Model([user, item], {DOT}, name="mf")', DOT)],
            "expected a keras.Model, found a KerasTensor",
        ),
        "sum over everything": (
            [(DOT, "ops.sum(p_u * q_i) + 0 * p_u[:, :1]")],
            "the same number for every pair",
        ),
        "tensordot over everything": (
            [(DOT, "ops.tensordot(p_u, q_i, axes=2) + 0 * p_u[:, :1]")],
            "the same number for every pair",
        ),
        "one number for the batch": (
            [(DOT, "ops.sum(p_u * q_i)")],
            "the whole batch is added up",
        ),
        "sum over the pairs": (
            [(DOT, "ops.sum(p_u * q_i, axis=0, keepdims=True)")],
            "the whole batch is added up",
        ),
        "all pairs": (
            [(DOT, "ops.matmul(p_u, ops.transpose(q_i))")],
            "every user is scored with every item",
        ),
        "all pairs, then a mean": (
            [(DOT, "ops.mean(ops.matmul(p_u, ops.transpose(q_i)), axis=1, keepdims=True)")],
            "with the mean of all items of the batch",
        ),
        "the mean of the batch subtracted": (
            [(DOT, f"{DOT} - ops.mean(ops.sum(p_u * q_i, axis=1))")],
            "differently alone and in a batch",
        ),
        "not added up": ([("layers.Dot(axes=1,", "layers.Multiply(")], "but not added"),
        "a matrix product": (
            [(DOT, "p_u @ q_i")],
            "stopped with InvalidArgumentError: Matrix size-incompatible: In[0]: [2,3]",
        ),
        "joined": ([("layers.Dot(axes=1,", "layers.Concatenate(")], "of the shape (8, 6)"),
        "added": (
            [(DOT, "ops.sum(p_u + q_i, axis=1, keepdims=True)")],
            "the pair (user 0, item 3) should score",
        ),
        "mean over the factors": (
            [(DOT, "ops.mean(p_u * q_i, axis=1, keepdims=True)")],
            "the mean over the factors",
        ),
        "cosine": ([("axes=1,", "axes=1, normalize=True,")], "a cosine"),
        "sigmoid": ([(DOT, f"ops.sigmoid({DOT})")], "every score lies between 0 and 1"),
        "relu": ([(DOT, f"ops.relu({DOT})")], "no score is below 0"),
        "the mean of the data inside": ([(DOT, f"{DOT} + data.mean")], "off by the same 3.530"),
        "Dense at the end": (
            [(DOT, f"layers.Dense(1)({DOT})")],
            "besides the tables there are weights of the shapes [(1, 1), (1,)]",
        ),
        "a bias": (
            [(DOT, f"layers.Add()([{DOT}, layers.Embedding(num_items, 1)(item)])")],
            "besides the tables there are weights of the shapes [(7, 1)]",
        ),
        "no flatten": ([("Input(()", "Input((1,)")], "the output has the shape (8, 3, 3)"),
        "inputs swapped": ([("Model([user, item]", "Model([item, user]")], "looked up as items"),
        "ids swapped": (
            [(P_U, P_U.replace("(user)", "(item)")), (Q_I, Q_I.replace("(item)", "(user)"))],
            "users are looked up as items, items as users",
        ),
        "one id for both": (
            subclass("keras.ops.sum(p * q, -1, True)").replace("inputs[1]", "inputs[0]"),
            "q_i is looked up with the user's id",
        ),
        "one input": (
            [
                ('keras.Input((), dtype="int32", name="user")', 'keras.Input((2,), dtype="int32")'),
                ('keras.Input((), dtype="int32", name="item")', "user[:, 1]"),
                (")(user)", ")(user[:, 0])"),
                ("Model([user, item]", "Model(user"),
            ],
            "the network takes 1 input; expected two",
        ),
        "one table for both": (
            subclass("keras.ops.sum(p * p, -1, True)").replace(", self.q_i(inputs[1])", ", None"),
            "does not depend on q_i, the factors of the items",
        ),
        "both tables for users": (
            [(Q_I, Q_I.replace("num_items", "num_users"))],
            "one of the shape (7, 3) for q_i",
        ),
        "rows and factors swapped": (
            [('num_users, num_factors, penalty, "', 'num_factors, num_users, penalty, "')],
            "your code stopped",
        ),
        "the size of the data": (
            [(Q_I, Q_I.replace("num_items", "data.num_items"))],
            "the tables have the shapes [(5, 3), (1682, 3)]",
        ),
        "no penalty": (plain(more="name=None"), "no penalty on p_u and q_i"),
        "no penalty on q_i": (plain(more="name=None")[1:], "there is no penalty on q_i;"),
        "a fixed penalty": ([(", penalty, ", ", 1e-4, ")], "the penalty is 0.0001 times"),
        "L1": (plain(more=L2.replace("L2", "L1")), "absolute values (L1)"),
        "penalty on the batch": (
            plain(more=L2.replace("embeddings", "activity")),
            "depends on which pairs are in the batch",
        ),
        "starts at 0": (plain("'zeros'"), "starts at 0"),
        "frozen": (
            [
                (Q_I, "q_of(item)"),
                (
                    "    p_u = ",
                    "    q_of = " + Q_I[:-6] + "\n    q_of.trainable = False\n    p_u = ",
                ),
            ],
            "training cannot move q_i",
        ),
        "raises": ([("(item)", "(items)")], "NameError: name 'items' is not defined"),
    },
    "largest_difference": {
        "returns None": (difference(COMPANY), "returns nothing; expected a number"),
        "all differences": ([(".max()", "")], "found a ndarray of the shape (35,)"),
        "one for each pair": ([(".max()", ".max(keepdims=True)")], "of the shape (1,)"),
        "yes or no": (
            [(LAST, "return not np.allclose(company, alone)")],
            "found True or False",
        ),
        "with its sign": (
            [("np.abs(company - np.array(alone))", "(company - np.array(alone))")],
            "overlooked",
        ),
        "with the other sign": (
            [("np.abs(company - np.array(alone))", "(np.array(alone) - company)")],
            "overlooked",
        ),
        "twice in company": (
            [(LAST, "return np.abs(company - np.asarray(model([users, items]))[:, 0]).max()")],
            "it says 0 for a network whose scores grow",
        ),
        "alone by slicing the answer": (
            [(ONE, "np.asarray(model([users, items]))[k : k + 1][0, 0]")],
            "it says 0 for a network whose scores grow",
        ),
        "the mean": ([(".max()", ".mean()")], "the differences are averaged"),
        "the sum": ([(".max()", ".sum()")], "the differences are added up"),
        "the smallest": ([(".max()", ".min()")], "the smallest of the differences"),
        "squares": ([(LAST, "return ((company - np.array(alone)) ** 2).max()")], "a squared"),
        "the first pair only": (
            difference(
                COMPANY + "alone = np.asarray(model([users[:1], items[:1]]))[0, 0]\n"
                "return abs(company[0] - alone)"
            ),
            "only one of the pairs is compared",
        ),
        "overwritten in the loop": (
            difference(COMPANY + LOOP + f"last = abs(company[k] - {ONE})\nreturn last"),
            "only one of the pairs is compared",
        ),
        "returned in the loop": (
            difference(COMPANY + LOOP + f"return abs(company[k] - {ONE})"),
            "only one of the pairs is compared",
        ),
        "a column minus a vector": ([(")[:, 0]\n", ")\n")], "are subtracted: that makes 35 x 35"),
        "with those before it": (
            [(ONE, "np.asarray(model([users[: k + 1], items[: k + 1]]))[-1, 0]")],
            "each is scored with those before it",
        ),
        "predict in company": (
            [("np.asarray(model([users, items]))", "model.predict([users, items], verbose=0)")],
            "is cut into batches of 32",
        ),
        "with all others": (
            difference(
                COMPANY + "without = [\n"
                "    np.asarray(model([np.roll(users, -k), np.roll(items, -k)]))[0, 0]\n"
                "    for k in range(len(users))\n]\n"
                "return np.abs(company - np.array(without)).max()"
            ),
            "it says 0 for a network whose scores grow",
        ),
        "a pair and one other": (
            [(ONE, "np.asarray(model([users[[k, 0]], items[[k, 0]]]))[0, 0]")],
            "your function says",
        ),
        "swapped when alone": (
            [("[users[k : k + 1], items[k : k + 1]]", "[items[k : k + 1], users[k : k + 1]]")],
            "your function says",
        ),
        "relative": (
            [(LAST, "return np.abs(company / np.array(alone) - 1).max()")],
            "your function says",
        ),
        "a number is no batch": (
            [("[users[k : k + 1], items[k : k + 1]]", "[users[k], items[k]]")],
            "your code stopped",
        ),
        "raises": ([("len(users)", "len(user)")], "NameError: name 'user' is not defined"),
    },
    "per_pair": {
        "returns None": ([("return ops", "ops")], "returns nothing; expected a Keras tensor"),
        "a layer": (per_pair("return layers.Dot(axes=1)"), "expected a Keras tensor, found a Dot"),
        "sum over everything": (per_pair("return ops.sum(p_u * q_i)"), "the whole batch is added"),
        "sum over everything, in a column": (
            per_pair("return ops.sum(p_u * q_i) + 0 * p_u[:, :1]"),
            "the same number for every pair",
        ),
        "as it was": (
            per_pair("return ops.mean(p_u @ ops.transpose(q_i), axis=1, keepdims=True)"),
            "with the mean of all items of the batch",
        ),
        "as it was, with a sum": (
            per_pair("return ops.sum(p_u @ ops.transpose(q_i), axis=1, keepdims=True)"),
            "the product should be",
        ),
        "the matrix": (
            per_pair("return ops.matmul(p_u, ops.transpose(q_i))"),
            "every user is scored with every item",
        ),
        "over the pairs": ([("axis=1", "axis=0")], "the whole batch is added up"),
        "a vector": ([(", keepdims=True", "")], "of the shape (8,); expected a column, (8, 1)"),
        "not added": (per_pair("return p_u * q_i"), "the factors are multiplied, but not added"),
        "a mean": ([("ops.sum", "ops.mean")], "the mean over the factors"),
        "a cosine": (
            per_pair("return layers.Dot(axes=1, normalize=True)([p_u, q_i])"),
            "a cosine",
        ),
        "one with itself": (
            per_pair("return layers.Dot(axes=1)([p_u, p_u]) + 0 * q_i[:, :1]"),
            "should be",
        ),
        "squeezed": ([(PRODUCT, f"ops.sigmoid({PRODUCT})")], "every score lies between 0 and 1"),
        "a method of arrays": (
            per_pair("return (p_u * q_i).sum(axis=1)"),
            "with AttributeError: 'KerasTensor' object has no attribute 'sum'",
        ),
        "NumPy": (per_pair("return np.sum(p_u * q_i, axis=1)"), "your code stopped in the line"),
        "raises": ([("p_u * q_i", "p * q")], "NameError: name 'p' is not defined"),
    },
    "ranking": {
        "returns None": ([("return np", "np")], "returns nothing; expected the ids"),
        "the scores": ([(SORTED, "scores")], "these are the scores; expected the ids"),
        "the scores, sorted": ([(SORTED, "np.sort(scores)[::-1]")], "these are the scores, sorted"),
        "lowest first": ([("-scores", "scores")], "the lowest score comes first"),
        "the ranks": ([(SORTED, f"np.argsort({SORTED})")], "these are the ranks"),
        "not sorted": ([(SORTED, "items")], "the items are not sorted"),
        "a column": ([("[:, 0]", "")], "all are 0: each row of the column is sorted by itself"),
        "the best alone": ([(SORTED, "np.argmax(scores)")], "expected (7,), the ids"),
        "the best five": ([(SORTED, f"{SORTED}[:5]")], "the shape is (5,); expected (7,)"),
        "a column of ids": ([(SORTED, f"{SORTED}[:, None]")], "the shape is (7, 1); expected (7,)"),
        "another user": (
            [("np.full(num_items, user)", "np.full(num_items, 0)")],
            "the order of user 0",
        ),
        "all users": (
            [("np.full(num_items, user)", "items % 5")],
            "the scores of the items 0, 1, 2, … are",
        ),
        "swapped": (
            [("[np.full(num_items, user), items]", "[items % 5, np.full(num_items, user)]")],
            "users and items are swapped",
        ),
        "counted from 1": ([(SORTED, f"{SORTED} + 1")], "the ids count from 1"),
        "one by one": (
            ranking(
                "scores = [float(model([np.array([user]), np.array([i])])[0, 0])"
                " for i in range(num_items)]\nreturn np.argsort(scores)[::-1]"
            ),
            "scored one by one",
        ),
        "the sizes of the data": (
            [("np.arange(num_items)", "np.arange(data.num_items)")],
            "your code stopped",
        ),
        "raises": ([("np.full(", "np.ful(")], "AttributeError: module 'numpy' has no attribute"),
    },
}

RIGHT = {
    "build_mf": {
        "last axis": [("axes=1", "axes=-1")],
        "ops": [(DOT, "ops.sum(p_u * q_i, axis=-1, keepdims=True)")],
        "einsum": [(DOT, 'ops.einsum("bf,bf->b", p_u, q_i)')],
        "Multiply and sum": [
            (DOT, "ops.sum(layers.Multiply()([p_u, q_i]), axis=1, keepdims=True)")
        ],
        "flattened": [
            ("Input(()", "Input((1,)"),
            (P_U, f"layers.Flatten()({P_U})"),
            (Q_I, f"layers.Flatten()({Q_I})"),
        ],
        "Reshape at the end": [
            ("Input(()", "Input((1,)"),
            (DOT, "layers.Reshape((1,))(layers.Dot(axes=2)([p_u, q_i]))"),
        ],
        "tables of its own": plain(),
        "no names": [('dtype="int32", name="user"', ""), ('name="dot"', ""), (', name="mf"', "")],
        "a class": subclass("keras.ops.sum(p * q, axis=-1, keepdims=True)"),
        "a class with a Dot": subclass("layers.Dot(axes=1)([p, q])"),
        "lecture 2": (
            "def build_mf(num_users, num_items, num_factors=32, penalty=1e-4, product=None):\n"
            '    user = keras.Input((), dtype="int32", name="user")\n'
            '    item = keras.Input((), dtype="int32", name="item")\n'
            '    p_u = factor_table(num_users, num_factors, penalty, "p_u")(user)\n'
            '    q_i = factor_table(num_items, num_factors, penalty, "q_i")(item)\n'
            '    product = product or layers.Dot(axes=1, name="dot")\n'
            '    return keras.Model([user, item], product([p_u, q_i]), name="mf")\n'
        ),
    },
    "largest_difference": {
        "predict, one by one": difference(
            "a = model.predict([users, items], batch_size=len(users), verbose=0)\n"
            "b = model.predict([users, items], batch_size=1, verbose=0)\n"
            "return np.max(np.abs(a - b))"
        ),
        "a loop and a list": difference(
            COMPANY + f"found = []\n{LOOP}found.append(abs(company[k] - {ONE}))\nreturn max(found)"
        ),
        "arrays of one": [
            ("users[k : k + 1], items[k : k + 1]", "np.array([users[k]]), np.array([items[k]])")
        ],
        "zip": difference(
            COMPANY + "worst = 0.0\n"
            "for (u, i), together in zip(zip(users, items), company):\n"
            "    alone = float(model([np.array([u]), np.array([i])])[0, 0])\n"
            "    worst = max(worst, abs(together - alone))\nreturn worst"
        ),
        "Keras throughout": difference(
            "company = model([users, items])\n"
            f"alone = ops.concatenate([model([users[k : k + 1], items[k : k + 1]]) {EACH}])\n"
            "return float(ops.max(ops.abs(company - alone)))"
        ),
        "a Keras number": difference(
            "company = model([users, items])\n"
            f"alone = ops.concatenate([model([users[k : k + 1], items[k : k + 1]]) {EACH}])\n"
            "return ops.max(ops.abs(company - alone))"
        ),
        "predict_on_batch": difference(
            "together = model.predict_on_batch([users, items]).ravel()\n"
            "alone = [model.predict_on_batch([users[[k]], items[[k]]]).item()"
            " for k in range(users.size)]\n"
            "return np.linalg.norm(together - alone, ord=np.inf)"
        ),
    },
    "per_pair": {
        "Dot": per_pair("return layers.Dot(axes=1)([p_u, q_i])"),
        "Dot over the last axis": per_pair("return layers.Dot(axes=-1)([p_u, q_i])"),
        "expand_dims": per_pair("return ops.expand_dims(ops.sum(p_u * q_i, axis=1), axis=-1)"),
        "einsum": per_pair('return ops.einsum("bf,bf->b", p_u, q_i)[:, None]'),
        "Multiply": per_pair(
            "both = layers.Multiply()([p_u, q_i])\nreturn ops.sum(both, axis=-1, keepdims=True)"
        ),
        "Lambda": per_pair(
            "return layers.Lambda(lambda x: ops.sum(x[0] * x[1], 1, True))([p_u, q_i])"
        ),
        "rows times columns": per_pair(
            "product = ops.matmul(p_u[:, None, :], q_i[:, :, None])\nreturn product[:, :, 0]"
        ),
        "the diagonal": per_pair(
            "square = ops.matmul(p_u, ops.transpose(q_i))\nreturn ops.diagonal(square)[:, None]"
        ),
    },
    "ranking": {
        "turned round": [(SORTED, "np.argsort(scores)[::-1]")],
        "predict in one batch": ranking(
            "users, items = [user] * num_items, list(range(num_items))\n"
            "scores = model.predict([np.array(users), np.array(items)],\n"
            "                       batch_size=num_items, verbose=0).ravel()\n"
            "return sorted(items, key=lambda i: -scores[i])"
        ),
        "a Series": [(SORTED, "pd.Series(scores).sort_values(ascending=False).index")],
        "Keras": ranking(
            "items = np.arange(num_items)\nscores = model([items * 0 + user, items])[:, 0]\n"
            "return ops.argsort(-scores)"
        ),
        "repeat": [("np.full(num_items, user)", "np.repeat(user, num_items)")],
    },
}
