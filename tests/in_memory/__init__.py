"""A whole cluster in one process: real hubs and waiting rooms on a network and a clock that a test drives."""
