"""Tests that need a Kubernetes cluster, which the variable KUBECONFIG names."""
