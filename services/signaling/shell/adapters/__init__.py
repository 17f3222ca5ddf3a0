"""The ports of the gateway on real services."""
