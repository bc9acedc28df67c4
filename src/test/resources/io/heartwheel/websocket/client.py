# A client of Python's websockets: see client.js.
import asyncio
import sys
import websockets


async def connect(url, name):
    async with websockets.connect(url, ping_interval=None) as socket:
        await socket.send(name)
        try:
            while True:
                data = await socket.recv()
                print('text ' + data if isinstance(data, str) else 'binary ' + data.decode(), flush=True)
        except websockets.ConnectionClosed as closed:
            end = closed.rcvd
            print('closed none ' if end is None else 'closed %d %s' % (end.code, end.reason), flush=True)
            return 0 if end is None else end.code


async def main():
    while await connect(*sys.argv[1:]) != 1001:
        pass


asyncio.run(main())
