"""Superset made ready: its metadata, its roles and users, and the bundle.

To be imported in Superset's own environment and in the context of its application (``preparing``): its models cannot be before that.
"""

from __future__ import annotations

from importlib.resources import files as packaged
from typing import Any

from flask import g
from flask_migrate import upgrade
from superset import db, security_manager
from superset.commands.importers.v1.assets import ImportAssetsCommand
from superset.connectors.sqla.models import SqlaTable
from superset.extensions import appbuilder
from superset.models.core import Database
from superset.models.dashboard import Dashboard
from superset.models.slice import Slice

from serving.superset.bundle import files, identity
from serving.superset.home import Home

ADMIN, READER = "admin", "reader"
READERS = "Release reader"
"""Added to Superset's own role Gamma: the data of the release. Without Superset's role sql_lab there is no SQL Lab."""


def prepare(home: Home, source: str) -> None:
    """Bring metadata, roles, users and dashboards to what this version of the project says; what people made stays."""
    upgrade(directory=str(packaged("superset") / "migrations"))
    appbuilder.add_permissions(update_perms=True)
    security_manager.sync_role_definitions()
    # The importer asks who imports.
    g.user = _user(home, ADMIN, ["Admin"])
    _bring_in(files(source))
    _user(home, READER, ["Gamma", _role_of_readers()])
    db.session.commit()


def _bring_in(bundle: dict[str, str]) -> None:
    ImportAssetsCommand(bundle).run()
    # Types are the engine's word, and the same for both engines only by name.
    for dataset in _managed(SqlaTable):
        dataset.fetch_metadata()
    for model in (Dashboard, Slice, SqlaTable):
        for left_over in _managed(model):
            if not any(str(left_over.uuid) in content for content in bundle.values()):
                db.session.delete(left_over)
    db.session.commit()


def _managed(model: Any) -> list[Any]:
    return db.session.query(model).filter(model.is_managed_externally.is_(True)).all()


def _role_of_readers() -> str:
    database = db.session.query(Database).filter_by(uuid=identity("database", "release")).one()
    role = security_manager.add_role(READERS) or security_manager.find_role(READERS)
    security_manager.add_permission_role(role, security_manager.add_permission_view_menu("database_access", database.perm))
    return READERS


def _user(home: Home, name: str, roles: list[str]) -> Any:
    """The user, made with a password of its own where there is none; one that is there keeps what people changed."""
    found = security_manager.find_user(name)
    if found:
        return found
    granted = [security_manager.find_role(role) for role in roles]
    return security_manager.add_user(name, name.title(), "Migration", f"{name}@localhost", granted, password=home.password(name))
