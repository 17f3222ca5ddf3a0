"""Pictures as evidence: worker processes make them safe, and analysers look at them."""
