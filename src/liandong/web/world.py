"""What the web asks of the node: its world, its pack, its keys. Set by ``node.bootstrap`` through ``application.current``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liandong.application.current import current_world as world

if TYPE_CHECKING:
    from liandong.adapters.crypto.keyring import KeyRing
    from liandong.adapters.files.store import FileStore
    from liandong.adapters.packs import Pack

__all__ = ["files", "install_files", "install_keyring", "install_pack", "keyring", "pack", "world"]

_pack: list[Pack] = []
_keyring: list[KeyRing] = []
_files: list[FileStore] = []


def install_files(store: FileStore) -> None:
    """Make this the file store of the process."""
    _files[:] = [store]


def files() -> FileStore:
    """Return the file store of this node."""
    return _files[0]


def install_pack(pack: Pack) -> None:
    """Make this the pack of the process."""
    _pack[:] = [pack]


def pack() -> Pack:
    """Return the pack of this node."""
    return _pack[0]


def install_keyring(keyring: KeyRing) -> None:
    """Make these the keys of the process."""
    _keyring[:] = [keyring]


def keyring() -> KeyRing:
    """Return the keys of this node and its peers."""
    return _keyring[0]
