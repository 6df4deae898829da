"""Addresses that users write."""

from urllib.parse import urlsplit


def check_url(url: str, *, example: str, instead: str) -> None:
    """Nothing, if `url` is an http or https URL without a login.

    Raises:
        ValueError: it is not; the message shows an `example`, or says what to do `instead` of
            writing a password into it.
    """
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise ValueError(f"this is not a URL: write one like {example}")
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"the URL holds a password: {instead}")
