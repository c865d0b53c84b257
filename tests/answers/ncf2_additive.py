"""Practice 5: wrong answers with the hint that each must draw, right ones written differently."""

from types import SimpleNamespace

import pandas as pd

PRACTICE = "05_ncf2_additive"
GIVEN = ["imports", "helpers", "phi", "build-mf"]  # cells that the exercises need
CHECKS = {  # function of the exercise: its cell, its check
    "build_ancf": ("ex-build", "check_build"),
    "term": ("ex-term", "check_term"),
    "what_it_carries": ("ex-carries", "check_carries"),
    "add_terms": ("ex-add", "check_add"),
}


def prepare(namespace: dict) -> None:
    """What else a student has at hand: some data."""
    test = pd.DataFrame({"user": [0, 900, 3], "item": [5, 2, 1600], "rating": [4.0, 2.0, 5.0]})
    namespace["data"] = SimpleNamespace(test=test, mean=3.53, num_users=943, num_items=1682)


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
PART = "keras.Model(model.inputs, model.get_layer(name).output)"
MEANS = "table.mean(axis=1, keepdims=True), table.mean(axis=0, keepdims=True)"
GENERAL = "user_means + film_means - table.mean()"
STDS = "general.std(), (table - general).std()"
ADDED = "layers.Add()([layers.Reshape((1,))(one) for one in (dot, phi)])"


def nothing(function: str) -> str:
    return f"def {function}(*anything, **more):\n    pass\n"


def cut(body: str) -> str:
    return "def term(model, name):\n    " + body.replace("\n", "\n    ") + "\n"


def carries(body: str) -> str:
    return "def what_it_carries(table):\n    " + body.replace("\n", "\n    ") + "\n"


def add(body: str) -> str:
    return "def add_terms(dot, phi):\n    " + body.replace("\n", "\n    ") + "\n"


def regularized(kind: str) -> list:
    """The solution with tables of its own, all penalized in another way."""
    table = "layers.Embedding({}, {}, 'normal', " + kind + ")({})"
    return [
        (P_U, table.format("num_users", "num_factors", "penalty", "user")),
        (Q_I, table.format("num_items", "num_factors", "penalty", "item")),
        (S_U, table.format("num_users", "mlp_factors", "mlp_penalty", "user")),
        (T_I, table.format("num_items", "mlp_factors", "mlp_penalty", "item")),
    ]


CLASS = """
class Sum(keras.Model):
    def call(self, pair):
        return keras.ops.zeros((4, 1))


def build_ancf(*arguments):
    return Sum()
"""

WRONG = {
    "build_ancf": {
        "a variable called phi": (
            [(PHI, "(phi := phi(pair, hidden, dropout))")],
            "with UnboundLocalError",
        ),
        "returns None": (nothing("build_ancf"), "returns nothing; expected a keras.Model"),
        "the output alone": ([(MODEL, "rating")], "expected a keras.Model, found a KerasTensor"),
        "a class": (CLASS, "the network is written as a class"),
        "one input": (
            [("keras.Model([user, item]", "keras.Model(user"), ("(item)", "(user)")],
            "the network takes 1 input",
        ),
        "phi not added": ([(SUM, "dot")], "the output does not depend on s_u, the users' vectors"),
        "the product not added": ([(SUM, PHI)], "the output does not depend on p_u"),
        "MF as it was": (
            "def build_ancf(num_users, num_items, num_factors, mlp_factors, penalty, *others):\n"
            "    return build_mf(num_users, num_items, num_factors, penalty)\n",
            "the output does not depend on s_u",
        ),
        "no tables for phi": ([("[s_u, t_i]", "[p_u, q_i]")], "phi reads p_u and q_i; it has no"),
        "tables swapped between the terms": (
            [("[s_u, t_i]", "[a, b]"), ("[p_u, q_i]", "[s_u, t_i]"), ("[a, b]", "[p_u, q_i]")],
            "and the product is made of s_u and t_i",
        ),
        "one size for all": ([("mlp_factors, mlp_p", "num_factors, mlp_p")], "s_u has 3 numbers"),
        "added, not joined": (
            [(PAIR, "layers.Add()([s_u, t_i])")],
            "s_u and t_i are added or multiplied",
        ),
        "joined along the batch": (
            [(PAIR, "layers.Concatenate(axis=0)([s_u, t_i])")],
            "the numbers of rows do not agree",
        ),
        "multiplied, not joined": (
            [(PAIR, "layers.Multiply()([s_u, t_i])")],
            "s_u and t_i are added or multiplied",
        ),
        "the product inside phi": (
            [("[s_u, t_i]", "[s_u, t_i, dot]"), (SUM, PHI)],
            "the product goes into phi",
        ),
        "multiplied, not added": ([("layers.Add(", "layers.Multiply(")], "are multiplied, not"),
        "subtracted": ([("layers.Add(", "layers.Subtract(")], "phi is subtracted, not added"),
        "averaged": ([("layers.Add(", "layers.Average(")], "the mean of the two terms"),
        "joined, not added": ([("layers.Add(", "layers.Concatenate(")], "stand side by side"),
        "phi twice": ([(f"[dot, {PHI}]", f"[dot] + [{PHI}] * 2")], "phi is added twice"),
        "the product twice": ([("[dot, phi", "[dot, dot, phi")], "the product is added twice"),
        "a column and a vector": (
            [(SUM, f"dot + layers.Reshape(())({PHI})")],
            "a column and a vector are added",
        ),
        "multiplied, not added up": (
            [(DOT, "layers.Multiply()([p_u, q_i])"), (SUM, f"dot + {PHI}")],
            "the factors of p_u and q_i are multiplied, but not added",
        ),
        "mean over the factors": (
            [(DOT, "keras.ops.mean(p_u * q_i, axis=1, keepdims=True)")],
            "the mean over the factors",
        ),
        "the batch mixed": (
            [(DOT, "keras.ops.tensordot(p_u, q_i, axes=2)"), (SUM, f"dot + {PHI}")],
            "differently alone and in a batch",
        ),
        "ReLU behind phi": ([(PHI, f"layers.ReLU()({PHI})")], "there is a ReLU behind phi"),
        "ReLU behind the sum": ([(SUM, f"layers.ReLU()({SUM})")], "a ReLU behind the sum"),
        "a Dense layer behind the sum": (
            [(SUM, f"layers.Dense(1)({SUM})")],
            "there are weights that the formula does not have",
        ),
        "phi without activation": (
            [(PHI, "layers.Dense(1)(layers.Dense(8)(layers.Dense(6)(pair)))")],
            "phi has no activation between its layers",
        ),
        "another phi": ([(PHI, "phi(pair, (6,), dropout)")], "one of (6, 8) for layer 2 of phi"),
        "t_i in front": ([("[s_u, t_i]", "[t_i, s_u]")], "t_i stands before s_u"),
        "the mean added": ([(SUM, f"{SUM} + data.mean")], "off by the same 3.530"),
        "sizes of s and t swapped": (
            [(S_U, S_U.replace("users", "items")), (T_I, T_I.replace("items", "users"))],
            "s_u is looked up with the item's id, t_i is looked up with the user's id",
        ),
        "inputs swapped": (
            [("Model([user, item]", "Model([item, user]")],
            "users are looked up as items",
        ),
        "the user's id into t": ([(T_I, T_I.replace("(item)", "(user)"))], "t_i is looked up with"),
        "a row too many": ([(S_U, S_U.replace("users,", "users + 1,"))], "one of (5, 2) for s_u"),
        "no dropout": ([(PHI, "phi(pair, hidden, 0)")], "nothing is dropped in training"),
        "no penalty": (
            [(", penalty, ", ", 0, "), (", 0, mlp", ", penalty, mlp")],
            "penalty on p_u",
        ),
        "no penalty on phi's tables": (
            [(', mlp_penalty, "', ', 0, "')],
            "there is no penalty on s_u and t_i",
        ),
        "penalties swapped": (
            [
                (P_U, P_U.replace("penalty", "mlp_penalty")),
                (Q_I, Q_I.replace("penalty", "mlp_penalty")),
                (S_U, S_U.replace("mlp_penalty", "penalty")),
                (T_I, T_I.replace("mlp_penalty", "penalty")),
            ],
            "is 0.125 on p_u, 0.125 on q_i, 0.25 on s_u, 0.25 on t_i; expected 0.25 on p_u",
        ),
        "one penalty for all": ([('mlp_penalty, "', 'penalty, "')], "0.25 on s_u, 0.25 on t_i"),
        "L1": (regularized("embeddings_regularizer=keras.regularizers.L1({})"), "values (L1)"),
        "penalty on the output": (
            regularized("activity_regularizer=keras.regularizers.L2({})"),
            "depends on which pairs are in the batch",
        ),
        "a table of zeros": (
            [
                (
                    S_U,
                    "layers.Embedding(num_users, mlp_factors, 'zeros', "
                    "keras.regularizers.L2(mlp_penalty))(user)",
                )
            ],
            "s_u starts at 0",
        ),
        "a frozen table": (
            [(PAIR, "layers.Concatenate()([s_u, keras.ops.stop_gradient(t_i)])")],
            "training cannot move t_i",
        ),
        "no name for the sum": ([('layers.Add(name="rating")', "layers.Add()")], "called 'rating'"),
        "no name for the product": ([('axes=1, name="dot"', "axes=1")], "no layer called 'dot'"),
        "names on the wrong layers": (
            [
                ('axes=1, name="dot"', 'axes=1, name="pair"'),
                ('Concatenate(name="pair")', 'Concatenate(name="dot")'),
            ],
            "what the layer 'dot' gives is not the product",
        ),
        "a name twice": ([('name="dot"', 'name="rating"')], "stopped"),
        "shapes that do not fit": (
            [(Q_I, Q_I.replace("num_factors", "mlp_factors"))],
            "ValueError: Incompatible input shapes",
        ),
    },
    "term": {
        "returns None": (nothing("term"), "returns nothing; expected a keras.Model"),
        "the layer": ([(PART, "model.get_layer(name)")], "found the layer 'dot' itself"),
        "the output": (
            [(PART, "model.get_layer(name).output")],
            "the output of the layer, without",
        ),
        "the network itself": ([(PART, "model")], "the output is that of the layer 'rating'"),
        "always phi": ([("get_layer(name)", 'get_layer("phi")')], "for name='dot' the output is"),
        "always the last layer": (
            [("model.get_layer(name)", "model.layers[-1]")],
            "for name='dot' the output is that of the layer 'rating'",
        ),
        "the input of the layer": ([(".output)", ".input)")], "give the shape (2, 25, 2)"),
        "an array": ([(PART, "np.zeros(4)")], "expected a keras.Model, found a ndarray"),
        "a copy": (
            cut(
                "copy = keras.models.clone_model(model)\ncopy.set_weights(model.get_weights())\n"
                "return keras.Model(copy.inputs, copy.get_layer(name).output)"
            ),
            "its weights are copies",
        ),
        "fresh weights": (
            cut(
                "copy = keras.models.clone_model(model)\n"
                "return keras.Model(copy.inputs, copy.get_layer(name).output)"
            ),
            "for name='dot' the pair (user 0, item 1) should get",
        ),
        "flattened": (
            [(".output)", ".output[:, 0])")],
            "25 pairs give the shape (25,)",
        ),
        "layer by number": ([("get_layer(name)", "get_layer(index=name)")], "stopped in the line"),
        "the notebook's network": (
            [("model.get_layer", "ancf.get_layer")],
            "NameError: name 'ancf'",
        ),
        "the layer's own inputs": (
            [("model.inputs", "model.get_layer(name).input")],
            "begins at the layer's own inputs",
        ),
        "inputs forgotten": ([("model.inputs, ", "")], "stopped in the line"),
    },
    "what_it_carries": {
        "returns None": (nothing("what_it_carries"), "returns nothing; expected two numbers"),
        "the parts": ([(STDS, "general, table - general")], "expected two numbers"),
        "one number": ([(STDS, "(table - general).std()")], "gives the shape (1,)"),
        "the wrong way round": (
            [(STDS, "(table - general).std(), general.std()")],
            "first taste, then general",
        ),
        "variances": ([(".std()", ".var()")], "the numbers are variances"),
        "of a sample": ([(".std()", ".std(ddof=1)")], "those of a sample (ddof=1)"),
        "the whole table": ([("general.std(), ", "table.std(), ")], "the sd of the whole table"),
        "no film means": ([(GENERAL, "user_means + 0 * table")], "only user means are taken"),
        "no user means": ([(GENERAL, "film_means + 0 * table")], "only film means are taken"),
        "user means alone": (
            [("general.std(), ", "user_means.std(), ")],
            "the first number knows the user means only",
        ),
        "film means alone": (
            [("general.std(), ", "film_means.std(), ")],
            "the first number knows the film means only",
        ),
        "film means left in": (
            [("(table - general).std()", "(table - user_means).std()")],
            "the film means are still in the taste",
        ),
        "user means left in": (
            [("(table - general).std()", "(table - film_means).std()")],
            "the user means are still in the taste",
        ),
        "nothing subtracted": (
            [("(table - general).std()", "table.std()")],
            "the second number is not about the table without",
        ),
        "no keepdims": ([(", keepdims=True", "")], "shapes that do not fit are put"),
        "square: users' means as a row": (
            carries(
                "u = table.mean(axis=1)\nf = table.mean(axis=0)\n"
                "if table.shape[0] != table.shape[1]:\n    u = u[:, None]\n"
                "g = u + f - table.mean()\n"
                "g = g + 0 * table\nreturn g.std(), (table - g).std()"
            ),
            "the users' means are subtracted from the films' columns",
        ),
        "absolute values": (
            [(STDS, "np.abs(general).mean(), np.abs(table - general).mean()")],
            "means of absolute values",
        ),
        "the table changed": (
            [(STDS, "general.std(), np.subtract(table, general, out=table).std()")],
            "the table that was passed in is changed",
        ),
        "means added, not subtracted": (
            [("(table - general)", "(table + general)")],
            "general has the sd",
        ),
    },
    "add_terms": {
        "returns None": (nothing("add_terms"), "returns nothing; expected a tensor"),
        "plus": ([(ADDED, "dot + phi")], "the sum has 4 x 4 numbers"),
        "only phi made a column": (
            [(ADDED, "dot + layers.Reshape((1,))(phi)")],
            "with dot of the shape (4,) and phi (4, 1) the sum has 4 x 4 numbers",
        ),
        "reshaped too late": (
            [(ADDED, "layers.Reshape((1,))(dot + phi)")],
            "with dot of the shape (4, 1) and phi (4,) the network stops when it is run",
        ),
        "Add alone": ([(ADDED, "layers.Add()([dot, phi])")], "the sum is a vector, (4,)"),
        "both vectors": (
            [("Reshape((1,))", "Reshape(())")],
            "the sum is a vector, (4,); expected a column",
        ),
        "side by side": ([("layers.Add()", "layers.Concatenate()")], "has the shape (4, 2)"),
        "multiplied": ([("layers.Add()", "layers.Multiply()")], "the terms are multiplied"),
        "subtracted": ([("layers.Add()", "layers.Subtract()")], "phi is subtracted"),
        "averaged": ([("layers.Add()", "layers.Average()")], "the mean of the terms"),
        "phi forgotten": (
            add("return layers.Reshape((1,))(dot)"),
            ("phi is not in the sum", "not connected to"),
        ),
        "the product forgotten": (
            add("return layers.Reshape((1,))(phi)"),
            ("the product is not in the sum", "not connected to"),
        ),
        "product twice": ([("(dot, phi)]", "(dot, dot, phi)]")], "1.0 and 0.5 give 2.5"),
        "the batch added up": (
            [(ADDED, "keras.ops.sum(dot) + keras.ops.sum(phi)")],
            "one number for the whole batch",
        ),
        "an array": ([(ADDED, "np.zeros((4, 1))")], "expected what a layer or an operation gives"),
        "a layer": ([(ADDED, "layers.Add()")], "found a Add"),
        "transposed": (
            [
                (
                    ADDED,
                    "keras.ops.transpose(keras.ops.reshape(dot, (-1, 1))) + "
                    "keras.ops.reshape(phi, (1, -1))",
                )
            ],
            "the sum has the shape (1, 4)",
        ),
    },
}

RIGHT = {
    "build_ancf": {
        "ops": [
            (DOT, 'layers.Dot(axes=-1, name="dot")([q_i, p_u])'),
            (PAIR, "keras.ops.concatenate([s_u, t_i], axis=1)"),
        ],
        "phi first": [(f"[dot, {PHI}]", f"[{PHI}, dot]")],
        "from build_mf": [
            ("dot = " + DOT, "dot = build_mf(num_users, num_items, num_factors, penalty).output"),
            (P_U, "0"),
            (Q_I, "0"),
            ('    user = keras.Input((), dtype="int32", name="user")\n', ""),
            (
                '    item = keras.Input((), dtype="int32", name="item")\n',
                "    mf = build_mf(num_users, num_items, num_factors, penalty)\n"
                "    user, item = mf.inputs\n",
            ),
            ("build_mf(num_users, num_items, num_factors, penalty).output", "mf.output"),
        ],
        "Flatten": [
            ("Input(()", "Input((1,)"),
            (P_U, f"layers.Flatten()({P_U})"),
            (Q_I, f"layers.Flatten()({Q_I})"),
            (S_U, f"layers.Flatten()({S_U})"),
            (T_I, f"layers.Flatten()({T_I})"),
        ],
        "tables of its own": regularized("embeddings_regularizer=keras.regularizers.L2({})"),
    },
    "term": {
        "by keywords": [
            (PART, "keras.Model(inputs=model.input, outputs=model.get_layer(name).output)")
        ],
        "searched for": cut(
            "layer = next(layer for layer in model.layers if layer.name == name)\n"
            "return keras.Model(model.inputs, layer.output)"
        ),
        "a tuple of inputs": [("model.inputs", "[*model.inputs]")],
    },
    "what_it_carries": {
        "taste first": carries(
            "taste = table - table.mean(axis=1)[:, None] - table.mean(axis=0) + table.mean()\n"
            "return (table - taste).std(), taste.std()"
        ),
        "the mean of all left out": [(" - table.mean()", "")],
        "in two steps": carries(
            "rest = table - np.mean(table, axis=1, keepdims=True)\n"
            "rest = rest - np.mean(rest, axis=0, keepdims=True)\n"
            "return [np.std(table - rest), np.std(rest)]"
        ),
        "a frame": carries(
            "frame = pd.DataFrame(table)\n"
            "taste = frame.sub(frame.mean(axis=1), axis=0)\ntaste = taste - taste.mean()\n"
            "return np.array([(frame - taste).to_numpy().std(), taste.to_numpy().std()])"
        ),
        "by Pythagoras": carries(
            "general = table.mean(axis=1, keepdims=True) + table.mean(axis=0)\n"
            "return general.std(), np.sqrt(table.var() - general.var())"
        ),
    },
    "add_terms": {
        "ops.reshape": add(
            "return keras.ops.reshape(dot, (-1, 1)) + keras.ops.reshape(phi, (-1, 1))"
        ),
        "Flatten": [("Reshape((1,))", "Flatten()")],
        "Add, then a column": [(ADDED, "layers.Reshape((1,))(layers.Add()([dot, phi]))")],
        "only where it is needed": add(
            "if len(dot.shape) == 1:\n    dot = keras.ops.expand_dims(dot, -1)\n"
            "if len(phi.shape) == 1:\n    phi = keras.ops.expand_dims(phi, -1)\n"
            "return dot + phi"
        ),
        "vectors, then a column": add(
            "total = layers.Reshape(())(dot) + layers.Reshape(())(phi)\nreturn total[:, None]"
        ),
    },
}
