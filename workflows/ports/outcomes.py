"""How a transaction, or a call of the blob store, may end other than well."""

from __future__ import annotations


class Conflict(Exception):  # noqa: N818  # an outcome of a commit, not a mistake in the program
    """The transaction lost against another one (deadlock, serialization, snapshot): run it again."""


class CommitUnknown(Exception):  # noqa: N818  # an outcome of a commit, not a mistake in the program
    """The connection was lost during COMMIT: the caller must read its keys back before it says anything."""


class StoreUnavailable(Exception):  # noqa: N818  # an outcome of a commit, not a mistake in the program
    """The database does not answer; nothing was written."""


class BlobsUnavailable(Exception):  # noqa: N818  # an outcome of a call, not a mistake in the program
    """The store of attachments does not answer, or refuses this office: what was asked of it may be asked again."""
