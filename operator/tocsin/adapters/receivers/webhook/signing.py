"""Signs as Standard Webhooks 1.0 says: a receiver can see who sent it, and when."""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime
from typing import Final

_PREFIX: Final = "whsec_"


def key_of(secret: str) -> bytes:
    """The key that `secret` is: `whsec_` and base64, or any text as it is.

    Raises:
        ValueError: what follows `whsec_` is not base64.
    """
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError(f"what follows {_PREFIX} is not base64") from None


def signed(id_: str, at: datetime, body: bytes, key: bytes) -> dict[str, str]:
    """The headers that sign `body`, sent at `at` as the message `id_`."""
    timestamp = str(int(at.timestamp()))
    content = b".".join([id_.encode(), timestamp.encode(), body])
    signature = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return {**unsigned(id_, at), "webhook-signature": f"v1,{signature}"}


def unsigned(id_: str, at: datetime) -> dict[str, str]:
    """The headers by which a receiver knows a message that it has had before."""
    return {"webhook-id": id_, "webhook-timestamp": str(int(at.timestamp()))}
