"""Calls the key guard as an ASGI server would, and prints what it answered, as JSON: python3 guard-harness.py <folder>."""

import asyncio
import json
import sys

sys.path.insert(0, sys.argv[1])
from key_guard import KeyGuard  # noqa: E402


async def behind(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for piece in (b"one ", b"two"):
        await send({"type": "http.response.body", "body": piece, "more_body": piece == b"one "})


async def call(kind, path, headers=(), method="GET", root=""):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "path": path, "headers": [(n.encode(), v.encode()) for n, v in headers]}
    scope["root_path"] = root
    if kind == "http":
        scope["method"] = method
    await KeyGuard(behind)(scope, None, send)
    return [sent[0].get("status", sent[0]["type"]), len(sent)]


async def main():
    key, wrong = ("authorization", "Bearer sk-canary"), ("authorization", "Bearer sk-canarx")
    asks = [("origin", "https://chat.example"), ("Access-Control-Request-Method", "POST")]
    print(
        json.dumps(
            {
                "health": await call("http", "/health"),
                "ping": await call("http", "/ping"),
                "no key": await call("http", "/metrics"),
                "invocations": await call("http", "/invocations", method="POST"),
                "wrong key": await call("http", "/v1/models", [wrong]),
                "bare key": await call("http", "/v1/models", [("authorization", "sk-canary")]),
                "two keys": await call("http", "/v1/models", [wrong, key]),
                "key": await call("http", "/v1/models", [key]),
                "upper case header": await call("http", "/v1/models", [("Authorization", key[1])]),
                "below health": await call("http", "/health/../metrics"),
                "double slash": await call("http", "//health"),
                "preflight": await call("http", "/v1/chat/completions", asks, "OPTIONS"),
                "preflight elsewhere": await call("http", "/metrics", asks, "OPTIONS"),
                "preflight below metrics": await call("http", "/metrics/v1/models", asks, "OPTIONS"),
                "preflight of a socket": await call("websocket", "/v1/realtime", asks),
                "GET like a preflight": await call("http", "/v1/models", asks),
                "OPTIONS": await call("http", "/metrics", method="OPTIONS"),
                "OPTIONS of a route": await call("http", "/v1/models", method="OPTIONS"),
                "OPTIONS from a page": await call("http", "/v1/models", asks[:1], "OPTIONS"),
                "OPTIONS with key": await call("http", "/metrics", [key], "OPTIONS"),
                "health below a root path": await call("http", "/pod/health", root="/pod"),
                "health beside a root path": await call("http", "/health", root="/pod"),
                "preflight below a root path": await call("http", "/pod/v1/models", asks, "OPTIONS", "/pod"),
                "metrics below a root path": await call("http", "/pod/metrics", asks, "OPTIONS", "/pod"),
                "another root path": await call("http", "/podium/health", root="/pod"),
                "twice below a root path": await call("http", "/pod/pod/health", root="/pod"),
                "socket": await call("websocket", "/health"),
                "socket with key": await call("websocket", "/v1/realtime", [key]),
                "lifespan": await call("lifespan", ""),
            }
        )
    )


asyncio.run(main())
