"""Practice 3: wrong answers with a part of the hint that each must draw, and other right ones."""

from types import SimpleNamespace

import pandas as pd


def prepare(space: dict) -> None:
    """What else a student has at hand: some data."""
    test = pd.DataFrame({"user": [0, 900, 3], "item": [5, 2, 1600], "rating": [4.0, 2.0, 5.0]})
    space["data"] = SimpleNamespace(test=test, train=test, mean=3.53, num_users=943, num_items=1682)
    space["by_user"] = pd.DataFrame({"user": range(300), "item": 7, "rating": 3.0})
    space["network"] = space["build_mf"](943, 1682, 2, 0.0)


def quicker(cell: str, source: str) -> str:
    """A cell of the filled-in practice, with every fourth rating and two seeds, to save time."""
    if cell == "load":
        assert source == "data = load_ratings()"
        fewer = "data = dataclasses.replace(data, train=data.train[:20_000])"
        return f"import dataclasses\n{source}\n{fewer}"
    return source.replace("range(3)", "range(2)") if cell == "train-final" else source


DOT = 'layers.Dot(axes=1, name="dot")([p_u, q_i])'
SUM = 'layers.Add(name="sum")([dot, a_u, b_i])'
A_U, B_I = 'bias_table(num_users, "a_u")(user)', 'bias_table(num_items, "b_i")(item)'
P_U = 'factor_table(num_users, num_factors, penalty, "p_u")(user)'
Q_I = 'factor_table(num_items, num_factors, penalty, "q_i")(item)'
PLUS = (SUM, "dot + a_u + b_i")
TRAIN = "pairs(train), centred(train, mean),"
VALID = "validation_data=(pairs(valid), centred(valid, mean)),"
STOP = 'EarlyStopping("val_rmse", patience=2, restore_best_weights=True)'
PREDICT = "mean + model.predict(pairs(ratings), batch_size=5000, verbose=0).reshape(-1)"
SHUFFLED, SAMPLE = "shuffled[size:], shuffled[:size]", "ratings.sample(frac=1, random_state=seed)"
SORT = ".sort_values(ascending=False)"
TABLE = 'layers.Embedding({}, "normal", embeddings_regularizer=keras.regularizers.{})({})'
ZEROS = TABLE.replace("normal", "zeros")


def swap(old: str, *pieces: str) -> tuple[str, str]:
    """A piece of the solution, with some words exchanged: "users items" for items in its place."""
    new = old
    for piece in pieces:
        new = new.replace(*piece.split())
    return old, new


def factors(p: str, q: str) -> list[tuple[str, str]]:
    """The solution with other factor tables."""
    sizes = "num_users, num_factors", "num_items, num_factors"
    return [(P_U, TABLE.format(sizes[0], p, "user")), (Q_I, TABLE.format(sizes[1], q, "item"))]


def subclass(score: str, inputs: str = "user, item = inputs") -> str:
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


def build_mf_mean(num_users, num_items, num_factors, penalty):
    return MFMean(num_users, num_items, num_factors, penalty)
"""


# fmt: off
WRONG = {
    "bias_table": [
        ("an Embedding layer, found an array", "return np.zeros((size, 1))"),
        ("found a Dense", "return layers.Dense(1, name=name)"),
        ("found a KerasTensor", ("    )\n", "    )(keras.Input(()))\n")),
        ("for 6 ids the table has 943 rows of 1 n", ("size, 1", "943, 1")),
        ("the table has 7 rows of 1 ", ("size, 1", "size + 1, 1")),
        ("6 rows of 32 numbers; expected 6 rows of 1", ("size, 1", "size, 32")),
        ("1 rows of 6 numbers", ("size, 1", "1, size")),
        ("does not start at 0", ('"zeros"', '"uniform"')),
        ("does not start at 0", ('"zeros"', '"ones"')),
        ("no penalty on the table", ("keras.regularizers.L2(BIAS_PENALTY)", "None")),
        ("depends on which rows", ("embeddings_regularizer", "activity_regularizer")),
        (r"absolute values \(L1\)", ("L2", "L1")),
        ("is 0.01 on the table; expected 1e-05 on", ("L2(BIAS_PENALTY)", "L2(0.01)")),
        ("'a_u' is called 'embedding'", ("name=name, ", "")),
        (r"the arguments \(size\); it is called with", ("(size, name)", "(size)")),
        ("in line 7, `return layers.Embeding.*, with AttributeError", ("s.Embedding", "s.Embeding")),
        ("cannot move the table", ("name=name,", "name=name, trainable=False,")),
        ("mask_zero", ("name=name,", "name=name, mask_zero=True,")),
        ("a constraint", ("name=name,", "name=name, embeddings_constraint='non_neg',")),
    ],
    "build_mf_mean": [
        ("without a network, a KerasTensor", ("keras.Model([user, item], ", "("), (', name="mf_mean")', ")")),
        ("the same number for every pair", (DOT, "keras.ops.tensordot(p_u, q_i, axes=2)"), PLUS),
        ("the same number for every pair", (DOT, "keras.ops.sum(p_u * q_i)"), PLUS),
        ("the same number for every pair", (DOT, 'keras.ops.einsum("uf,uf->", p_u, q_i)'), PLUS),
        ("the same number for every pair", (SUM, "keras.ops.sum(dot, axis=0) + a_u + b_i")),
        ("the same number for every pair", subclass("keras.ops.tensordot(p, q, 2) + a + b")),
        ("a number for each of the 4 factors", (DOT, "keras.ops.sum(p_u * q_i, axis=0)"), PLUS),
        ("the whole batch is added up", (SUM, "keras.ops.sum(dot + a_u + b_i)")),
        ("differently alone", (SUM, "dot - keras.ops.mean(dot, axis=0) + a_u + b_i")),
        ("37 x 37", (DOT, "keras.ops.matmul(p_u, keras.ops.transpose(q_i))"), PLUS),
        ("37 x 37 numbers", (DOT, "keras.ops.sum(p_u * q_i, axis=-1)"), PLUS),
        ("multiplied, but not added", (DOT, "layers.Multiply()([p_u, q_i])"), PLUS),
        ("the mean over the factors", (DOT, "keras.ops.mean(p_u * q_i, axis=1, keepdims=True)")),
        ("a cosine", ("axes=1,", "axes=1, normalize=True,")),
        ("does not depend on a_u, the biases of the users nor on b_i", (SUM, "dot")),
        ("the output does not depend on a_u", ("[dot, a_u, b_i]", "[dot, b_i]")),
        ("the output does not depend on b_i", ("[dot, a_u, b_i]", "[dot, a_u]")),
        ("do not contain a_u", subclass("keras.ops.sum(p * q, -1, True) + b")),
        ("do not contain b_i", subclass("keras.ops.sum(p * q, -1, True) + a")),
        ("the output does not depend on p_u", ("[dot, a_u, b_i]", "[a_u, b_i]")),
        ("a_u is added twice", ("[dot, a_u, b_i]", "[dot, a_u, a_u, b_i]")),
        ("b_i is added twice", ("[dot, a_u, b_i]", "[dot, b_i, a_u, b_i]")),
        ("the mean of the 3 terms", ("layers.Add", "layers.Average")),
        ("biases are multiplied", (SUM, "dot * (a_u + b_i)")),
        ("biases are multiplied", (SUM, "dot * a_u * b_i")),
        ("a_u is subtracted, not added, b_i is sub", (SUM, "dot - a_u - b_i")),
        ("side by side", ("layers.Add", "layers.Concatenate")),
        ("^((?!b_i).)*a_u is looked up with the item's id$", ('a_u")(user)', 'a_u")(item)')),
        ("b_i is looked up with the user's id", ('b_i")(item)', 'b_i")(user)')),
        ("a_u is .* the item's id, b_i is .* the user's id", ('a_u")(user)', 'a_u")(item)'), ('b_i")(item)', 'b_i")(user)')),
        ("a_u is .* the item's id, b_i is .* the user's id", swap(A_U, "users items"), swap(B_I, "items users")),
        ("p_u is .* the item's id, q_i is .* the user's id", swap(P_U, "(user) (item)"), swap(Q_I, "(item) (user)")),
        ("users are looked up as items", *(swap(one, "users items") for one in (P_U, A_U)),
            *(swap(one, "items users") for one in (Q_I, B_I))),
        ("users are looked up as items", ("keras.Model([user, item]", "keras.Model([item, user]")),
        ("users are looked up as items", subclass("keras.ops.sum(p * q, -1, True) + a + b", "item, user = inputs")),
        (r"one of the shape \(9, 1\) for b_i", swap(B_I, "items users")),
        (r"one of the shape \(6, 1\) for a_u", swap(A_U, "users factors")),
        (r"one of the shape \(6, 1\) for a_u", (A_U, P_U.replace('"p_u"', '"a_u"'))),
        (r"one of the shape \(6, 4\) for p_u", (P_U, P_U.replace("num_users", "num_users + 1"))),
        ("in line .*, `dot = layers.Dot", ('users, num_factors, penalty, "', 'factors, num_users, penalty, "')),
        (r"the shape \(37, 4, 4\)", ("Input(()", "Input((1,)")),
        (r"the shape \(37, 1, 1\)", ("Input(()", "Input((1,)"), (DOT, "keras.ops.sum(p_u * q_i, -1, keepdims=True)")),
        (r"does not have, of the shapes \[\(1,\), \(1, 1\)\]", (SUM, f"layers.Dense(1)({SUM})")),
        (r"does not have, of the shapes \[\(1,\), \(3, 1\)\]", (SUM, "layers.Dense(1)(layers.Concatenate()([dot, a_u, b_i]))")),
        ("no number is below 0", (SUM, f'layers.Activation("relu")({SUM})')),
        ("all lie between 0 and 1", (SUM, f"keras.ops.sigmoid({SUM})")),
        ("all lie between -1 and 1", (SUM, f"keras.ops.tanh({SUM})")),
        ("between 1 and 5", (SUM, f"1 + 4 * keras.ops.sigmoid({SUM})")),
        ("`data`, a variable of the notebook", (SUM, f"{SUM} + data.mean")),
        ("off by the same 3.530", (SUM, f"{SUM} + 3.53")),
        ("the squares of", (SUM, f"{SUM} ** 2")),
        ("there is no penalty on p_u.* and q_i", *factors("L2(0)", "L2(0)")),
        ("there is no penalty on q_i", *factors("L2(penalty)", "L2(0)")),
        ("there is no penalty on p_u.*users$", *factors("L2(0)", "L2(penalty)")),
        (r"absolute values \(L1\)", *factors("L1(penalty)", "L1(penalty)")),
        ("depends on which", *((a, b.replace("embeddings_reg", "activity_reg")) for a, b in factors("L2(penalty)", "L2(penalty)"))),
        ("is 2.5 on p_u", (", penalty, ", ", 10 * penalty, ")),
        ("is 0.0001 on p_u.*; expected 0.25 on p_u", (", penalty, ", ", 1e-4, ")),
        ("is 0.25 on a_u", (A_U, A_U.replace("bias_table(num_users,", "factor_table(num_users, 1, penalty,"))),
        ("there is no penalty on b_i", (B_I, ZEROS.format("num_items, 1", "L2(0)", "item"))),
        ("a_u.* does not start at 0", (A_U, TABLE.format("num_users, 1", "L2(1e-5)", "user"))),
        ("p_u.* starts at 0", (P_U, ZEROS.format("num_users, num_factors", "L2(penalty)", "user"))),
        ("training cannot move a_u", ("[dot, a_u, b_i]", "[dot, keras.ops.stop_gradient(a_u), b_i]")),
        ("the network takes 1 input; expected 2", ("keras.Model([user, item]", "keras.Model(user"), ("(item)", "(user)")),
        ("`dot = .*ValueError: Incompatible input", ('factors, penalty, "q_i"', 'factors + 1, penalty, "q_i"')),
        ("NameError: name 'ops'", (DOT, "ops.sum(p_u * q_i, -1, True)")),
        (r"Model MFMean does not have a `call\(\)`", subclass("0").replace("def call(self", "def cal(self")),
        ("inside the product", (SUM, "layers.Dot(axes=1)([p_u + a_u, q_i + b_i])")),
        ("inside the product", (SUM, "layers.Dot(axes=1)([p_u + a_u, q_i]) + b_i")),
        ("'mf_mean' is called 'functional'", (', name="mf_mean"', "")),
        ("'mf_mean' is called 'mf'", ('"mf_mean"', '"mf"')),
        ("3 outputs, a list", (SUM, "[dot, a_u, b_i]")),
        ("dropout in training", (SUM, f"layers.Dropout(0.1)({SUM})")),
        ("'a_u' is called 'embedding'", *((x, x.replace('"a_u"', "None").replace('"b_i"', "None")) for x in (A_U, B_I))),
        ("'a_u' is called 'b_i'", (A_U, A_U.replace("a_u", "b_i")), (B_I, B_I.replace("b_i", "a_u"))),
        ("share one table", (Q_I, "table(item)"), ("p_u = " + P_U, "table = " + P_U[:-6] + "; p_u = table(user)")),
    ],
    "split_ratings": [
        ("two frames, train and valid; found a DataFrame", "return ratings.sample(frac=0.9, random_state=seed)"),
        ("a tuple of ndarray, ndarray", (SAMPLE, SAMPLE + ".to_numpy()")),
        ("a tuple of DataFrame, DataFrame, DataFrame", "return ratings, ratings, ratings"),
        ("changes its argument `ratings`", ("shuffled = ", "shuffled = ratings; ratings[:] = "), (SAMPLE, SAMPLE + ".to_numpy()")),
        ("its columns are .*'fold'", "ratings['fold'] = 1\nreturn ratings[20:], ratings[:20]"),
        ("a column of user, item and rating", (SAMPLE, SAMPLE + "[['user', 'item']]")),
        ("of 5 of the 45 users", (SAMPLE, "ratings[::-1]")),
        ("of 5 of the 45 users", "return ratings.head(1240), ratings.tail(137)"),
        ("another seed gives the same split", "k = ratings.index[:1370:10]\nreturn ratings.drop(k), ratings.loc[k]"),
        ("wrong way round|for validation; expected", "v = ratings['user'].isin([4, 9])\nreturn ratings[~v], ratings[v]"),
        ("ratings are in both", "return ratings.sample(frac=0.9), ratings.sample(frac=0.1)"),
        ("and 137 ratings are in both", ("shuffled[size:]", "ratings")),
        ("together they are not all ratings", ("shuffled[size:]", "shuffled[size + 5:]")),
        ("the function was not given", "x = pd.DataFrame({'user': range(300), 'item': 7, 'rating': 3.0})\nreturn x[30:], x[:30]"),
        ("uses `by_user`", ("len(ratings)", "len(by_user)")),
        ("1094 ratings are in them that the function was not given", (SAMPLE, SAMPLE + ".assign(rating=ratings['rating'].to_numpy()[::-1])")),
        ("1102 for training and 275 for validation; expected", ("// 10", "// 5")),
        ("the wrong way round", (SHUFFLED, "shuffled[:size], shuffled[size:]")),
        ("twice the same seed, two different splits", (", random_state=seed", "")),
        ("another seed gives the same split", ("=seed", "=0")),
        ("in line 4, `shuffled = ratings.sample.*ValueError", ("frac=1", "frac=1.5")),
        (r"the arguments \(ratings\); it is called with", ("(ratings, seed)", "(ratings)")),
        ("138 for validation; expected a tenth", "v = ratings.sample(frac=0.1, random_state=seed)\nreturn ratings.drop(v.index), v"),
        ("138 for validation; expected a tenth", ("len(ratings) // 10", "len(ratings) - len(ratings) * 9 // 10")),
        ("more than once: they are put back", "k = np.random.default_rng(seed).choice(ratings.index, len(ratings) // 10)\n"
            "return ratings.drop(k), ratings.loc[k]"),
    ],
    "fit_model": [
        ("returns nothing; expected the hist", ("return model.fit", "model.fit")),
        ("history of the training.*found a Functional", ("return model.fit", "model.fit"), ("    ### END", "    return model\n    ### END")),
        ("not compiled", ("model.compile(", "dict(")),
        ("the batch size should be 1000; found 32", ("batch_size=1000, ", "")),
        ("the number of epochs should be 12; found 1", ("epochs=12, ", "")),
        ("the number of epochs should be 12; found 50", ("epochs=12", "epochs=50")),
        ("the learning rate after 0 of the 24 steps .* should be 0.010; found 0.001", ("adam(len(train))", '"adam"')),
        ("fit of the model that is passed in was never called", ("return model.fit(", "return (lambda *a, **k: {})(")),
        ("never called", ("    model.", "    model = build_mf(45, 92, 2, 0.0)\n    model."), ("epochs=12", "epochs=1"),
            (", plotting.progress()", ""), ("steps_per_execution=20", "run_eagerly=True")),
        ("fit is called more than once", ("    return model.fit(", "    for _ in range(12):\n        last = model.fit("),
            ("    ### END", "    return last\n    ### END"), ("epochs=12", "epochs=1")),
        ("no early stopping", ("[stop, ", "[")),
        ("no early stopping", (", callbacks=[stop, plotting.progress()]", "")),
        ("monitor should be 'val_rmse'; found 'loss'", ('"val_rmse"', '"loss"')),
        ("monitor should be 'val_rmse'; found 'rmse'", ('"val_rmse"', '"rmse"')),
        ("monitor should be 'val_rmse'; found 'val_loss'", ('"val_rmse"', '"val_loss"')),
        ("there is no validation", (VALID, "")),
        ("validation_split is 0.1", (VALID, "validation_split=0.1,")),
        ("validation_data has 1003 ratings, 1003 of them of `train`", (VALID, VALID.replace("valid,", "train,").replace("(valid)", "(train)"))),
        ("uses `data`", (VALID, VALID.replace("valid,", "data.test,").replace("(valid)", "(data.test)"))),
        ("validation_data: the mean is subtracted 0 times", (VALID, "validation_data=(pairs(valid), valid['rating']),")),
        ("validation_data is not a list .*found a DataFrame", (VALID, "validation_data=valid,")),
        ("what fit trains on has 1203 ratings, 200 of them of `valid`", ("    stop =", "    train = pd.concat([train, valid])\n    stop =")),
        ("what fit trains on has 10 ratings, .*expected the 1003 of `train`", ("    stop =", "    train = train[:10]\n    stop =")),
        ("items come where users belong", (TRAIN, "[train['item'], train['user']], centred(train, mean),")),
        ("is not a list of two inputs", (TRAIN, "train[['user', 'item']], centred(train, mean),")),
        ("the mean is subtracted 0 times", (TRAIN, "pairs(train), train['rating'],")),
        ("the mean is subtracted 2 times", (TRAIN, "pairs(train), centred(train, mean) - mean,")),
        ("the mean is subtracted -1 times", (TRAIN, "pairs(train), train['rating'] + mean,")),
        ("another mean", (TRAIN, "pairs(train), train['rating'] - train['rating'].mean(),")),
        ("the right numbers, but sorted", (TRAIN, "pairs(train), np.sort(centred(train, mean)),")),
        ("1003 users, 1003 items and 7 targets", (TRAIN, "pairs(train), centred(train[:7], mean),")),
        ("the loss makes of the errors 2 and 0 should be 2.000; found 1.000", ('"mse"', '"mae"')),
        ("the loss makes of the errors", ('"mse"', '"binary_crossentropy"')),
        ("the loss makes of the errors 2 and 0: the square roots", ('"mse"', "lambda y, p: keras.ops.sqrt(keras.ops.mean((y - p) ** 2))")),
        ("compile got no loss", ('        loss="mse",\n', "")),
        ("'val_rmse'", ('[keras.metrics.RootMeanSquaredError(name="rmse")]', "[]")),
        ("is not the root mean", ('RootMeanSquaredError(name="rmse")', 'MeanAbsoluteError(name="rmse")')),
        ("NameError: name 'vald' is not defined", ("pairs(valid)", "pairs(vald)")),
        ("it is called with", (", mean):", "):")),
        ("uses `data`, a variable", ("train, mean", "train, data.mean")),
        ("restore_best_weights", (", restore_best_weights=True", "")),
        ("patience should be 2; found 3", ("patience=2", "patience=3")),
        ("mode", ("patience=2", "patience=2, mode='max'")),
        ("the learning rate after 8 of the 24 steps", ("adam(len(train))", "adam(1000)")),
        ("start_from_epoch", ("patience=2", "patience=2, start_from_epoch=5")),
        (r"fit gets \['sample_weight'\]", ("verbose=0", "verbose=0, sample_weight=np.arange(len(train)) / 99")),
        (r"fit gets \['steps_per_epoch'\]", ("verbose=0", "verbose=0, steps_per_epoch=5")),
        ("min_delta", ("patience=2", "patience=2, min_delta=0.01")),
        ("the optimizer should be 'Adam'; found 'SGD'", ("adam(len(train))", "keras.optimizers.SGD()")),
    ],
    "predict_stars": [
        (r"a column, \(43, 1\)", (".reshape(-1)", "")),
        (r"one number for all rows, \(\)", (".reshape(-1)", "[0, 0]")),
        ("takes a column of it", (".reshape(-1)", "[:, 0]")),
        ("takes a column of it", "return model(pairs(ratings))[:, 0] + mean"),
        ("43 x 43", (PREDICT, "model.predict(pairs(ratings), verbose=0) + 0 * ratings['user'].to_numpy()")),
        ("uses `data`", ("mean + ", "data.mean + ")),
        ("does not depend on the argument `mean`", ("mean + ", "3.53 + ")),
        ("uses `data`", ("pairs(ratings)", "pairs(data.test)")),
        ("uses `network`", ("model.predict", "network.predict")),
        ("cut off above 5", (PREDICT, f"np.clip({PREDICT}, 1, 5)")),
        ("rounded", (PREDICT, f"np.round({PREDICT})")),
        ("sorted", (PREDICT, f"np.sort({PREDICT})")),
        ("does not depend on the argument `model`", "return ratings['rating'].to_numpy()"),
        ("NameError: name 'row' is not defined", ("pairs(ratings)", "pairs(row)")),
        (r"the arguments \(model, ratings\); it", ("(model, ratings, mean)", "(model, ratings)")),
        (r"1 rating by .*: the shape is \(\)", (PREDICT, "mean + np.squeeze(model.predict(pairs(ratings), verbose=0))")),
        ("its weights are others now", "model.set_weights([0 * w for w in model.get_weights()])\nreturn mean"),
        ("trainable", ("return ", "model.trainable = False\n    return ")),
    ],
    "gain_per_user": [
        ("expected a Series, found a DataFrame", (SORT, f"{SORT}.to_frame()")),
        ("expected a Series, found a float", (f".mean(){SORT}", ".mean().max()")),
        ("expected the 12 users, each once", ('.groupby(ratings["user"]).mean()', "")),
        ("expected the 12 users, each once", ('ratings["user"]', 'ratings["item"]')),
        ("has 10 entries.* expected the 12 users", (SORT, f"{SORT}.head(10)")),
        ("the signs are turned round", ("gain.groupby", "(-gain).groupby")),
        ("differences of roots", "def of(p):\n    return ((p - ratings['rating']) ** 2).groupby(ratings['user']).mean() ** 0.5\n"
            "return (of(without) - of(with_bias)).sort_values()"),
        ("differences of absolute errors", "gain = (without - ratings['rating']).abs() - (with_bias - ratings['rating']).abs()\n"
            "return gain.groupby(ratings['user']).mean()"),
        ("these are the errors with biases", "return ((with_bias - ratings['rating']) ** 2).groupby(ratings['user']).mean()"),
        ("the difference of the two pred", "return pd.Series((without - with_bias) ** 2).groupby(ratings['user'].to_numpy()).mean()"),
        ("in line 8.*KeyError: 'users'", ('ratings["user"]', 'ratings["users"]')),
        ("by an index", "e = [(pd.Series(p) - ratings['rating']) ** 2 for p in (without, with_bias)]\n"
            "return (e[0] - e[1]).groupby(ratings['user']).mean()" + SORT),
        ("uses `data`", ('ratings["user"]', 'data.test["user"].to_numpy()')),
        ("divided by the error", "m = [((p - ratings['rating']) ** 2).groupby(ratings['user']).mean() for p in (without, with_bias)]\n"
            "return ((m[0] - m[1]) / m[0])" + SORT),
        ("changes its argument `ratings`.*'gain'", ("gain = ", 'ratings["gain"] = '), ("gain.groupby", "ratings['gain'].groupby")),
    ],
}
OWN_PENALTY = """
class Squares(keras.regularizers.Regularizer):
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, weights):
        return self.factor * keras.ops.sum(weights**2)


# THE SOLUTION
"""
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
PERMUTED = "k, cut = np.random.{}(seed).permutation(len(ratings)), len(ratings) // 10\nreturn ratings.iloc[k[cut:]], ratings.iloc[k[:cut]]"
RIGHT = {
    "bias_table": [
        [("L2", "l2")],
        [('"zeros"', "keras.initializers.Zeros()")],
        [("keras.regularizers.L2(BIAS_PENALTY)", "{'class_name': 'L2', 'config': {'l2': BIAS_PENALTY}}")],
        [("size, 1", "input_dim=size, output_dim=1")],
        [("return ", "t = "), ("    ### END", "    t.build()\n    return t\n    ### END"), ("BIAS_PENALTY)", "1e-5)")],
        OWN_PENALTY + "bias_table = lambda n, name: layers.Embedding(n, 1, 'zeros', Squares(1e-5), name=name)",
    ],
    "build_mf_mean": [
        [("axes=1", "axes=-1")],
        [PLUS],
        [(DOT, "keras.ops.sum(p_u * q_i, axis=-1, keepdims=True)"), ('name="sum"', "")],
        [(DOT, 'keras.ops.einsum("bf,bf->b", p_u, q_i)[:, None]')],
        [(DOT, "keras.ops.sum(layers.Multiply()([p_u, q_i]), axis=1, keepdims=True)")],
        [(DOT, "layers.Lambda(lambda x: keras.ops.sum(x[0] * x[1], 1, True))([p_u, q_i])")],
        [("Input(()", "Input((1,)"), *((x, f"layers.Flatten()({x})") for x in (P_U, Q_I, A_U, B_I))],
        [("Input(()", "Input((1,)"), ("axes=1", "axes=2"), ("[dot, a_u, b_i]", "[layers.Flatten()(x) for x in (dot, a_u, b_i)]")],
        [(SUM, f"keras.ops.squeeze({SUM}, axis=-1)")],
        [('"p_u"', '"users"'), ('"sum"', '"r"')],
        [('keras.Input((), dtype="int32", name=', "keras.Input((), name=")],
        [(A_U, "a_of(user)"), ("    user = ", '    a_of = bias_table(num_users, "a_u")\n    user = ')],
        [(SUM, "layers.Add()([dot, layers.Add()([b_i, a_u])])")],
        factors("l2(penalty)", "l2(penalty)"),
        [("def build_mf_mean", OWN_PENALTY.replace("# THE SOLUTION\n", "") + "def build_mf_mean"),
            (P_U, "layers.Embedding(num_users, num_factors, embeddings_regularizer=Squares(penalty))(user)")],
        OWN_TABLE,
        subclass("keras.ops.sum(p * q, axis=-1, keepdims=True) + a + b"),
        subclass("keras.ops.sum(p * q, -1) + a[:, 0] + b[:, 0]"),
        subclass("layers.Add()([layers.Dot(axes=1)([p, q]), a, b])"),
        subclass("keras.ops.sum(p * q, -1, True) + a + b", "user, item = inputs[0], inputs[1]"),
        subclass("keras.ops.sum(p * q, -1, True) + a + b").replace(", penalty, ", ", 0.0, ")
        .replace("super().__init__()", "super().__init__(); self.penalty = penalty")
        .replace("        return keras", "        for t in (self.p_u, self.q_i):\n            "
            "self.add_loss(self.penalty * keras.ops.sum(t.embeddings**2))\n        return keras"),
    ],
    "split_ratings": [
        PERMUTED.format("RandomState"),
        PERMUTED.format("default_rng"),
        "np.random.seed(seed)\nmask = np.zeros(len(ratings), dtype=bool)\n"
        "mask[np.random.choice(len(ratings), len(ratings) // 10, replace=False)] = True\nreturn ratings[~mask], ratings[mask]",
        "valid = ratings.sample(n=len(ratings) // 10, random_state=seed)\nreturn ratings.drop(valid.index), valid",
        "valid = ratings.sample(n=len(ratings) // 10, random_state=seed).sort_index()\n"
        "return [ratings.drop(valid.index).reset_index(drop=True), valid]",
        "x, cut = ratings.sample(frac=1, random_state=seed, ignore_index=True), len(ratings) - len(ratings) // 10\n"
        "return x.iloc[:cut], x.iloc[cut:]",
        "from sklearn.model_selection import train_test_split\n"
        "return train_test_split(ratings, test_size=len(ratings) // 10, random_state=seed)",
    ],
    "fit_model": [
        [("progress()],\n    )", "progress()],\n    ).history")],
        [(VALID, "validation_data=[pairs(valid), centred(valid, mean)],")],
        [(TRAIN, "x=pairs(train), y=centred(train, mean),")],
        [(TRAIN, "(train['user'], train['item']), train['rating'] - mean,"),
            (VALID, "validation_data=((valid['user'], valid['item']), valid['rating'] - mean),")],
        [(f"pairs({x})", f"{{'user': {x}['user'].to_numpy(), 'item': {x}['item'].to_numpy()}}") for x in ("train", "valid")],
        [(TRAIN, "[train[['user']].to_numpy(), train[['item']].to_numpy()], train['rating'] - mean,")],
        [("[stop, plotting.progress()]", "stop")],
        [('"mse"', "keras.losses.MeanSquaredError()")],
        [('"mse"', "keras.losses.mean_squared_error")],
        [('"mse"', "lambda y, p: keras.ops.mean((y - p) ** 2, axis=-1)")],
        [("    stop =", "    train = train.sample(frac=1)\n    stop =")],
        [("        steps_per_execution=20,\n", ""), ("verbose=0, ", "")],
        [("adam(len(train))", "keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.01, 12 * -(-len(train) // 1000)))")],
        [(STOP, STOP.replace("patience", "mode='min', patience"))],
        [(TRAIN, "tf.data.Dataset.from_tensor_slices(((train['user'], train['item']), train['rating'] - mean)).batch(1000),"),
            ("batch_size=1000, ", ""), ("    stop =", "    import tensorflow as tf\n    stop =")],
    ],
    "predict_stars": [
        [(".reshape(-1)", ".flatten()")],
        "return np.ravel(model(pairs(ratings))) + mean",
        [("predict(pairs(ratings), batch_size=5000, verbose=0)", "predict_on_batch(pairs(ratings))")],
        [(PREDICT, f"pd.Series({PREDICT}, index=ratings.index)")],
    ],
    "gain_per_user": [
        "def drop(g):\n    return ((g.old - g.rating) ** 2).mean() - ((g.new - g.rating) ** 2).mean()\n"
        "frame = ratings.assign(old=without, new=with_bias)\n"
        f"return frame[['old', 'new', 'rating']].groupby(frame['user']).apply(drop){SORT}",
        "def by_user(stars):\n    squares = pd.DataFrame({'of': (stars - ratings['rating']) ** 2})\n"
        "    return squares.assign(user=ratings['user']).groupby('user')['of'].mean()\n"
        f"return (by_user(without) - by_user(with_bias)){SORT}",
        "gains = {}\nfor user in ratings['user'].unique():\n"
        "    k = (ratings['user'] == user).to_numpy()\n    r = ratings['rating'].to_numpy()[k]\n"
        "    gains[user] = np.mean((without[k] - r) ** 2) - np.mean((with_bias[k] - r) ** 2)\n"
        "return pd.Series(gains).sort_values()[::-1]",
    ],
}
# fmt: on
