"""Peers that are slow, half gone or mean no good, and what honest ones feel of them."""
