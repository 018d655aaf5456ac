"""Logistic regression with a quadratic penalty, on standardised inputs (Hastie, Tibshirani & Friedman 2009, 4.4)."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

Array = NDArray[np.float64]


def fit(inputs: Array, labels: Array, shares: Array, *, penalty: float) -> tuple[Array, float]:
    """Weights, shape (inputs,), and bias, for the inputs as they come.

    Args:
        inputs: shape (cases, inputs).
        labels: 1 or 0 for each case.
        shares: how much each case counts.
        penalty: of the squared weights of the standardised inputs.
    """
    mean, spread = inputs.mean(axis=0), inputs.std(axis=0) + 1e-9
    standard = np.column_stack([(inputs - mean) / spread, np.ones(len(inputs))])
    penalties = np.array([penalty] * inputs.shape[1] + [0.0])

    def loss(weights: Array) -> tuple[float, Array]:
        margins = np.where(labels, 1, -1) * (standard @ weights)
        value = shares @ np.logaddexp(0, -margins) + penalties @ weights**2 / 2
        return value, standard.T @ (shares * (expit(standard @ weights) - labels)) + penalties * weights

    weights = minimize(loss, np.zeros(standard.shape[1]), jac=True, method="L-BFGS-B").x
    scaled = weights[:-1] / spread
    return scaled, float(weights[-1] - scaled @ mean)
