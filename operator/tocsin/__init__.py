"""Tocsin: alerts on machine-learning models that run on Kubernetes."""

__version__ = "0.1.0"
