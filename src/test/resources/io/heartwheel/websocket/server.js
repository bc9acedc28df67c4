// A server of npm's ws: prints its port, sends messages back, asks its clients, refuses /no, and closes as it is told.
// With a key store and its password, by TLS.
const fs = require('fs');
const WebSocket = require('ws');
const [pfx, passphrase] = process.argv.slice(2);
const http = pfx ? require('https').createServer({pfx: fs.readFileSync(pfx), passphrase}) : require('http').createServer();
const server = new WebSocket.Server({
  server: http,
  verifyClient: (info, answer) => answer(info.req.url !== '/no', 403, 'Forbidden'),
  handleProtocols: (protocols) => (Array.isArray(protocols) ? protocols : [...protocols]).includes('chat') && 'chat',
});
server.on('connection', (socket, request) => {
  console.log('open ' + request.url + ' ' + request.headers.authorization + ' ' + request.socket.alpnProtocol);
  socket.on('message', (data, isBinary) => {
    const text = String(data);
    if (text.startsWith('close ')) {
      socket.close(Number(text.substring(6)), 'told to');
    } else if (text === 'fragments') {
      socket.send('frag', {fin: false});
      socket.ping('between');
      socket.send('ments', {fin: true});
    } else {
      socket.send(data, {binary: isBinary});
    }
  });
  socket.on('pong', () => console.log('pong'));
  socket.on('error', (error) => console.log('error ' + error.message));
  socket.on('close', (code, reason) => console.log('closed ' + code + ' ' + reason));
});
setInterval(() => server.clients.forEach((socket) => socket.ping()), 200);
http.listen(0, '127.0.0.1', () => console.log(http.address().port));
