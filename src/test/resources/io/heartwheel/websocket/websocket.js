// A client of npm's websocket: see client.js.
const {client: Client} = require('websocket');
const [url, name] = process.argv.slice(2);

function connect() {
  const client = new Client();
  client.on('connectFailed', (error) => console.log('error ' + error));
  client.on('connect', (connection) => {
    connection.on('message', (message) => console.log(
      message.type === 'utf8' ? 'text ' + message.utf8Data : 'binary ' + message.binaryData));
    connection.on('close', (code, reason) => {
      console.log('closed ' + code + ' ' + reason);
      if (code !== 1001) {
        connect();
      }
    });
    connection.sendUTF(name);
  });
  client.connect(url);
}

connect();
