"""What surrounds an alert: the pods of its workload, and what its last rollout changed."""
