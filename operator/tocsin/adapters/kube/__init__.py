"""The Kubernetes API server: statuses and Events are written here, rights are asked for."""
