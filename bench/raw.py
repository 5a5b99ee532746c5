"""The ceiling: an ASGI application that answers a constant of the size of a status poll."""

BODY = (
    b'{"success":true,"data":{"task_id":"clxo149t4y3ph0tyjwmm0cfrs","status":"completed","progress":100,"image_url":'
    b'"http://127.0.0.1/uploads/01a1fc59-5b84-7fcb-a39d-f98ed547059c/images/2026/11/21/4ffb9e6b8c8965b3b07782cb457494e9_0.png",'
    b'"credits_used":1,"completed_at":"2026-11-21T04:30:06Z"}}'
)
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]


async def app(scope, receive, send):
    """Read nothing, answer at once."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})
