"""Practice 5: wrong answers with a part of the hint that each must draw, and other right ones."""

from types import SimpleNamespace

import pandas as pd


def prepare(space: dict) -> None:
    """What else a student has at hand: some data, a network, and the tables of its terms."""
    test = pd.DataFrame({"user": [0, 900, 3], "item": [5, 2, 1600], "rating": [4.0, 2.0, 5.0]})
    space["data"] = SimpleNamespace(test=test, mean=3.53, num_users=943, num_items=1682)
    space["ancf"] = space["build_mf"](12, 14, 2, 0.0)
    rows = pd.DataFrame({"user": [0, 1, 2, 3] * 3, "item": range(12)})
    space["table_of"] = lambda model: model.predict(space["pairs"](rows), verbose=0).reshape(4, 3)


def quicker(cell: str, source: str) -> str:
    """A cell of the filled-in practice, with every fourth rating, to save time."""
    if cell == "load":
        fewer = "data = dataclasses.replace(data, train=data.train[:20_000])"
        load, rest = source.split("\n", 1)
        assert load == "data = load_ratings()"
        return f"import dataclasses\n{load}\n{fewer}\n{rest}"
    return source


P_U = 'factor_table(num_users, num_factors, penalty, "p_u")(user)'
Q_I = 'factor_table(num_items, num_factors, penalty, "q_i")(item)'
S_U = 'factor_table(num_users, mlp_factors, mlp_penalty, "s_u")(user)'
T_I = 'factor_table(num_items, mlp_factors, mlp_penalty, "t_i")(item)'
DOT = 'layers.Dot(axes=1, name="dot")([p_u, q_i])'
PAIR = 'layers.Concatenate(name="pair")([s_u, t_i])'
PHI = "phi(pair, hidden, dropout)"
SUM = f'layers.Add(name="rating")([dot, {PHI}])'
MODEL = 'keras.Model([user, item], rating, name="ancf")'
PLUS = (SUM, f"dot + {PHI}")
PART = "keras.Model(model.inputs, model.get_layer(name).output)"
COPY = "copy = keras.models.clone_model(model)\n{}return keras.Model(copy.inputs, copy.get_layer(name).output)"
GENERAL, REST = "user_means + film_means - table.mean()", "(table - general)"
STDS = f"general.std(), {REST}.std()"
ADDED = "layers.Add()([layers.Reshape((1,))(one) for one in (dot, phi)])"


def tables(more: str) -> list[tuple[str, str]]:
    """The solution with tables of its own, `more` of which is said with {} for the penalty."""
    table = "layers.Embedding({}, 'normal', " + more + ")({})"
    sizes = (
        ("num_users, num_factors", "penalty", "user"),
        ("num_items, num_factors", "penalty", "item"),
    )
    sizes += (
        ("num_users, mlp_factors", "mlp_penalty", "user"),
        ("num_items, mlp_factors", "mlp_penalty", "item"),
    )
    return [(old, table.format(*new)) for old, new in zip((P_U, Q_I, S_U, T_I), sizes, strict=True)]


CLASS = """
class Sum(keras.Model):
    def call(self, pair):
        return keras.ops.zeros((4, 1))


def build_ancf(*arguments):
    return Sum()
"""
# fmt: off
WRONG = {
    "build_ancf": [
        ("with UnboundLocalError", (PHI, "(phi := phi(pair, hidden, dropout))")),
        ("without a network, a KerasTensor", (MODEL, "rating")),
        ("found one that is written as a class", CLASS),
        ("the network takes 1 input", ("keras.Model([user, item]", "keras.Model(user"), ("(item)", "(user)")),
        ("the output does not depend on s_u", (SUM, "dot")),
        ("the output does not depend on p_u", (SUM, PHI)),
        ("the output does not depend on s_u", "return build_mf(num_users, num_items, num_factors, penalty)"),
        ("phi reads p_u and q_i; it has no", ("[s_u, t_i]", "[p_u, q_i]")),
        ("and the product is made of s_u and t_i", ("[s_u, t_i]", "[a, b]"), ("[p_u, q_i]", "[s_u, t_i]"), ("[a, b]", "[p_u, q_i]")),
        ("num_factors.* mlp_factors", ("num_factors, penalty", "mlp_factors, penalty"), ("mlp_factors, mlp_p", "num_factors, mlp_p")),
        ("s_u has 3 numbers", ("mlp_factors, mlp_p", "num_factors, mlp_p")),
        ("p_u has 2 numbers", ("num_factors, penalty", "mlp_factors, penalty")),
        ("s_u and t_i are added or multiplied", (PAIR, "layers.Add()([s_u, t_i])")),
        ("s_u and t_i are added or multiplied", (PAIR, "layers.Multiply()([s_u, t_i])")),
        ("joined along the batch", (PAIR, "layers.Concatenate(axis=0)([s_u, t_i])")),
        ("the product goes into phi", ("[s_u, t_i]", "[s_u, t_i, dot]"), (SUM, PHI)),
        ("p_u and q_i go into phi", ("[s_u, t_i]", "[s_u, t_i, p_u, q_i]")),
        ("are multiplied, not", ("layers.Add(", "layers.Multiply(")),
        ("phi is subtracted, not added", ("layers.Add(", "layers.Subtract(")),
        ("the mean of the 2 terms", ("layers.Add(", "layers.Average(")),
        ("stand side by side", ("layers.Add(", "layers.Concatenate(")),
        ("phi is added twice", (f"[dot, {PHI}]", f"[dot] + [{PHI}] * 2")),
        ("the product is added twice", ("[dot, phi", "[dot, dot, phi")),
        ("phi is multiplied by 0.5", PLUS, ("dot + phi", "dot + 0.5 * phi")),
        ("a column and a vector are added", (SUM, f"dot + layers.Reshape(())({PHI})")),
        ("a vector and a column are added", (DOT, "keras.ops.sum(p_u * q_i, axis=-1)"), PLUS),
        ("multiplied, but not added", (DOT, "layers.Multiply()([p_u, q_i])"), PLUS),
        ("the mean over the factors", (DOT, "keras.ops.mean(p_u * q_i, axis=1, keepdims=True)")),
        (r"\(a cosine\)", ("axes=1,", "axes=1, normalize=True,")),
        ("the last factor is left out", (DOT, "layers.Dot(axes=1)([p_u[:, :-1], q_i[:, :-1]])")),
        ("the same number for every pair", (DOT, "keras.ops.tensordot(p_u, q_i, axes=2)"), PLUS),
        ("there is a ReLU behind phi", (PHI, f"layers.ReLU()({PHI})")),
        ("a ReLU behind the sum", (SUM, f"layers.ReLU()({SUM})")),
        ("there are weights that the formula does not have", (SUM, f"layers.Dense(1)({SUM})")),
        ("phi has no activation between its layers", (PHI, "layers.Dense(1)(layers.Dense(8)(layers.Dense(6)(pair)))")),
        (r"one of the shape \(6, 8\) for layer 2 of phi", (PHI, "phi(pair, (6,), dropout)")),
        ("t_i stands before s_u", ("[s_u, t_i]", "[t_i, s_u]")),
        ("uses `data`", (SUM, f"{SUM} + data.mean")),
        ("off by the same 3.530", (SUM, f"{SUM} + 3.53")),
        ("s_u is looked up with the item's id, t_i is looked up with the user's id",
            (S_U, S_U.replace("users", "items")), (T_I, T_I.replace("items", "users"))),
        ("users are looked up as items", ("Model([user, item]", "Model([item, user]")),
        ("t_i is looked up with", (T_I, T_I.replace("(item)", "(user)"))),
        (r"one of the shape \(5, 2\) for s_u", (S_U, S_U.replace("users,", "users + 1,"))),
        ("nothing is dropped in training", (PHI, "phi(pair, hidden, 0)")),
        (r"the dropout has the rates \[0.4, 0.4\]", (PHI, "phi(pair, hidden, 0.4)")),
        ("there is no penalty on p_u", (", penalty, ", ", 0, "), (", 0, mlp", ", penalty, mlp")),
        ("no penalty on s_u of the users and t_i", (', mlp_penalty, "', ', 0, "')),
        ("0.25 on s_u.*0.125 on p_u.*; expected 0.125 on s_u",
            *((old, old.replace("penalty", "mlp_penalty")) for old in (P_U, Q_I)), *((old, old.replace("mlp_pen", "pen")) for old in (S_U, T_I))),
        ("0.25 on s_u of the users, 0.25 on t_i", ('mlp_penalty, "', 'penalty, "')),
        (r"values \(L1\)", *tables("embeddings_regularizer=keras.regularizers.L1({})")),
        ("depends on which rows are in the batch", *tables("activity_regularizer=keras.regularizers.L2({})")),
        ("s_u of the users starts at 0", (S_U, "layers.Embedding(num_users, mlp_factors, 'zeros', keras.regularizers.L2(mlp_penalty))(user)")),
        ("training cannot move t_i", (PAIR, "layers.Concatenate()([s_u, keras.ops.stop_gradient(t_i)])")),
        ("no layer called 'rating'", ('layers.Add(name="rating")', "layers.Add()")),
        ("no layer called 'dot'", ('axes=1, name="dot"', "axes=1")),
        ("what the layer 'dot' gives is something else", ('axes=1, name="dot"', 'axes=1, name="pair"'),
            ('Concatenate(name="pair")', 'Concatenate(name="dot")')),
        ("what the text calls 'ancf' is called", (', name="ancf"', "")),
        ("stopped", ('name="dot"', 'name="rating"')),
        ("ValueError: Incompatible input shapes", (Q_I, Q_I.replace("num_factors", "mlp_factors"))),
        ("compiled already", ("return keras", "m = keras"), ("    ### END", "    m.compile()\n    return m\n    ### END")),
    ],
    "term": [
        ("found the layer 'phi' itself", (PART, "model.get_layer(name)")),
        ("without a network, a KerasTensor", (PART, "model.get_layer(name).output")),
        ("the output is that of the layer 'rating'", (PART, "model")),
        ("for name='dot' the output is that of the layer 'phi'", ("get_layer(name)", 'get_layer("phi")')),
        ("the output is that of the layer 'rating'", ("model.get_layer(name)", "model.layers[-1]")),
        ("for name='s_u' the output is that of the layer 'rating'",
            "return keras.Model(model.inputs, model.get_layer(name).output) if name in ('dot', 'phi') else model"),
        ("the output is that of the layer 'phi_2'", (".output)", ".input)")),
        ("expected a keras.Model, found an array", (PART, "np.zeros(4)")),
        ("its weights are copies", COPY.format("copy.set_weights(model.get_weights())\n")),
        ("for name='phi' the output at index", COPY.format("")),
        (r"37 pairs give the shape \(37,\)", (".output)", ".output[:, 0])")),
        ("stopped in line 4, .*TypeError", ("get_layer(name)", "get_layer(index=name)")),
        ("uses `ancf`.* arguments", ("model.get_layer", "ancf.get_layer")),
        ("uses `ancf`.* arguments", ("model.inputs", "ancf.inputs")),
        ("begins elsewhere than at the ids", ("model.inputs", "model.get_layer(name).input")),
        ("stopped in line 4", ("model.inputs, ", "")),
        ("one input and one path", "names = [layer.name for layer in model.layers]\nreturn keras.Sequential(model.layers[: names.index(name) + 1])"),
        ("changes its argument `model`.*trainable", ("    return", "    model.trainable = False\n    return")),
    ],
    "what_it_carries": [
        ("expected two numbers, found a tuple", (STDS, f"general, {REST}")),
        ("expected two numbers, found a float64", (STDS, f"{REST}.std()")),
        ("first taste, then general", (STDS, f"{REST}.std(), general.std()")),
        ("the numbers are variances", (".std()", ".var()")),
        (r"those of a sample \(ddof=1\)", (".std()", ".std(ddof=1)")),
        ("the sd of the whole table", ("general.std(), ", "table.std(), ")),
        ("only user means are taken", (GENERAL, "user_means + 0 * table")),
        ("only film means are taken", (GENERAL, "film_means + 0 * table")),
        ("the first number knows the user means only", ("general.std(), ", "user_means.std(), ")),
        ("the first number knows the film means only", ("general.std(), ", "film_means.std(), ")),
        ("the film means are still in the taste", (REST, "(table - user_means)")),
        ("the user means are still in the taste", (REST, "(table - film_means)")),
        ("the second number is not about the table without", (REST, "table")),
        ("users' means are subtracted from the films'", (", keepdims=True", "")),
        ("users' means are subtracted from the films'", "g = table.mean(axis=1) + table.mean(axis=0) - table.mean()\nreturn g.std(), (table - g).std()"),
        ("means of absolute values", (STDS, f"np.abs(general).mean(), np.abs{REST}.mean()")),
        ("changes its argument `table`", (STDS, "general.std(), np.subtract(table, general, out=table).std()")),
        ("added to the table, not subtracted", (REST, "(table + general)")),
        ("general is half of what it should be", (GENERAL, "(user_means + film_means) / 2")),
        ("medians", *((f"table.mean(axis={k}, ", f"np.median(table, axis={k}, ") for k in (0, 1))),
        ("uses `.*`, a variable of the notebook", ("    user_means", "    table = table_of(ancf)\n    user_means")),
        ("the sd of what is taste should be", (STDS, f"general.std(), {REST}.max()")),
    ],
    "add_terms": [
        (r"phi \(5,\) the sum has 5 x 5 numbers", (ADDED, "dot + phi")),
        (r"dot of the shape \(5,\) and phi \(5, 1\) the sum has 5 x 5", (ADDED, "dot + layers.Reshape((1,))(phi)")),
        (r"dot of the shape \(5, 1\) and phi \(5,\), .* the network stops when it is run", (ADDED, "layers.Reshape((1,))(dot + phi)")),
        (r"the sum is a vector, \(5,\)", (ADDED, "layers.Add()([dot, phi])")),
        (r"the sum is a vector, \(5,\); expected a column", ("Reshape((1,))", "Reshape(())")),
        (r"the shape is \(5, 2\)", ("layers.Add()", "layers.Concatenate()")),
        ("the terms are multiplied", ("layers.Add()", "layers.Multiply()")),
        ("phi is subtracted", ("layers.Add()", "layers.Subtract()")),
        ("the mean of the 2 terms", ("layers.Add()", "layers.Average()")),
        ("do not contain phi", "return layers.Reshape((1,))(dot)"),
        ("do not contain the product", "return layers.Reshape((1,))(phi)"),
        ("the product is added twice", ("(dot, phi)]", "(dot, dot, phi)]")),
        ("one number for all rows", (ADDED, "keras.ops.sum(dot) + keras.ops.sum(phi)")),
        ("expected what a layer or an operation gives", (ADDED, "np.zeros((4, 1))")),
        ("found an Add", (ADDED, "layers.Add()")),
        (r"exchanged, \(1, 5\)", (ADDED, "keras.ops.transpose(keras.ops.reshape(dot, (-1, 1))) + keras.ops.reshape(phi, (1, -1))")),
        ("a batch of 5 rows", (ADDED, "keras.ops.reshape(dot, (4, 1)) + keras.ops.reshape(phi, (4, 1))")),
        (r"a batch of 5 rows.*None", (ADDED, "keras.ops.reshape(dot, (dot.shape[0], 1)) + keras.ops.reshape(phi, (dot.shape[0], 1))")),
    ],
}
MF = "    mf = build_mf(num_users, num_items, num_factors, penalty)\n    user, item = mf.inputs\n"
USER, ITEM = (f'    {x} = keras.Input((), dtype="int32", name="{x}")\n' for x in ("user", "item"))
RIGHT = {
    "build_ancf": [
        [(DOT, 'layers.Dot(axes=-1, name="dot")([q_i, p_u])'), (PAIR, "keras.ops.concatenate([s_u, t_i], axis=1)")],
        [(f"[dot, {PHI}]", f"[{PHI}, dot]")],
        [(USER, ""), (ITEM, MF), (P_U, "0"), (Q_I, "0"), (DOT, "mf.output")],
        [("Input(()", "Input((1,)"), *((x, f"layers.Flatten()({x})") for x in (P_U, Q_I, S_U, T_I))],
        tables("embeddings_regularizer=keras.regularizers.L2({})"),
        [(SUM, 'layers.Reshape((), name="rating")(layers.Add()([dot, phi(pair, hidden, dropout)]))')],
        [(SUM, 'layers.Add(name="rating")([layers.Reshape(())(one) for one in (dot, phi(pair, hidden, dropout))])')],
    ],
    "term": [
        [(PART, "keras.Model(inputs=model.input, outputs=model.get_layer(name).output)")],
        "layer = next(layer for layer in model.layers if layer.name == name)\nreturn keras.Model(model.inputs, layer.output)",
        [("model.inputs", "[*model.inputs]")],
    ],
    "what_it_carries": [
        "taste = table - table.mean(axis=1)[:, None] - table.mean(axis=0) + table.mean()\nreturn (table - taste).std(), taste.std()",
        [(" - table.mean()", "")],
        "rest = table - np.mean(table, axis=1, keepdims=True)\nrest = rest - np.mean(rest, axis=0, keepdims=True)\n"
        "return [np.std(table - rest), np.std(rest)]",
        "frame = pd.DataFrame(table)\ntaste = frame.sub(frame.mean(axis=1), axis=0)\ntaste = taste - taste.mean()\n"
        "return np.array([(frame - taste).to_numpy().std(), taste.to_numpy().std()])",
        "general = table.mean(axis=1, keepdims=True) + table.mean(axis=0)\n"
        "return general.std(), np.sqrt(table.var() - general.var())",
    ],
    "add_terms": [
        "return keras.ops.reshape(dot, (-1, 1)) + keras.ops.reshape(phi, (-1, 1))",
        [("Reshape((1,))", "Flatten()")],
        [(ADDED, "layers.Reshape((1,))(layers.Add()([dot, phi]))")],
        "if len(dot.shape) == 1:\n    dot = keras.ops.expand_dims(dot, -1)\n"
        "if len(phi.shape) == 1:\n    phi = keras.ops.expand_dims(phi, -1)\nreturn dot + phi",
        "total = layers.Reshape(())(dot) + layers.Reshape(())(phi)\nreturn total[:, None]",
    ],
}
# fmt: on
