"""Equations written as text, worked out on arrays by an interpreter that knows arithmetic only."""

import ast
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z)."""
    return 1 / (1 + np.exp(-np.clip(z, -700, 700)))


def softplus(z: Array) -> Array:
    """log(1 + e^z)."""
    return np.logaddexp(0, z)


def laplace_icdf(u: Array, loc: Array, scale: float) -> Array:
    """The value below which a Laplace variable falls with probability u."""
    off = np.asarray(u) - 0.5
    return loc - scale * np.sign(off) * np.log1p(-2 * np.abs(off))


FUNCTIONS: dict[str, Callable[..., Array]] = {
    "abs": np.abs,
    "exp": np.exp,
    "laplace_icdf": laplace_icdf,
    "log": np.log,
    "sigmoid": sigmoid,
    "sign": np.sign,
    "softplus": softplus,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "where": np.where,
}
BINARY: dict[type[ast.operator], Callable[[Array, Array], Array]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
COMPARE: dict[type[ast.cmpop], Callable[[Array, Array], NDArray[np.bool_]]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}


class Expression:
    """One right-hand side, such as `20/(1+exp(-x2**2 + x1)) + u3`; refuses all but arithmetic."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.body = ast.parse(text, mode="eval").body
        called = {id(node.func) for node in ast.walk(self.body) if isinstance(node, ast.Call)}
        names = [
            node.id
            for node in ast.walk(self.body)
            if isinstance(node, ast.Name) and id(node) not in called
        ]
        self.names = tuple(dict.fromkeys(names))
        self(dict.fromkeys(self.names, np.full(1, 0.5)))  # what is not arithmetic is told at once

    def __call__(self, values: Mapping[str, Array]) -> Array:
        """Its value where every name has an array of the same shape, or one that broadcasts."""
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            return np.asarray(_value(self.body, values))


def numbers(text: str) -> tuple[str, list[object]]:
    """`normal(0, sqrt(2))` as its name and its arguments, numbers or lists of numbers."""
    call = ast.parse(text, mode="eval").body
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        raise TypeError(f"not a law: {text}")
    return call.func.id, [_number(argument) for argument in call.args]


def _number(node: ast.expr) -> object:
    if isinstance(node, ast.List):
        return [_number(item) for item in node.elts]
    return float(_value(node, {}))


def _value(node: ast.expr, values: Mapping[str, Array]) -> Array:
    match node:
        case ast.Constant(value=int() | float() as value):
            return np.asarray(float(value))
        case ast.Name(name):
            return values[name]
        case ast.UnaryOp(ast.USub(), operand):
            return -_value(operand, values)
        case ast.BinOp(left, operator, right) if type(operator) in BINARY:
            return BINARY[type(operator)](_value(left, values), _value(right, values))
        case ast.Compare(left, [operator], [right]) if type(operator) in COMPARE:
            return COMPARE[type(operator)](_value(left, values), _value(right, values))
        case ast.Call(ast.Name(name), arguments, []) if name in FUNCTIONS:
            return FUNCTIONS[name](*(_value(argument, values) for argument in arguments))
    raise ValueError(f"not arithmetic: {ast.unparse(node)}")
