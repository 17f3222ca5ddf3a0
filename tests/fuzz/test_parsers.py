"""No input makes a parser raise anything but its refusals. `make fuzz` does the same for longer."""

import pytest
from hypothesis import given, settings

from .inputs import CORPUS, inputs, samples
from .parsers import PARSERS, Parser

EXAMPLES = 150
"""Inputs for each parser in a run of the tests, besides the corpus."""

EACH_PARSER = pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)


@EACH_PARSER
def test_the_corpus_is_accepted_or_refused(parser: Parser) -> None:
    """A parser whose samples are all refused is not tested at all."""
    assert sum(parser.accepts(sample) for sample in samples(parser.name)) > 0


@EACH_PARSER
def test_changed_input_is_accepted_or_refused(parser: Parser) -> None:
    @settings(max_examples=EXAMPLES, derandomize=True, database=None)
    @given(inputs(parser.name))
    def raises_nothing_else(data: bytes) -> None:
        parser.accepts(data)

    raises_nothing_else()


def test_each_folder_of_the_corpus_belongs_to_a_parser() -> None:
    assert {folder.name for folder in CORPUS.iterdir()} == {parser.name for parser in PARSERS}
