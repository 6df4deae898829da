#!/bin/bash
# Makes go.mod and go.sum anew for the programs in this folder, at the versions named here.
# VERSION in ../programs.py and OLDEST in ../toolchain.py say the same: tests compare them.
set -euo pipefail
cd "$(dirname "$0")"
go=1.26.7 kube=v1.37.2 staging=v0.37.2
rm -f {.,kind,vmalert}/go.{mod,sum}
go mod init tocsin.dev/e2e/cluster
go mod edit "-go=$go"
# k8s.io/kubernetes names its own staging modules at v0.0.0: each needs its published version.
source=$(go mod download -json "k8s.io/kubernetes@$kube" | sed -n 's/^\s*"GoMod": "\(.*\)",$/\1/p')
modules=$(grep -oE '^\s*k8s\.io/[a-z-]+ v0\.0\.0$' "$source" | awk '{print $1}' | sort -u)
for module in $modules; do
  go mod edit "-replace=$module=$module@$staging"
done
go get "k8s.io/kubernetes@$kube" go.etcd.io/etcd/server/v3@v3.7.0 \
  github.com/coredns/coredns@v1.15.0 helm.sh/helm/v4@v4.3.1 \
  github.com/containerd/containerd/v2@v2.4.2
go get -tool github.com/prometheus/prometheus/cmd/prometheus@v0.316.0 \
  github.com/prometheus/prometheus/cmd/promtool@v0.316.0 sigs.k8s.io/kwok/cmd/kwok@v0.8.0
go mod tidy
cd kind
go mod init tocsin.dev/e2e/cluster/kind
go mod edit "-go=$go"
go get -tool sigs.k8s.io/kind@v0.33.0
cd ../vmalert
go mod init tocsin.dev/e2e/cluster/vmalert
go mod edit "-go=$go"
# The newest that this Go takes.
go get -tool github.com/VictoriaMetrics/VictoriaMetrics/app/vmalert@v1.140.0
