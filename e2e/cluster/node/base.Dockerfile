# What a node runs beside the programs built here: an init, and what a kubelet and kind call.
ARG BASE
FROM ${BASE}
RUN apt-get update \
 && apt-get install -y --no-install-recommends systemd systemd-sysv conntrack iptables nftables \
      iproute2 ethtool kmod curl jq procps runc containernetworking-plugins \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/*
