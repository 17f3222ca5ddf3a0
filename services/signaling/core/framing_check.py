"""Checks the headers of WebSocket frames for the rules that aiohttp's parser does not check (RFC 6455).

That parser accepts frames without a mask, a length in more bytes than it needs, and a message that begins
inside another one whose fragments were empty so far.
"""

_INCOMPLETE = 0
_FORBIDDEN = -1
_MASKED = 0x80
_FINAL = 0x80
_CONTINUATION = 0
_FIRST_CONTROL_OPCODE = 8
_MASK_BYTES = 4


class FramingCheck:
    """The check of what one client sends. It sees all bytes, in pieces of any size, before the parser."""

    __slots__ = ("_header", "_in_message", "_rest")

    def __init__(self) -> None:
        self._header = b""
        """The beginning of a header whose end has not come yet."""
        self._rest = 0
        """The number of bytes of the present frame that have not come yet."""
        self._in_message = False
        """Whether a message has begun whose last fragment has not come yet."""

    def valid_bytes(self, data: bytes) -> int:
        """Return how many bytes of `data` come before the first forbidden frame: all, if there is none.

        After a forbidden frame the connection must be closed, and further answers mean nothing.
        """
        known = len(self._header)
        if known:
            data, self._header = self._header + data, b""
        position, end = self._rest, len(data)
        while position < end:
            size = self._frame_size(data, position)
            if size == _FORBIDDEN:
                return max(position - known, 0)
            if size == _INCOMPLETE:
                self._header = data[position:]
                break
            position += size
        self._rest = max(position - end, 0)
        return end - known

    def _frame_size(self, data: bytes, start: int) -> int:
        """Return the number of bytes of the frame that begins at `start`, header and mask included."""
        if len(data) - start < 2:
            return _INCOMPLETE
        first, second = data[start], data[start + 1]
        length, header = second & 0x7F, 2
        if length > 125:
            header = 4 if length == 126 else 10
            if len(data) - start < header:
                return _INCOMPLETE
            length = int.from_bytes(data[start + 2 : start + header])
            if length < (126 if header == 4 else 0x10000):  # it fits into a shorter header
                return _FORBIDDEN
        if second < _MASKED:
            return _FORBIDDEN
        opcode = first & 0x0F
        if opcode < _FIRST_CONTROL_OPCODE:
            if (opcode == _CONTINUATION) is not self._in_message:
                return _FORBIDDEN
            self._in_message = first < _FINAL
        return header + _MASK_BYTES + length
