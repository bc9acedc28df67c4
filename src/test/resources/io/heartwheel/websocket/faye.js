// A client of npm's faye-websocket: see client.js.
const {Client} = require('faye-websocket');
const [url, name] = process.argv.slice(2);

function connect() {
  const socket = new Client(url);
  socket.on('open', () => socket.send(name));
  socket.on('message', ({data}) => console.log((typeof data === 'string' ? 'text ' : 'binary ') + data));
  socket.on('error', (error) => console.log('error ' + error.message));
  socket.on('close', ({code, reason}) => {
    console.log('closed ' + code + ' ' + reason);
    if (code !== 1001) {
      connect();
    }
  });
}

connect();
