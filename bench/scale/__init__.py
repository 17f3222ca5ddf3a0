"""Shows that an event of a visitor costs as many messages with many gateways as with few."""
