# A client of Python's websockets: says "hello", prints each message and why it was closed.
import asyncio
import sys
import websockets


async def main():
    async with websockets.connect(sys.argv[1], ping_interval=None) as socket:
        await socket.send('hello')
        try:
            while True:
                data = await socket.recv()
                print('text ' + data if isinstance(data, str) else 'binary ' + data.decode(), flush=True)
        except websockets.ConnectionClosed as closed:
            end = closed.rcvd
            print('closed none' if end is None else 'closed %d %s' % (end.code, end.reason), flush=True)


asyncio.run(main())
