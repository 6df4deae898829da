#!/bin/sh
# Gives containerd the images of the control plane, under the names that kubeadm expects.
set -e
ctr="/usr/local/bin/ctr --namespace k8s.io images"
$ctr import /kind/images/system.tar
while read -r image name; do
  $ctr tag --force "docker.io/$image" "$name"
done </kind/images/names
