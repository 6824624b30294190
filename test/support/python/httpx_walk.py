"""Plays examples/python-httpx for test/interop/python-httpx.test.ts; prints one line of JSON for each thing it did."""

import asyncio
import json
import sys

sys.path.insert(0, sys.argv[1])
import httpx  # noqa: E402
from holdfast_httpx import HoldfastAuth, HoldfastError, Login  # noqa: E402


def told(of):
    try:
        answer = of()
        return {"status": answer.status_code, "body": answer.json()}
    except HoldfastError as error:
        return {"error": type(error).__name__, "message": str(error), "challenge": getattr(error, "challenge", None)}


async def asynchronously(auth, url):
    async with httpx.AsyncClient(auth=auth) as client:
        answers = await asyncio.gather(*(client.get(url) for _ in range(5)))
    return [answer.status_code for answer in answers]


login_file, resource, foreign = sys.argv[2:5]
login = Login(login_file)
auth = HoldfastAuth(login)
with httpx.Client(auth=auth) as client:
    for line in sys.stdin:
        match line.split():
            case ["get"]:
                out = told(lambda: client.get(f"{resource}v1/models", headers={"authorization": "Bearer of-openai"}))
            case ["call", model]:
                out = told(lambda: client.post(f"{resource}v1/chat/completions", json={"model": model}))
            case ["foreign"]:
                out = told(lambda: client.get(foreign))
            case ["redirected"]:
                out = told(lambda: client.get(f"{resource}away", follow_redirects=True))
            case ["async"]:
                out = {"statuses": asyncio.run(asynchronously(auth, f"{resource}v1/models"))}
        print(json.dumps({**out, "repr": repr(login)}), flush=True)
