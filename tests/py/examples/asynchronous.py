"""The same with await and async for."""

import asyncio

import codecourier


async def main() -> None:
    async with codecourier.AsyncClient() as cc:
        who, page = await asyncio.gather(cc.whoami(), cc.workflows.list(limit=5))
        print(who.name, len(page), page.has_more)
        names: list[str] = [workflow.name async for workflow in cc.workflows.list()]
        print(len(names))
        run = await cc.runs.start(workflow_id=page[0].id, name="Followed")
        await run.cancel()
        async for event in run.follow():
            print(event.seq, event.type)


asyncio.run(main())
