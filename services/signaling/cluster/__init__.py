"""What the gateways tell each other of their visitors, and of themselves."""
