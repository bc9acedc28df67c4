# A server of Python's websockets: prints its port, sends messages back, asks its clients, refuses /no, and closes as it
# is told.
import asyncio
import http
import websockets


async def handle(socket):
    print('open %s %s' % (socket.path, socket.request_headers.get('Authorization')), flush=True)
    try:
        async for message in socket:
            if isinstance(message, str) and message.startswith('close '):
                await socket.close(int(message[6:]), 'told to')
            elif message == 'fragments':
                await socket.send(['frag', 'ments'])
            else:
                await socket.send(message)
        print('closed %s %s' % (socket.close_code, socket.close_reason), flush=True)
    except websockets.ConnectionClosed as closed:
        print('closed %s' % closed, flush=True)


async def refuse(path, headers):
    if path == '/no':
        return http.HTTPStatus.FORBIDDEN, [('Content-Type', 'text/plain')], b'not you\n'


async def ask(socket):
    while True:
        await asyncio.wait_for(await socket.ping(), None)
        print('pong', flush=True)
        await asyncio.sleep(0.2)


async def serve(socket):
    asking = asyncio.ensure_future(ask(socket))
    try:
        await handle(socket)
    finally:
        asking.cancel()


async def main():
    async with websockets.serve(serve, '127.0.0.1', 0, process_request=refuse, subprotocols=['chat'],
                                ping_interval=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main())
