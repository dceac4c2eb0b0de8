"""Superset's settings, read by Superset itself (``SUPERSET_CONFIG``). What is not here is as Superset has it."""

from __future__ import annotations

import os

from superset.config import THEME_DEFAULT as _THEME

from ingestion.paths import DataRoot
from serving.superset.connection import lead_to_release
from serving.superset.home import Home

_home = Home.of(DataRoot.from_env())
_behind_proxy = os.environ.get("SUPERSET_BEHIND_PROXY") == "1"

APP_NAME = "Migration · ການເຄື່ອນຍ້າຍ"
SECRET_KEY = _home.secret_key
SQLALCHEMY_DATABASE_URI = _home.metadata_url
# What Superset writes of its own stays below the data root.
DATA_DIR = str(_home.path)

DB_CONNECTION_MUTATOR = lead_to_release
# A cached answer would outlive the release it was made from; asking takes milliseconds.
CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
THUMBNAIL_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
SQLLAB_TIMEOUT = 30
SUPERSET_WEBSERVER_TIMEOUT = 60
ROW_LIMIT = 50_000

PREVENT_UNSAFE_DB_CONNECTIONS = True
DATASET_IMPORT_ALLOWED_DATA_URLS: list[str] = []
FEATURE_FLAGS = {
    "ENABLE_TEMPLATE_PROCESSING": False,
    "ENABLE_JAVASCRIPT_CONTROLS": False,
    "ALLOW_ADHOC_SUBQUERY": False,
    "SSH_TUNNELING": False,
    "ALERT_REPORTS": False,
    "THUMBNAILS": False,
}
WTF_CSRF_ENABLED = True
ENABLE_CORS = False
RATELIMIT_ENABLED = True
AUTH_RATE_LIMITED = True
AUTH_RATE_LIMIT = "10 per minute"
# Of the whole: a page alone asks for a hundred files.
RATELIMIT_APPLICATION = "500 per second"
RATELIMIT_STORAGE_URI = "memory://"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _behind_proxy
ENABLE_PROXY_FIX = _behind_proxy
# Superset's own policy lets pages load pictures, maps and fonts, and its maker's counter, from elsewhere; ours loads nothing.
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "default-src": ["'self'"],
        "base-uri": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "frame-ancestors": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'", "data:"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": _behind_proxy,
}

# Lao script by the reader's own fonts: Superset brings none for it, and fetches none.
_FONTS = "Inter, Noto Sans Lao, Phetsarath OT, Lao UI, Leelawadee UI, Helvetica, Arial, sans-serif"
THEME_DEFAULT = {**_THEME, "token": {**_THEME["token"], "fontFamily": _FONTS, "brandAppName": APP_NAME, "brandLogoAlt": APP_NAME}}
THEME_DARK = None
ENABLE_UI_THEME_ADMINISTRATION = False

LOG_LEVEL = "ERROR"
ALEMBIC_SKIP_LOG_CONFIG = True
SILENCE_FAB = True
