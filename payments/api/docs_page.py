"""The page at /docs: Swagger UI, from files of an installed package, so that it works without a network."""

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from starlette.responses import FileResponse, HTMLResponse, Response

from payments.kit.errors import NotFound

_TITLE: Final = "Payments sandbox"
_REDOC: Final = "redoc.standalone.js"
_REDOC_LOGO: Final = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
"""The one thing that ReDoc fetches from elsewhere; what is put there instead is no picture, so it shows none."""
_ASSETS: Final = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    _REDOC: "text/javascript",
    "favicon.png": "image/png",
}

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def docs() -> HTMLResponse:
    """Show the API and let people try it."""
    return get_swagger_ui_html(
        openapi_url="/openapi.json",
        title=_TITLE,
        swagger_js_url="/docs/assets/swagger-ui-bundle.js",
        swagger_css_url="/docs/assets/swagger-ui.css",
        swagger_favicon_url="/docs/assets/favicon.png",
        swagger_ui_parameters={
            "persistAuthorization": True,
            "displayRequestDuration": True,
            "validatorUrl": None,  # else it asks a site for a badge, wherever the sandbox is not called localhost
        },
    )


@router.get("/redoc")
async def redoc() -> HTMLResponse:
    """Show the API as a reference to read."""
    return get_redoc_html(
        openapi_url="/openapi.json",
        title=_TITLE,
        redoc_js_url="/docs/assets/redoc.standalone.js",
        redoc_favicon_url="/docs/assets/favicon.png",
        with_google_fonts=False,
    )


@router.get("/docs/assets/{name}")
async def docs_asset(name: str) -> Response:
    """Send one of the files the page needs; there are no others."""
    if name not in _ASSETS:
        raise NotFound("There is nothing at this address.")
    headers = {"Cache-Control": "public, max-age=86400"}
    if name == _REDOC:
        script = (_folder() / name).read_bytes().replace(_REDOC_LOGO, b"data:,")
        return Response(script, media_type=_ASSETS[name], headers=headers)
    return FileResponse(_folder() / name, media_type=_ASSETS[name], headers=headers)


def _folder() -> Path:
    package = find_spec("fastapi_offline")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "static"
