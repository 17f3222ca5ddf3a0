"""The version of the project. Written by `make generate` from pyproject.toml: change it there."""

VERSION = "0.2.0"
