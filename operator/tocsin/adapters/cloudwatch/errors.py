"""What boto3 raises, as reasons in words of our own: its words may quote what was signed."""

from dataclasses import dataclass
from typing import Final

from botocore.exceptions import (  # type: ignore[import-untyped]  # it has no types
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    InvalidRegionError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ReadTimeoutError,
)

from tocsin.core.samples import Failure, FailureKind

_THROTTLING: Final = frozenset(
    ("Throttling", "ThrottlingException", "ThrottledException", "RequestLimitExceeded",
     "TooManyRequestsException", "LimitExceeded", "LimitExceededFault", "SlowDown")
)  # fmt: skip
_DENIED: Final = frozenset(
    ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized",
     "OptInRequired")
)  # fmt: skip
_CREDENTIALS: Final = frozenset(
    ("InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch",
     "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "MissingAuthenticationToken",
     "MissingAuthenticationTokenException", "InvalidAccessKeyId", "AuthFailure", "RequestExpired")
)  # fmt: skip
_REJECTED: Final = frozenset(
    ("ValidationError", "ValidationException", "InvalidParameterValue",
     "InvalidParameterValueException", "InvalidParameterCombination",
     "InvalidParameterCombinationException", "MissingParameter", "MissingRequiredParameter",
     "MissingRequiredParameterException", "InvalidFormat")
)  # fmt: skip
_SHOWN: Final = 200
_FIND: Final = "a service account with a role (IRSA, Pod Identity), or AWS_… in extraEnv"


@dataclass(frozen=True)
class Trouble:
    """Why there is no answer; `throttled` and `rejected` say what else may be done about it."""

    failure: Failure
    throttled: bool = False
    rejected: bool = False


def trouble_of(error: Exception, region: str, timeout: float) -> Trouble:
    """What `error` means."""
    if isinstance(error, ClientError):
        return _of_the_api(error)
    if isinstance(error, ParamValidationError):
        return _rejected(str(error))
    return Trouble(Failure(*_of_the_way(error, region, timeout)))


def _of_the_api(error: ClientError) -> Trouble:
    said = error.response.get("Error", {})
    code, status = str(said.get("Code", "")), _status(error)
    if code in _THROTTLING or status == 429:
        message = "CloudWatch is asked too often (throttling): ask for a higher quota of "
        message += "GetMetricData, or give the rules a longer interval"
        return Trouble(Failure(FailureKind.HTTP_ERROR, message), throttled=True)
    if code in _REJECTED:
        return _rejected(str(said.get("Message", "")))
    if code in _DENIED:
        what = error.operation_name
        permission = "sts:AssumeRole" if what == "AssumeRole" else "cloudwatch:GetMetricData"
        message = f"the operator's identity may not do this ({code}): allow it {permission}"
    elif code in _CREDENTIALS:
        message = f"the credentials are not taken ({code}): check {_FIND}, and the clock"
    else:
        message = f"CloudWatch answered {status or 'an error'} ({code[:60]})"
    return Trouble(Failure(FailureKind.HTTP_ERROR, message))


def _of_the_way(error: Exception, region: str, timeout: float) -> tuple[FailureKind, str]:
    """Kind and message where nothing was answered."""
    match error:
        case NoCredentialsError() | PartialCredentialsError():
            return FailureKind.UNREACHABLE, f"no credentials for AWS are found: give it {_FIND}"
        case CredentialRetrievalError():
            return FailureKind.UNREACHABLE, f"the credentials cannot be fetched: check {_FIND}"
        case ConnectTimeoutError() | ReadTimeoutError():
            return FailureKind.TIMEOUT, f"CloudWatch did not answer within {timeout:g} s"
        case EndpointConnectionError() | InvalidRegionError():
            said = f"CloudWatch cannot be reached in {region}: check region and endpointUrl of the "
            return FailureKind.UNREACHABLE, f"{said}source, and that the network leads there"
    return FailureKind.UNREACHABLE, f"CloudWatch cannot be asked: {type(error).__name__}"


def _rejected(said: str) -> Trouble:
    said = " ".join(said.split())[:_SHOWN]
    kind = FailureKind.QUERY_REJECTED
    return Trouble(Failure(kind, f"CloudWatch rejects the query: {said}"), rejected=True)


def _status(error: ClientError) -> int:
    metadata = error.response.get("ResponseMetadata", {})
    return int(metadata.get("HTTPStatusCode") or 0)
