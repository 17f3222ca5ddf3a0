"""The errors that only the console raises."""

from services.contract.errors import TooFast, ZufallError


class LoginRefused(ZufallError):
    """The name, the password or the code is wrong; which one is not said."""

    code = "login_refused"


class Locked(TooFast):
    """Too many wrong logins came in a row, so the name is locked for a while."""

    code = "locked"


class TooManyPictures(TooFast):
    """The moderator has opened as many pictures in the last hour as the operator lets them."""

    code = "picture_limit"


class NotLoggedIn(ZufallError):
    """The caller has no session, or it has ended."""

    code = "not_logged_in"


class ConfirmationNeeded(ZufallError):
    """The caller must give a code again, because their last one is some minutes old."""

    code = "confirmation_needed"


class Conflict(ZufallError):
    """Somebody else was first, or things are no longer as the caller saw them."""

    code = "conflict"
