"""The gateways: stateless, they hold the visitors' sockets."""
