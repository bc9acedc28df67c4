// A client of npm's ws: says "hello", prints each message and why it was closed.
const WebSocket = require('ws');
const socket = new WebSocket(process.argv[2], {rejectUnauthorized: false});
socket.on('open', () => socket.send('hello'));
socket.on('ping', () => console.log('ping'));
socket.on('message', (data, isBinary) => console.log((isBinary ? 'binary ' : 'text ') + data));
socket.on('error', (error) => console.log('error ' + error.message));
socket.on('close', (code, reason) => console.log('closed ' + code + ' ' + reason));
