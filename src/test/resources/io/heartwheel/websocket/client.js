// A client of npm's ws: URL NAME. Says its name, prints each message, and why it was closed; comes back unless the server ends.
const WebSocket = require('ws');
const [url, name] = process.argv.slice(2);

function connect() {
  const socket = new WebSocket(url);
  socket.on('open', () => socket.send(name));
  socket.on('message', (data, isBinary) => console.log((isBinary ? 'binary ' : 'text ') + data));
  socket.on('error', (error) => console.log('error ' + error.message));
  socket.on('close', (code, reason) => {
    console.log('closed ' + code + ' ' + reason);
    if (code !== 1001) {
      connect();
    }
  });
}

connect();
