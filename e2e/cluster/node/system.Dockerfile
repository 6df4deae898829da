# One image for all of the control plane: the one program under its names, and nft for kube-proxy.
ARG BASE
FROM ${BASE} AS parts
RUN mkdir -p /parts/usr/local/bin /parts/tmp \
 && chmod 1777 /parts/tmp \
 && cp -L --parents /usr/sbin/nft $(ldd /usr/sbin/nft | grep -o '/[^ ]*') /parts \
 && cd /parts/usr/local/bin \
 && for name in kube-apiserver kube-controller-manager kube-scheduler kube-proxy etcd coredns; do \
      ln -s node $name; \
    done
FROM scratch
COPY --from=parts /parts/ /
COPY bin/node /usr/local/bin/node
ENV PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
