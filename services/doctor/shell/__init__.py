"""The input and output of the matcher: the gRPC server, the gateways' streams and the metrics."""
