"""Amazon CloudWatch. Importing this imports boto3, which only those pay for who configure it."""

from tocsin.adapters.cloudwatch.client import Connection, connect
from tocsin.adapters.cloudwatch.source import CloudWatchSource, Ways

__all__ = ["CloudWatchSource", "Connection", "Ways", "connect"]
