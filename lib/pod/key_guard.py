"""ASGI middleware for vLLM: asks for the API key on every path but /health and /ping.

vLLM's own check covers /v1 and little else: POST /invocations runs the model without a key, and /tokenize, /metrics
and /docs are open (vLLM 0.33.0). Given to vLLM as --middleware workbook_key_guard.KeyGuard.
"""

import hmac
import os

OPEN_PATHS = ("/health", "/ping")
UNAUTHORIZED = b'{"error":"Unauthorized"}'


class KeyGuard:
    def __init__(self, app):
        self.app = app
        self.expected = ("Bearer " + os.environ["VLLM_API_KEY"]).encode()

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan" or self.may_pass(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            # Closing before accepting makes the server answer the handshake with 403.
            await send({"type": "websocket.close", "code": 1008})
        else:
            headers = [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(UNAUTHORIZED)).encode()),
            ]
            await send({"type": "http.response.start", "status": 401, "headers": headers})
            await send({"type": "http.response.body", "body": UNAUTHORIZED})

    def may_pass(self, scope):
        if scope["type"] == "http":
            path = route_path(scope)
            if path in OPEN_PATHS or (path.startswith("/v1/") and is_preflight(scope)):
                return True
        given = header_values(scope, b"authorization")
        return len(given) == 1 and hmac.compare_digest(given[0], self.expected)


def route_path(scope):
    """Returns the path that routes are compared with: without --root-path, where that stands before it."""
    path, root = scope["path"], scope.get("root_path", "")
    return path[len(root) :] if root and path.startswith(root + "/") else path


def is_preflight(scope):
    """Whether a browser asks if it may ask at all, which it does without a key.

    vLLM's CORS middleware stands before all routes and answers what has both headers; any other OPTIONS reaches a route.
    """
    names = (b"origin", b"access-control-request-method")
    return scope["method"] == "OPTIONS" and all(header_values(scope, name) for name in names)


def header_values(scope, wanted):
    return [value for name, value in scope["headers"] if name.lower() == wanted]
