"""Writes the TypeScript types and the reference pages of every JSON interface from its Python types."""
