"""Why a rule fires or does not: read off what the engine remembers, and put into sentences."""

from tocsin.engine.explaining.explainer import Explainer

__all__ = ["Explainer"]
