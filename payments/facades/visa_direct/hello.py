"""helloworld: whether the credentials are good."""

from payments.facades.visa_direct.call import Answer, Call, sandbox_now
from payments.kit.clock import moment


async def get(call: Call) -> Answer:
    """Say hello."""
    now = moment(await call.read(sandbox_now))
    return Answer(200, {"timestamp": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}", "message": "helloworld"})
