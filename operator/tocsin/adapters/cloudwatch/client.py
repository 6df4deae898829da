"""The client of CloudWatch's API, with the credentials that boto3 finds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import boto3  # type: ignore[import-untyped]  # it has no types
from botocore.config import Config  # type: ignore[import-untyped]  # likewise
from botocore.credentials import (  # type: ignore[import-untyped]  # likewise
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    DeferredRefreshableCredentials,
)
from botocore.session import Session, get_session  # type: ignore[import-untyped]  # likewise

#: Requests that are under way at once.
AT_ONCE: Final = 4
#: Attempts at one request within its time; what is refused longer is left alone by the source.
_ATTEMPTS: Final = 2


@dataclass(frozen=True)
class Connection:
    """Where CloudWatch is asked, as whom, and for how many seconds at most."""

    region: str
    role_arn: str | None = None
    endpoint_url: str | None = None
    timeout: float = 10.0


class Client(Protocol):
    """What is used of boto3's client; it may be called from several threads."""

    def get_metric_data(self, **request: Any) -> Mapping[str, Any]:
        """One page of values, as CloudWatch's API has it.

        Raises:
            botocore.exceptions.BotoCoreError, ClientError: there is none.
        """
        ...


def connect(connection: Connection) -> Client:
    """A client; no request is made before it is used, and credentials are found then.

    Raises:
        botocore.exceptions.BotoCoreError: the settings make no sense, such as the region.
    """
    session = get_session()
    if connection.role_arn:
        role = _Role(session, connection.role_arn, connection.region)
        session = Session()
        session.get_component("credential_provider").insert_before("env", role)
    config = Config(
        connect_timeout=connection.timeout,
        read_timeout=connection.timeout,
        max_pool_connections=AT_ONCE,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        user_agent_extra="tocsin",
    )
    client: Client = boto3.Session(botocore_session=session, region_name=connection.region).client(
        "cloudwatch", endpoint_url=connection.endpoint_url, config=config
    )
    return client


class _Role(CredentialProvider):  # type: ignore[misc]  # boto3 has no types
    """Credentials of a role that `session` takes on, and again before they expire."""

    METHOD = "tocsin-assume-role"

    def __init__(self, session: Session, role_arn: str, region: str) -> None:
        super().__init__()
        self._session = session
        self._role_arn = role_arn
        self._region = region

    def load(self) -> Any:
        """What a client signs with; the role is taken on when it is needed.

        None: there is nothing to take it on with.
        """
        own = self._session.get_credentials()
        if own is None:
            return None
        fetcher = AssumeRoleCredentialFetcher(
            client_creator=self._client,
            source_credentials=own,
            role_arn=self._role_arn,
            extra_args={"RoleSessionName": "tocsin"},
        )
        return DeferredRefreshableCredentials(fetcher.fetch_credentials, self.METHOD)

    def _client(self, service: str, **options: Any) -> Any:
        return self._session.create_client(service, **{"region_name": self._region, **options})
