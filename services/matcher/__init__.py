"""The matcher: keeps wishes that wait and proposes pairs of them to gateways. Soft state only."""
