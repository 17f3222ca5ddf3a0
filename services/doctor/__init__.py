"""The matcher keeps waiting tickets and proposes pairs of them to gateways. All its state is soft."""
