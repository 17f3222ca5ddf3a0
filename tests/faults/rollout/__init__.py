"""Replaces all gateways of an installation as Kubernetes does, and counts how often visitors have to move."""
