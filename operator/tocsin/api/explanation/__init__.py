"""What `/explain` says as JSON, and `tocsin explain -o json`: docs/explain.schema.json has it."""

from tocsin.api.explanation.index import Index, RuleRow, WorkloadRow, WorkloadRule
from tocsin.api.explanation.rule import Explanation, Missing
from tocsin.api.explanation.subjects import Subject

__all__ = ["Explanation", "Index", "Missing", "RuleRow", "Subject", "WorkloadRow", "WorkloadRule"]
