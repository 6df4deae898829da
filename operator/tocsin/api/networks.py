"""Networks of addresses, as the configuration file has them."""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated, Final

from pydantic import PlainValidator

from tocsin.api.problems import cut

_MAPPED: Final = IPv6Network("::ffff:0:0/96")


def _network(value: object) -> IPv4Network | IPv6Network:
    text = value if isinstance(value, str) else ""
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise ValueError(
            f'"{cut(text)}" is not a network: write one like 10.96.0.0/12, 10.1.2.3/32 or fd00::/8'
        ) from None
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        raise ValueError(f'"{cut(text)}" is a network of IPv4 addresses: write it as one of IPv4')
    if network.network_address != ip_address(text.partition("/")[0]):
        raise ValueError(f'"{cut(text)}" is an address inside a network: write {network}')
    return network


Network = Annotated[IPv4Network | IPv6Network, PlainValidator(_network)]
