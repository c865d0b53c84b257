"""Practice 3: wrong answers with the hint that each must draw, right ones written differently."""

from types import SimpleNamespace

import pandas as pd

PRACTICE = "03_mf_mean"
GIVEN = ["imports", "helpers", "build-mf"]  # cells that the exercises need
CHECKS = {  # function of the exercise: its cell, its check
    "bias_table": ("ex-bias-table", "check_bias_table"),
    "build_mf_mean": ("ex-build", "check_build"),
    "split_rows": ("ex-split", "check_split"),
    "fit_model": ("ex-fit", "check_fit"),
    "predict_stars": ("ex-predict", "check_predict"),
    "gain_per_user": ("ex-gain", "check_gain"),
}
NEEDS = {"build_mf_mean": "bias_table"}  # an exercise that calls another one


def prepare(namespace: dict) -> None:
    """What else a student has at hand: some data."""
    test = pd.DataFrame({"user": [0, 900, 3], "item": [5, 2, 1600], "rating": [4.0, 2.0, 5.0]})
    namespace["data"] = SimpleNamespace(test=test, train=test, mean=3.53)


def quicker(cell: str, source: str) -> str:
    """A cell of the filled-in practice, with every fourth rating and two seeds, to save time."""
    if cell == "load":
        fewer = "data = dataclasses.replace(data, train=data.train[:20_000])"
        load, rest = source.split("\n", 1)
        assert load == "data = load_ratings()"
        return f"import dataclasses\n{load}\n{fewer}\n{rest}"
    return source.replace("range(3)", "range(2)") if cell.startswith("run-mf") else source


DOT = 'layers.Dot(axes=1, name="dot")([p_u, q_i])'
SUM = 'layers.Add(name="sum")([dot, a_u, b_i])'
A_U, B_I = 'bias_table(num_users, "a_u")(user)', 'bias_table(num_items, "b_i")(item)'
P_U = 'factor_table(num_users, num_factors, penalty, "p_u")(user)'
Q_I = 'factor_table(num_items, num_factors, penalty, "q_i")(item)'
L2 = "embeddings_regularizer=keras.regularizers.L2(penalty)"
TRAIN = "pairs(train), above_mean(train, mean),"
VALID = "validation_data=(pairs(valid), above_mean(valid, mean)),"
PROGRESS = ", plotting.progress()"
PREDICT = "mean + model.predict(pairs(rows), batch_size=5000, verbose=0)[:, 0]"
SORT = ".mean().sort_values(ascending=False)"
ADD_PARTS = 'layers.Add(name="sum")([layers.Flatten()(x) for x in (dot, a_u, b_i)])'


def table(arguments: str) -> str:
    return f"def bias_table(size, name):\n    return {arguments}\n"


def bias(initial="zeros", penalty="keras.regularizers.L2(BIAS_PENALTY)", size="size, 1") -> str:
    return table(
        f"layers.Embedding({size}, name=name, embeddings_initializer={initial!r}, "
        f"embeddings_regularizer={penalty})"
    )


def factors(p: str, q: str) -> list:
    """The solution with other factor tables."""
    table = "layers.Embedding({}, num_factors, embeddings_initializer='normal', {})({})"
    new_p, new_q = table.format("num_users", p, "user"), table.format("num_items", q, "item")
    return [(P_U, new_p), (Q_I, new_q)]


def subclass(score: str, more: str = "", inputs: str = "user, item = inputs") -> str:
    """A network as a class."""
    return f"""
class MFMean(keras.Model):
    def __init__(self, num_users, num_items, num_factors, penalty):
        super().__init__()
        self.p_u = factor_table(num_users, num_factors, penalty, "p_u")
        self.q_i = factor_table(num_items, num_factors, penalty, "q_i")
        self.a_u = bias_table(num_users, "a_u")
        self.b_i = bias_table(num_items, "b_i")

    def call(self, inputs):
        {inputs}
        p, q, a, b = self.p_u(user), self.q_i(item), self.a_u(user), self.b_i(item)
        return {score}

{more}
def build_mf_mean(num_users, num_items, num_factors, penalty):
    return MFMean(num_users, num_items, num_factors, penalty)
"""


def split(body: str) -> str:
    return "def split_rows(rows, seed):\n    " + body.replace("\n", "\n    ") + "\n"


def predict(body: str) -> str:
    return "def predict_stars(model, rows, mean):\n    " + body.replace("\n", "\n    ") + "\n"


def gain(body: str) -> str:
    return "def gain_per_user(rows, without, with_bias):\n    " + body.replace("\n", "\n    ")


def nothing(function: str) -> str:
    return f"def {function}(*anything):\n    pass\n"


OVERLAP = "return rows.sample(frac=0.9, random_state=seed), rows.sample(frac=0.1, random_state=9)"
FIRST_TERMS = "gain = (without - rows['rating']) ** 2 - (with_bias - rows['rating']) ** 2\n"

WRONG = {
    "bias_table": {
        "returns None": (nothing("bias_table"), "returns nothing; expected an Embedding"),
        "no return": ([("return layers", "layers")], "returns nothing; expected an Embedding"),
        "an array": (table("np.zeros((size, 1))"), "expected an Embedding layer, found a ndarray"),
        "a Dense layer": (table("layers.Dense(1, name=name)"), "found a Dense"),
        "applied at once": ([("    )\n", "    )(keras.Input(()))\n")], "found a KerasTensor"),
        "size of the data": ([("size, 1", "943, 1")], "for 5 ids the table has 943 rows"),
        "a row too many": ([("size, 1", "size + 1, 1")], "for 5 ids the table has 6 rows"),
        "a vector": ([("size, 1", "size, 32")], "a row holds 32 numbers"),
        "sizes swapped": ([("size, 1", "1, size")], "one row of 5 numbers"),
        "random start": (bias("uniform"), "does not start at 0"),
        "starts at one": (bias("ones"), "does not start at 0"),
        "no penalty": (bias(penalty="None"), "no penalty on the table"),
        "penalty on the output": (
            [("embeddings_regularizer", "activity_regularizer")],
            "no penalty on the table",
        ),
        "L1": ([("L2", "L1")], "absolute values (L1)"),
        "another penalty": ([("L2(BIAS_PENALTY)", "L2(0.01)")], "the penalty is 0.01 times"),
        "name lost": ([("name=name, ", "")], "the layer is not called 'a_u'"),
        "one argument too few": ([("(size, name)", "(size)")], "TypeError: bias_table() takes 1"),
        "raises": (
            [("layers.Embedding", "layers.Embeding")],
            "stopped in the line `return layers.Embeding(` with AttributeError",
        ),
    },
    "build_mf_mean": {
        "returns None": (nothing("build_mf_mean"), "returns nothing; expected a keras.Model"),
        "the output alone": (
            [('keras.Model([user, item], rating, name="mf_mean")', "rating")],
            "expected a keras.Model, found a KerasTensor",
        ),
        "tensordot over everything": (
            [(DOT, "keras.ops.tensordot(p_u, q_i, axes=2)"), (SUM, "dot + a_u + b_i")],
            "the same number for every pair",
        ),
        "ops.sum over everything": (
            [(DOT, "keras.ops.sum(p_u * q_i)"), (SUM, "dot + a_u + b_i")],
            "the same number for every pair",
        ),
        "einsum to one number": (
            [(DOT, 'keras.ops.einsum("uf,uf->", p_u, q_i)'), (SUM, "dot + a_u + b_i")],
            "the same number for every pair",
        ),
        "Dot, then added over the batch": (
            [(SUM, "keras.ops.sum(dot, axis=0) + a_u + b_i")],
            "the same number for every pair",
        ),
        "everything mixed in a class": (
            subclass("keras.ops.tensordot(p, q, 2) + a + b"),
            "the same number for every pair",
        ),
        "sum over the wrong axis": (
            [(DOT, "keras.ops.sum(p_u * q_i, axis=0)"), (SUM, "dot + a_u + b_i")],
            "a number for each of the 3 factors",
        ),
        "the whole batch added up": (
            [(SUM, "keras.ops.sum(dot + a_u + b_i)")],
            "the whole batch is added up",
        ),
        "the mean of the batch subtracted": (
            [(SUM, "dot - keras.ops.mean(dot, axis=0) + a_u + b_i")],
            "differently alone and in a batch",
        ),
        "all pairs": (
            [(DOT, "keras.ops.matmul(p_u, keras.ops.transpose(q_i))"), (SUM, "dot + a_u + b_i")],
            "every user is scored with every item",
        ),
        "a vector and a column": (
            [(DOT, "keras.ops.sum(p_u * q_i, axis=-1)"), (SUM, "dot + a_u + b_i")],
            "a vector (6,) and a column (6, 1) are added",
        ),
        "multiplied, not added up": (
            [(DOT, "layers.Multiply()([p_u, q_i])"), (SUM, "dot + a_u + b_i")],
            "the factors are multiplied, but not added",
        ),
        "mean over the factors": (
            [(DOT, "keras.ops.mean(p_u * q_i, axis=1, keepdims=True)")],
            "the mean over the factors",
        ),
        "cosine": ([("axes=1,", "axes=1, normalize=True,")], "a cosine"),
        "no biases": ([(SUM, "dot")], "depend on a_u, the biases of the users nor on b_i"),
        "a_u missing": ([("[dot, a_u, b_i]", "[dot, b_i]")], "the output does not depend on a_u"),
        "b_i missing": ([("[dot, a_u, b_i]", "[dot, a_u]")], "the output does not depend on b_i"),
        "a_u looked up, unused": (subclass("keras.ops.sum(p * q, -1, True) + b"), "contain a_u"),
        "b_i looked up, unused": (subclass("keras.ops.sum(p * q, -1, True) + a"), "contain b_i"),
        "no product": ([("[dot, a_u, b_i]", "[a_u, b_i]")], "the output does not depend on p_u"),
        "a_u twice": ([("[dot, a_u, b_i]", "[dot, a_u, a_u, b_i]")], "a_u is added twice"),
        "b_i twice": ([("[dot, a_u, b_i]", "[dot, b_i, a_u, b_i]")], "b_i is added twice"),
        "mean of the terms": ([("layers.Add", "layers.Average")], "the mean of the three terms"),
        "biases multiplied": ([(SUM, "dot * (a_u + b_i)")], "biases are multiplied"),
        "biases subtracted": ([(SUM, "dot - a_u - b_i")], "biases are subtracted"),
        "joined, not added": ([("layers.Add", "layers.Concatenate")], "side by side"),
        "item's id into the users' biases": (
            [('a_u")(user)', 'a_u")(item)')],
            "a_u is looked up with the item's id",
        ),
        "user's id into the items' biases": (
            [('b_i")(item)', 'b_i")(user)')],
            "b_i is looked up with the user's id",
        ),
        "biases swapped": (
            [('"a_u")(user)', '"a_u")(item)'), ('"b_i")(item)', '"b_i")(user)')],
            "a_u is looked up with the item's id, b_i is looked up with the user's id",
        ),
        "sizes of the biases swapped": (
            [(A_U, A_U.replace("users", "items")), (B_I, B_I.replace("items", "users"))],
            "a_u is looked up with the item's id, b_i is looked up with the user's id",
        ),
        "factors swapped": (
            [(P_U, P_U.replace("(user)", "(item)")), (Q_I, Q_I.replace("(item)", "(user)"))],
            "p_u is looked up with the item's id, q_i is looked up with the user's id",
        ),
        "sizes of all tables swapped": (
            [
                (P_U, P_U.replace("users", "items")),
                (Q_I, Q_I.replace("items", "users")),
                (A_U, A_U.replace("users", "items")),
                (B_I, B_I.replace("items", "users")),
            ],
            "users are looked up as items",
        ),
        "inputs swapped": (
            [("keras.Model([user, item]", "keras.Model([item, user]")],
            "users are looked up as items",
        ),
        "inputs swapped in a class": (
            subclass("keras.ops.sum(p * q, -1, True) + a + b", inputs="item, user = inputs"),
            "users are looked up as items",
        ),
        "both biases for users": ([(B_I, 'bias_table(num_users, "b_i")(item)')], "(7, 1) for b_i"),
        "a bias for each factor": (
            [(A_U, 'bias_table(num_factors, "a_u")(user)')],
            "one of the shape (5, 1) for a_u",
        ),
        "a bias that is a vector": (
            [(A_U, P_U.replace('"p_u"', '"a_u"'))],
            "one of the shape (5, 1) for a_u",
        ),
        "a row too many": (
            [(P_U, P_U.replace("num_users", "num_users + 1"))],
            "one of the shape (5, 3) for p_u",
        ),
        "rows and factors swapped": (
            [('num_users, num_factors, penalty, "', 'num_factors, num_users, penalty, "')],
            "stopped in the line `dot = layers.Dot",
        ),
        "rows and factors swapped in a class": (
            subclass("keras.ops.sum(p, -1, True) + a + b").replace(
                "num_users, num_factors", "num_factors, num_users"
            ),
            "one of the shape (5, 3) for p_u",
        ),
        "no flatten": ([("Input(()", "Input((1,)")], "the output has the shape (6, 3, 3)"),
        "no flatten, summed": (
            [("Input(()", "Input((1,)"), (DOT, "keras.ops.sum(p_u * q_i, -1, keepdims=True)")],
            "the output has the shape (6, 1, 1)",
        ),
        "Dense at the end": (
            [(SUM, f"layers.Dense(1)({SUM})")],
            "besides the tables there are weights of the shapes [(1, 1), (1,)]",
        ),
        "Dense on all joined": (
            [(SUM, "layers.Dense(1)(layers.Concatenate()([dot, a_u, b_i]))")],
            "besides the tables there are weights of the shapes [(3, 1), (1,)]",
        ),
        "relu": ([(SUM, f'layers.Activation("relu")({SUM})')], "no score is below 0"),
        "sigmoid": ([(SUM, f"keras.ops.sigmoid({SUM})")], "every score lies between 0 and 1"),
        "tanh": ([(SUM, f"keras.ops.tanh({SUM})")], "every score lies between -1 and 1"),
        "squeezed into stars": (
            [(SUM, f"1 + 4 * keras.ops.sigmoid({SUM})")],
            "every score lies between 1 and 5",
        ),
        "training mean inside": ([(SUM, f"{SUM} + data.mean")], "off by the same 3.530"),
        "something else": ([(SUM, f"{SUM} ** 2")], "should score"),
        "no penalty": (factors("name='p'", "name='q'"), "no penalty on p_u and q_i"),
        "penalty on p_u alone": (
            factors(L2, "name='q'"),
            "no penalty on q_i",
        ),
        "penalty on q_i alone": (
            factors("name='p'", L2),
            "no penalty on p_u;",
        ),
        "L1": (
            factors(*[L2.replace("L2", "L1")] * 2),
            "absolute values (L1)",
        ),
        "penalty on the output": (
            factors(*[L2.replace("embeddings", "activity")] * 2),
            "depends on which pairs are in the batch",
        ),
        "ten times the penalty": (
            [(", penalty, ", ", 10 * penalty, ")],
            "the penalty is 2.5 times",
        ),
        "a fixed penalty": ([(", penalty, ", ", 1e-4, ")], "the penalty is 0.0001 times"),
        "biases with the factors' penalty": (
            [
                (A_U, A_U.replace("bias_table(num_users,", "factor_table(num_users, 1, penalty,")),
                (B_I, B_I.replace("bias_table(num_items,", "factor_table(num_items, 1, penalty,")),
            ],
            "the biases carry the penalty of the factors",
        ),
        "biases without penalty": (
            [(B_I, "layers.Embedding(num_items, 1, embeddings_initializer='zeros')(item)")],
            "sum of squares on a_u and 0 times on b_i",
        ),
        "biases random at start": (
            [
                (A_U, A_U.replace("bias_table(num_users,", "factor_table(num_users, 1, 1e-5,")),
                (B_I, B_I.replace("bias_table(num_items,", "factor_table(num_items, 1, 1e-5,")),
            ],
            "the biases do not start at 0",
        ),
        "factors that start at 0": (
            [(P_U, "layers.Embedding(num_users, 3, 'zeros', " + L2 + ")(user)")],
            "p_u or q_i starts at 0",
        ),
        "a frozen table": (
            [("[dot, a_u, b_i]", "[dot, keras.ops.stop_gradient(a_u), b_i]")],
            "training cannot move a_u",
        ),
        "one input": (
            [("keras.Model([user, item]", "keras.Model(user"), ("(item)", "(user)")],
            "the network takes 1 input",
        ),
        "shapes that do not fit": (
            [('num_items, num_factors, penalty, "q_i"', 'num_items, 9, penalty, "q_i"')],
            f"stopped in the line `dot = {DOT}` with ValueError: Incompatible input shapes",
        ),
        "ops without import": ([(DOT, "ops.sum(p_u * q_i, -1, True)")], "NameError: name 'ops'"),
        "a class without call": (
            subclass("0").replace("def call(self", "def cal(self"),
            "NotImplementedError: Model MFMean does not have a `call()`",
        ),
    },
    "split_rows": {
        "returns None": (nothing("split_rows"), "returns nothing; expected two frames"),
        "one frame": (
            split("return rows.sample(frac=0.9, random_state=seed)"),
            "found a DataFrame",
        ),
        "arrays": (
            split("x = rows.sample(frac=1, random_state=seed).to_numpy()\nreturn x[20:], x[:20]"),
            "found ndarray, ndarray",
        ),
        "three frames": (split("return rows, rows, rows"), "found DataFrame, DataFrame"),
        "shuffled in place": (
            split(
                "rows[:] = rows.sample(frac=1, random_state=seed).to_numpy()\n"
                "return rows[20:], rows[:20]"
            ),
            "the rows that were passed in are changed",
        ),
        "a column added": (
            split("rows['fold'] = 1\nreturn rows[20:], rows[:20]"),
            "the rows that were passed in are changed",
        ),
        "columns lost": (
            split(
                "x = rows.sample(frac=1, random_state=seed)[['user', 'item']]\n"
                "return x[20:], x[:20]"
            ),
            "a column of user, item and rating is missing",
        ),
        "the last rows": (
            [("rows.sample(frac=1, random_state=seed)", "rows[::-1]")],
            "of 2 of the 20 users",
        ),
        "tail": (split("return rows.head(180), rows.tail(20)"), "of 2 of the 20 users"),
        "every tenth row": (
            split("return rows.drop(rows.index[::10]), rows[::10]"),
            "of the 30 items",
        ),
        "whole users": (
            split("v = rows['user'].isin([4, 9])\nreturn rows[~v], rows[v]"),
            "of 2 of the 20 users",
        ),
        "overlapping": (split(OVERLAP), "rows are in both"),
        "all rows for training": ([("shuffled[size:]", "rows")], "and 20 rows are in both"),
        "rows lost": ([("shuffled[size:]", "shuffled[size + 5:]")], "are not the rows given"),
        "the notebook's rows": (
            split(
                "by_user = pd.DataFrame({'user': range(300), 'item': 7, 'rating': 3.0})\n"
                "x = by_user.sample(frac=1, random_state=seed)\nreturn x[30:], x[:30]"
            ),
            "rows in them that the function was not given",
        ),
        "columns shuffled apart": (
            split(
                "x = rows.sample(frac=1, random_state=seed)\n"
                "x['rating'] = x['rating'].to_numpy()[::-1]\nreturn x[20:], x[:20]"
            ),
            "are not the rows given",
        ),
        "a fifth": ([("// 10", "// 5")], "came 160 for training and 40 for validation; expected"),
        "wrong way round": (
            [("shuffled[size:], shuffled[:size]", "shuffled[:size], shuffled[size:]")],
            "the wrong way round",
        ),
        "no seed": ([(", random_state=seed", "")], "twice the same seed, two different splits"),
        "a seed of its own": ([("=seed", "=0")], "another seed gives the same split"),
        "raises": ([("frac=1", "frac=1.5")], "stopped in the line `shuffled = rows.sample("),
        "one argument too few": ([("(rows, seed)", "(rows)")], "TypeError: split_rows() takes 1"),
    },
    "fit_model": {
        "returns None": ([("return model.fit", "model.fit")], "returns nothing; expected the hist"),
        "the model returned": (
            [("return model.fit", "model.fit"), ("    ### END", "    return model\n    ### END")],
            "expected the history of the training, found a Functional",
        ),
        "not compiled": ([("model.compile(", "dict(")], "not compiled"),
        "no batch size": ([("batch_size=1000, ", "")], "that of Keras, 32"),
        "no epochs": ([("epochs=12, ", "")], "the number of epochs is 1"),
        "too many epochs": ([("epochs=12", "epochs=50")], "the number of epochs is 50"),
        "a constant rate": ([("adam(len(train))", '"adam"')], "the learning rate is constant"),
        "not trained": ([("return model.fit(", "return (lambda *a, **k: {})(")], "not trained"),
        "another model trained": (
            [
                ("    model.", "    model = build_mf(20, 20, 2, 0.0)\n    model."),
                ("steps_per_execution=20", "run_eagerly=True"),  # faster for a single batch
                ("epochs=12", "epochs=1"),
                (PROGRESS, ""),
            ],
            "fit of the model that is passed in was never called",
        ),
        "trained epoch by epoch": (
            [
                ("    return model.fit(", "    for _ in range(12):\n        last = model.fit("),
                ("    ### END", "    return last\n    ### END"),
                ("epochs=12", "epochs=1"),
            ],
            "fit is called more than once",
        ),
        "early stopping made, not passed": ([("[stop, ", "[")], "no early stopping"),
        "no callbacks": ([(", callbacks=[stop, plotting.progress()]", "")], "no early stopping"),
        "stop on the training loss": ([('"val_rmse"', '"loss"')], "watches 'loss'"),
        "stop on the training RMSE": ([('"val_rmse"', '"rmse"')], "watches 'rmse'"),
        "no validation": ([(VALID, "")], "there is no validation"),
        "validation_split": ([(VALID, "validation_split=0.1,")], "takes rows from `train`"),
        "validation on training rows": (
            [(VALID, VALID.replace("valid,", "train,").replace("(valid)", "(train)"))],
            "validation_data has 30 rows of `train` in it",
        ),
        "validation on the test rows": (
            [(VALID, "validation_data=(pairs(data.test), above_mean(data.test, mean)),")],
            "validation_data has 3 pairs that are in neither",
        ),
        "validation without the mean": (
            [(VALID, "validation_data=(pairs(valid), valid['rating']),")],
            "validation_data: the targets are the ratings",
        ),
        "validation without targets": (
            [(VALID, "validation_data=valid,")],
            "validation_data is a DataFrame",
        ),
        "trained on the test rows": (
            [(TRAIN, "pairs(data.test), above_mean(data.test, mean),")],
            "what fit trains on has 3 pairs that are in neither",
        ),
        "trained on train and valid": (
            [("    stop =", "    train = pd.concat([train, valid])\n    stop =")],
            "what fit trains on has 30 rows of `valid` in it",
        ),
        "trained on half of the rows": (
            [("    stop =", "    train = train[:10]\n    stop =")],
            "what fit trains on has 10 rows; there are 30",
        ),
        "items and users swapped": (
            [(TRAIN, "[train['item'], train['user']], above_mean(train, mean),")],
            "items come where users belong",
        ),
        "one table as input": (
            [(TRAIN, "train[['user', 'item']], above_mean(train, mean),")],
            "is not a list of two inputs",
        ),
        "mean forgotten": (
            [(TRAIN, "pairs(train), train['rating'],")],
            "the training mean is not sub",
        ),
        "mean subtracted twice": (
            [(TRAIN, "pairs(train), above_mean(train, mean) - mean,")],
            "subtracted twice",
        ),
        "mean added": (
            [(TRAIN, "pairs(train), train['rating'] + mean,")],
            "the mean added to them",
        ),
        "another mean": (
            [(TRAIN, "pairs(train), train['rating'] - train['rating'].mean(),")],
            "counted from another mean",
        ),
        "targets in another order": (
            [(TRAIN, "pairs(train), np.sort(above_mean(train, mean)),")],
            "not the ratings minus `mean`, row by row",
        ),
        "targets of other rows": (
            [(TRAIN, "pairs(train), above_mean(train[:7], mean),")],
            "30 users, 30 items and 7 targets",
        ),
        "mean absolute error": ([('"mse"', '"mae"')], "the loss 'mae' makes 1 of the errors"),
        "cross-entropy": ([('"mse"', '"binary_crossentropy"')], "the loss 'binary_crossentropy'"),
        "RMSE as loss": (
            [('"mse"', "lambda y, p: keras.ops.sqrt(keras.ops.mean((y - p) ** 2))")],
            "makes 1.41 of the errors",
        ),
        "no loss": ([('        loss="mse",\n', "")], "compile got no loss"),
        "no metric": (
            [
                ('[keras.metrics.RootMeanSquaredError(name="rmse")]', "[]"),
                ('"val_rmse"', '"val_loss"'),
            ],
            "but not 'val_rmse'",
        ),
        "raises": ([("pairs(valid)", "pairs(vald)")], "NameError: name 'vald' is not defined"),
        "one argument too few": ([(", mean):", "):")], "TypeError: fit_model() takes 3"),
    },
    "predict_stars": {
        "returns None": (nothing("predict_stars"), "returns nothing; expected an array"),
        "a column": ([("[:, 0]", "")], "the shape is (40, 1), a column"),
        "one number": ([("[:, 0]", "[0, 0]")], "the shape is ()"),
        "a square": (
            predict("return model.predict(pairs(rows), verbose=0) + 0 * rows['user'].to_numpy()"),
            "the shape is (40, 40)",
        ),
        "mean forgotten": ([("mean + ", "")], "distances from the mean, not stars"),
        "mean added twice": ([("mean + ", "2 * mean + ")], "the mean is added twice"),
        "mean subtracted": ([("mean + ", "-mean + ")], "the mean is subtracted"),
        "mean multiplied": ([("mean + ", "mean * ")], "the mean is multiplied"),
        "another mean": ([("mean + ", "data.mean + ")], "every prediction is off by 0.280"),
        "swapped": ([("pairs(rows)", "pairs(rows)[::-1]")], "users and items are swapped"),
        "the test rows": ([("pairs(rows)", "pairs(data.test)")], "ids are looked up that are not"),
        "clipped": ([(PREDICT, f"np.clip({PREDICT}, 1, 5)")], "below 1 or above 5 are cut off"),
        "rounded": ([(PREDICT, f"np.round({PREDICT})")], "the predictions are rounded"),
        "sorted": ([(PREDICT, f"np.sort({PREDICT})")], "not in the order of the rows"),
        "the ratings themselves": (predict("return rows['rating']"), "row 0 should be"),
        "raises": ([("pairs(rows)", "pairs(row)")], "NameError: name 'row' is not defined"),
        "one argument too few": (
            [("(model, rows, mean)", "(model, rows)")],
            "TypeError: predict_stars() takes 2",
        ),
    },
    "gain_per_user": {
        "returns None": (nothing("gain_per_user"), "returns nothing; expected a Series"),
        "a frame": ([(SORT, f"{SORT}.to_frame()")], "expected a Series, found a DataFrame"),
        "one number": ([(SORT, ".mean().max()")], "expected a Series, found a float"),
        "not by user": (gain(FIRST_TERMS + "return gain"), "expected the users, each once"),
        "by item": ([('rows["user"]', 'rows["item"]')], "expected the users, each once"),
        "signs turned round": ([("gain.groupby", "(-gain).groupby")], "the signs are turned round"),
        "not sorted": ([(SORT, ".mean()")], "the largest gain does not come first"),
        "smallest first": ([("ascending=False", "")], "the largest gain does not come first"),
        "added up": ([(".mean()", ".sum()")], "added up, not averaged"),
        "roots": (
            gain(
                "def by_user(p):\n"
                "    return ((p - rows['rating']) ** 2).groupby(rows['user']).mean() ** 0.5\n"
                "return (by_user(without) - by_user(with_bias)).sort_values()"
            ),
            "differences of roots",
        ),
        "absolute errors": (
            gain(
                "gain = (without - rows['rating']).abs() - (with_bias - rows['rating']).abs()\n"
                "return gain.groupby(rows['user']).mean()"
            ),
            "differences of absolute errors",
        ),
        "one error alone": (
            gain("return ((with_bias - rows['rating']) ** 2).groupby(rows['user']).mean()"),
            "these are the errors with biases",
        ),
        "difference, then square": (
            gain(
                "gain = pd.Series((without - with_bias) ** 2)\n"
                "return gain.groupby(rows['user'].to_numpy()).mean()"
            ),
            "user 8 gains",
        ),
        "raises": ([('rows["user"]', 'rows["users"]')], "with KeyError: 'users'"),
    },
}

KEYWORDS = "embeddings_initializer='zeros', embeddings_regularizer="
OWN_PENALTY = """
class Squares(keras.regularizers.Regularizer):
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, weights):
        return self.factor * keras.ops.sum(weights**2)


"""
OWN_FACTORS = "layers.Embedding(num_users, num_factors, embeddings_regularizer=l2)(user)"
OWN_TABLE = """
class Bias(layers.Layer):
    def __init__(self, size, name):
        super().__init__(name=name)
        penalty = keras.regularizers.L2(BIAS_PENALTY)
        self.b = self.add_weight(shape=(size, 1), initializer="zeros", regularizer=penalty)

    def call(self, ids):
        return keras.ops.take(self.b, ids, axis=0)


bias_table = Bias
# THE SOLUTION
"""

RIGHT = {
    "bias_table": {
        "regularizers.l2": [("L2", "l2")],
        "an object as initialiser": [('"zeros"', "keras.initializers.Zeros()")],
        "a config": [
            (
                "keras.regularizers.L2(BIAS_PENALTY)",
                "{'class_name': 'L2', 'config': {'l2': BIAS_PENALTY}}",
            )
        ],
        "a function of its own": OWN_PENALTY + bias(penalty="Squares(BIAS_PENALTY)"),
        "by keywords": bias(size="input_dim=size, output_dim=1"),
        "built already": (
            "def bias_table(size, name):\n"
            f"    t = layers.Embedding(size, 1, name=name, {KEYWORDS}keras.regularizers.L2(1e-5))\n"
            "    t.build()\n    return t\n"
        ),
    },
    "build_mf_mean": {
        "Dot over the last axis": [("axes=1", "axes=-1")],
        "plus": [(SUM, "dot + a_u + b_i")],
        "sum over the last axis": [
            (DOT, "keras.ops.sum(p_u * q_i, axis=-1, keepdims=True)"),
            ('name="sum"', ""),
        ],
        "einsum": [(DOT, 'keras.ops.einsum("bf,bf->b", p_u, q_i)[:, None]')],
        "Multiply and sum": [
            (DOT, "keras.ops.sum(layers.Multiply()([p_u, q_i]), axis=1, keepdims=True)")
        ],
        "a Lambda layer": [
            (DOT, "layers.Lambda(lambda x: keras.ops.sum(x[0] * x[1], 1, True))([p_u, q_i])")
        ],
        "Flatten": [
            ("Input(()", "Input((1,)"),
            (P_U, f"layers.Flatten()({P_U})"),
            (Q_I, f"layers.Flatten()({Q_I})"),
            (A_U, f"layers.Flatten()({A_U})"),
            (B_I, f"layers.Flatten()({B_I})"),
        ],
        "flattened at the end": [
            ("Input(()", "Input((1,)"),
            ("axes=1", "axes=2"),
            (SUM, ADD_PARTS),
        ],
        "an output of shape (n,)": [(SUM, f"keras.ops.squeeze({SUM}, axis=-1)")],
        "other names": [('"p_u"', '"users"'), ('"sum"', '"r"'), ('name="mf_mean"', 'name="net"')],
        "no names, no dtype": [('keras.Input((), dtype="int32", name=', "keras.Input((), name=")],
        "tables made first": [
            (A_U, "a_of(user)"),
            ("    user = ", '    a_of = bias_table(num_users, "a_u")\n    user = '),
        ],
        "added in two steps": [(SUM, "layers.Add()([dot, layers.Add()([b_i, a_u])])")],
        "regularizers.l2": factors(*[L2.replace("L2", "l2")] * 2),
        "a penalty of its own": [
            ("def build_mf_mean", f"{OWN_PENALTY}def build_mf_mean"),
            (P_U, OWN_FACTORS),
            ("### BEGIN", "l2 = Squares(penalty) #"),
        ],
        "a layer of its own": OWN_TABLE,
        "a class": subclass("keras.ops.sum(p * q, axis=-1, keepdims=True) + a + b"),
        "a class that gives (n,)": subclass("keras.ops.sum(p * q, -1) + a[:, 0] + b[:, 0]"),
        "a class with a Dot": subclass("layers.Add()([layers.Dot(axes=1)([p, q]), a, b])"),
        "a class that takes inputs[0]": subclass(
            "keras.ops.sum(p * q, -1, True) + a + b", inputs="user, item = inputs[0], inputs[1]"
        ),
        "a class with add_loss": subclass("keras.ops.sum(p * q, -1, True) + a + b")
        .replace(", penalty, ", ", 0.0, ")
        .replace("super().__init__()", "super().__init__(); self.penalty = penalty")
        .replace(
            "        return keras",
            "        for t in (self.p_u, self.q_i):\n"
            "            self.add_loss(self.penalty * keras.ops.sum(t.embeddings**2))\n"
            "        return keras",
        ),
    },
    "split_rows": {
        "permutation and iloc": split(
            "order = np.random.RandomState(seed).permutation(len(rows))\n"
            "cut = len(rows) // 10\nreturn rows.iloc[order[cut:]], rows.iloc[order[:cut]]"
        ),
        "a Generator": split(
            "order = np.random.default_rng(seed).permutation(len(rows))\n"
            "cut = len(rows) // 10\nreturn rows.iloc[order[cut:]], rows.iloc[order[:cut]]"
        ),
        "a boolean mask": split(
            "np.random.seed(seed)\nmask = np.zeros(len(rows), dtype=bool)\n"
            "mask[np.random.choice(len(rows), len(rows) // 10, replace=False)] = True\n"
            "return rows[~mask], rows[mask]"
        ),
        "sample and drop": split(
            "valid = rows.sample(n=len(rows) // 10, random_state=seed)\n"
            "return rows.drop(valid.index), valid"
        ),
        "frac, sorted again, a list": split(
            "valid = rows.sample(frac=0.1, random_state=seed).sort_index()\n"
            "return [rows.drop(valid.index).reset_index(drop=True), valid]"
        ),
        "cut at nine tenths": split(
            "x = rows.sample(frac=1, random_state=seed, ignore_index=True)\n"
            "cut = len(rows) - len(rows) // 10\nreturn x.iloc[:cut], x.iloc[cut:]"
        ),
    },
    "fit_model": {
        "the history as a dict": [("progress()],\n    )", "progress()],\n    ).history")],
        "validation_data as a list": [
            (VALID, "validation_data=[pairs(valid), above_mean(valid, mean)],")
        ],
        "by keywords": [(TRAIN, "x=pairs(train), y=above_mean(train, mean),")],
        "tuples and Series": [
            (TRAIN, "(train['user'], train['item']), train['rating'] - mean,"),
            (VALID, "validation_data=((valid['user'], valid['item']), valid['rating'] - mean),"),
        ],
        "inputs by name": [
            (
                "pairs(train)",
                "{'user': train['user'].to_numpy(), 'item': train['item'].to_numpy()}",
            ),
            (
                "pairs(valid)",
                "{'user': valid['user'].to_numpy(), 'item': valid['item'].to_numpy()}",
            ),
        ],
        "columns as inputs": [
            (
                TRAIN,
                "[train[['user']].to_numpy(), train[['item']].to_numpy()], train['rating'] - mean,",
            )
        ],
        "one callback, no list": [("[stop, plotting.progress()]", "stop")],
        "a loss object": [('"mse"', "keras.losses.MeanSquaredError()")],
        "a loss function": [('"mse"', "keras.losses.mean_squared_error")],
        "a loss of its own": [('"mse"', "lambda y, p: keras.ops.mean((y - p) ** 2, axis=-1)")],
        "shuffled before": [("    stop =", "    train = train.sample(frac=1)\n    stop =")],
        "stop on val_loss": [('"val_rmse"', '"val_loss"')],
        "plainest compile": [("        steps_per_execution=20,\n", ""), ("verbose=0, ", "")],
    },
    "predict_stars": {
        "flatten": [("[:, 0]", ".flatten()")],
        "squeeze": [(PREDICT, "np.squeeze(model.predict(pairs(rows), verbose=0)) + mean")],
        "reshape": [("[:, 0]", ".reshape(-1)")],
        "the model called": predict("return model(pairs(rows)).numpy()[:, 0] + mean"),
        "a Keras tensor": predict("return model(pairs(rows))[:, 0] + mean"),
        "one batch": [
            ("predict(pairs(rows), batch_size=5000, verbose=0)", "predict_on_batch(pairs(rows))")
        ],
        "a Series": [(PREDICT, f"pd.Series({PREDICT}, index=rows.index)")],
    },
    "gain_per_user": {
        "a frame and apply": gain(
            "frame = rows.assign(old=without, new=with_bias)\n"
            "def drop(g):\n"
            "    return ((g.old - g.rating) ** 2).mean() - ((g.new - g.rating) ** 2).mean()\n"
            "columns = frame[['old', 'new', 'rating']]\n"
            "return columns.groupby(frame['user']).apply(drop).sort_values(ascending=False)"
        ),
        "two means": gain(
            "def by_user(stars):\n"
            "    squares = pd.DataFrame({'of': (stars - rows['rating']) ** 2})\n"
            "    return squares.assign(user=rows['user']).groupby('user')['of'].mean()\n"
            "return (by_user(without) - by_user(with_bias)).sort_values(ascending=False)"
        ),
        "a loop": gain(
            "gains = {}\n"
            "for user in rows['user'].unique():\n"
            "    k = (rows['user'] == user).to_numpy()\n"
            "    r = rows['rating'].to_numpy()[k]\n"
            "    gains[user] = np.mean((without[k] - r) ** 2) - np.mean((with_bias[k] - r) ** 2)\n"
            "return pd.Series(gains).sort_values()[::-1]"
        ),
    },
}
