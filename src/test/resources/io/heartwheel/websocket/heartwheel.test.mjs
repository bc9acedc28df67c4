// The module for pages, with a socket and a clock that do only what a test tells them to: node --test, the module's
// path in HEARTWHEEL_JS.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {beforeEach, test} from 'node:test';

const source = readFileSync(process.env.HEARTWHEEL_JS, 'utf8');
const {HeartwheelSocket} = await import('data:text/javascript,' + encodeURIComponent(source));

const URL_OF_APP = 'ws://app.example/chat?room=1';
const IDLE = '\x16';

let nowMs;
let timers;
let sockets;
let page;
let random;
let events;

class FakeSocket {
  readyState = 0;
  sent = [];

  constructor(url, protocols) {
    Object.assign(this, {url: String(url), protocols});
    sockets.push(this);
  }

  get token() {
    return new URL(this.url).searchParams.get('heartwheel');
  }

  send(data) {
    this.sent.push(data);
  }

  close(code, reason) {
    this.closed = [code, reason];
    this.readyState = 2;
  }

  open(speakMs) {
    this.readyState = 1;
    this.onopen({});
    if (speakMs) {
      this.say(`heartwheel ${this.token} ${speakMs}`);
    }
    return this;
  }

  say(data) {
    this.onmessage({data, origin: 'ws://app.example'});
    return this;
  }

  end(code, reason = '') {
    this.readyState = 3;
    this.onclose({code, reason});
  }
}

function startTimer(action, delayMs, everyMs) {
  const timer = {action, atMs: nowMs + delayMs, everyMs};
  timers.add(timer);
  return timer;
}

function run(timer) {
  if (timer.everyMs) {
    timer.atMs = nowMs + timer.everyMs;
  } else {
    timers.delete(timer);
  }
  timer.action();
}

/** A page whose timers run in time. */
function pass(ms) {
  const endMs = nowMs + ms;
  const next = () => [...timers].filter((each) => each.atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
  for (let timer = next(); timer; timer = next()) {
    nowMs = Math.max(nowMs, timer.atMs);
    run(timer);
  }
  nowMs = endMs;
}

/** A page that is frozen, or a computer that sleeps: each timer runs late, and once. */
function sleep(ms) {
  nowMs += ms;
  [...timers].filter((each) => each.atMs <= nowMs).forEach(run);
}

function show(hidden) {
  document.hidden = hidden;
  page.dispatchEvent(new Event('visibilitychange'));
}

function connect(options) {
  const socket = new HeartwheelSocket(URL_OF_APP, options);
  for (const type of ['open', 'message', 'close']) {
    socket.addEventListener(type, (event) => events.push(
      type === 'open' ? 'open' : type === 'message' ? event.data : [event.code, event.reason, event.delayMs]));
  }
  return socket;
}

const last = () => sockets[sockets.length - 1];

beforeEach(() => {
  sockets = [];
  events = [];
  random = 0.5;
  page = new EventTarget();
  globalThis.document = {hidden: false, addEventListener: page.addEventListener.bind(page)};
  globalThis.addEventListener = page.addEventListener.bind(page);
  globalThis.WebSocket = FakeSocket;
  Math.random = () => random;
  nowMs = 1_000_000;
  timers = new Set();
  Date.now = () => nowMs;
  globalThis.setTimeout = (action, delayMs) => startTimer(action, delayMs, 0);
  globalThis.setInterval = (action, everyMs) => startTimer(action, everyMs, everyMs);
  globalThis.clearTimeout = globalThis.clearInterval = (timer) => timers.delete(timer);
});

test('asks to be spoken to, by a token of its own, and leaves the rest of the address', () => {
  connect();
  assert.match(last().url, /^ws:\/\/app\.example\/chat\?room=1&heartwheel=\d+-\d+-\d+$/);
  new HeartwheelSocket('https://app.example/chat', {speak: false, protocols: ['chat']});
  assert.equal(last().url, 'wss://app.example/chat');
  assert.deepEqual(last().protocols, ['chat']);
  assert.equal(last().binaryType, 'blob');
  assert.notEqual(new HeartwheelSocket('ws://a/') && last().token, sockets[0].token);
});

test('hands on messages, and swallows what is said in their place', () => {
  connect();
  const bytes = new Uint8Array(1);
  last().open(1_000).say('a').say(IDLE).say('').say(bytes).say(`heartwheel ${last().token} 5`);
  assert.deepEqual(events, ['open', 'a', '', bytes, `heartwheel ${last().token} 5`]);
});

test('does not believe a message that another page may have written', () => {
  connect();
  last().open().say('heartwheel 1-2-3 1').say(IDLE);
  pass(100_000);
  assert.deepEqual(events, ['open', 'heartwheel 1-2-3 1', IDLE]);
  connect({speak: false});
  last().open().say('heartwheel undefined 1');
  pass(100_000);
  assert.equal(events.at(-1), 'heartwheel undefined 1');
});

test('never takes a server for dead that does not speak', () => {
  connect();
  last().open();
  pass(200_000);
  assert.deepEqual(events, ['open']);
});

test('sends while there is a connection', () => {
  const socket = connect();
  assert.equal(socket.send('early'), false);
  last().open();
  assert.equal(socket.send('now'), true);
  assert.deepEqual(last().sent, ['now']);
  last().end(1006);
  assert.equal(socket.send('late'), false);
  assert.equal(socket.isOpen, false);
});

test('takes a server for dead after twice the time that it told, and not before', () => {
  connect();
  const silent = last().open(1_000);
  pass(900);
  silent.say(IDLE);
  pass(1_900);
  assert.deepEqual(events, ['open']);
  pass(350);
  assert.deepEqual(events.at(-1), [4001, 'the server is silent', 1_500]);
  assert.deepEqual(silent.closed, [undefined, undefined]);
  silent.say('too late');
  silent.end(1006);
  assert.equal(events.length, 2, 'nothing is heard of a connection that was given up');
  pass(1_500);
  last().open(1_000);
  assert.equal(sockets.length, 2);
  assert.equal(events.at(-1), 'open');
});

test('any message is life', () => {
  connect();
  last().open(1_000);
  for (let i = 0; i < 50; i++) {
    pass(1_200);
    last().say('x');
  }
  assert.equal(events.filter((each) => each === 'x').length, 50);
  assert.equal(events.length, 51);
});

test('gives a server up that does not answer', () => {
  connect({connectTimeoutMs: 4_000});
  pass(3_900);
  assert.deepEqual(events, []);
  pass(700);
  assert.deepEqual(events, [[4001, 'no answer', 1_500]]);
});

test('does not blame the server for an hour of its own, and gives it one more wait', () => {
  connect();
  const socket = last().open(1_000);
  pass(500);
  sleep(3_600_000);
  pass(1_250);
  assert.deepEqual(events, ['open'], 'longer than the server may be silent');
  socket.say(IDLE);
  pass(1_500);
  assert.deepEqual(events, ['open']);
  sleep(3_600_000);
  pass(1_750);
  assert.deepEqual(events.at(-1), [4001, 'the server is silent', 1_500], 'it was gone all the same');
});

test('does not blame the server for timers that run once a minute', () => {
  connect();
  const socket = last().open(15_000);
  show(true);
  for (let i = 0; i < 60; i++) {
    for (let s = 0; s < 4; s++) {
      // Messages come in time, timers do not.
      nowMs += 15_000;
      socket.say(IDLE);
    }
    sleep(0);
  }
  assert.deepEqual(events, ['open']);
  for (let i = 0; i < 4; i++) {
    sleep(60_000);
  }
  assert.deepEqual(events, ['open'], 'what came in the last pause may still have to be heard');
  sleep(60_000);
  assert.equal(events.at(-1)[0], 4001, 'a server that is gone is found in the background too');
});

test('hears what came in a pause before it judges', () => {
  connect();
  const socket = last().open(1_000);
  pass(1_900);
  for (let i = 0; i < 50; i++) {
    sleep(60_000);
    pass(1_490);
    sleep(60_000);
    socket.say(IDLE);
  }
  assert.deepEqual(events, ['open']);
});

test('gives one more wait in each silence', () => {
  connect();
  const socket = last().open(1_000);
  for (let i = 0; i < 3; i++) {
    pass(1_900);
    sleep(60_000);
    pass(1_490);
    assert.deepEqual(events, ['open']);
    socket.say(IDLE);
  }
});

test('finds a server that is gone while the clock is set back', () => {
  connect();
  last().open(1_000);
  Date.now = () => nowMs - 7_200_000;
  pass(2_500);
  assert.equal(events.at(-1)[0], 4001);
});

test('does not blame the server for a clock that is set, either way', () => {
  connect();
  const socket = last().open(1_000);
  for (const jumpMs of [7_200_000, -7_200_000]) {
    pass(100);
    Date.now = () => nowMs + jumpMs;
    pass(1_300);
    socket.say(IDLE);
    pass(950);
    socket.say(IDLE);
    pass(100);
    Date.now = () => nowMs;
    pass(1_300);
    socket.say(IDLE);
    pass(950);
    socket.say(IDLE);
  }
  assert.deepEqual(events, ['open']);
});

test('comes back after a random part of a limit that doubles', () => {
  connect();
  const delays = [];
  for (let i = 0; i < 8; i++) {
    last().end(1006);
    delays.push(events.at(-1)[2]);
    pass(events.at(-1)[2]);
    assert.equal(sockets.length, i + 2);
  }
  assert.deepEqual(delays, [1_500, 3_000, 6_000, 12_000, 24_000, 30_000, 30_000, 30_000]);
  random = 0;
  last().end(1006);
  assert.equal(events.at(-1)[2], 0);
});

test('a connection that did not last is a failure, one that did is none', () => {
  connect();
  last().open().end(1006);
  pass(1_500);
  last().open();
  pass(34_000);
  last().end(1006);
  assert.equal(events.at(-1)[2], 3_000);
  pass(3_000);
  last().open();
  pass(35_000);
  last().end(1006);
  assert.equal(events.at(-1)[2], 1_500);
  pass(1_500);
  last().end(1006);
  assert.equal(events.at(-1)[2], 3_000, 'this one did not even open');
});

test('spreads its return to a server that shuts down', () => {
  connect();
  last().open().end(1001);
  assert.deepEqual(events.at(-1), [1001, '', 5_000]);
});

for (const code of [1008, 4018]) {
  test(`does not come back by itself after ${code}`, () => {
    const socket = connect();
    last().open(1_000).end(code, 'why');
    assert.deepEqual(events, ['open', [code, 'why', null]]);
    pass(200_000);
    page.dispatchEvent(new Event('online'));
    show(false);
    pass(200_000);
    assert.equal(sockets.length, 1);
    socket.open();
    socket.open();
    assert.equal(sockets.length, 2);
    last().open();
    assert.equal(events.at(-1), 'open');
  });
}

test('is closed by the page at any time, once', () => {
  const states = [() => {}, () => last().open(1_000), () => last().end(1006)];
  for (const state of states) {
    events = [];
    const socket = connect();
    const count = sockets.length;
    state();
    socket.close(3_000, 'bye');
    socket.close();
    assert.deepEqual(events.at(-1), [3_000, 'bye', null]);
    assert.equal(events.filter((each) => each[2] === null).length, 1);
    random = 0;
    page.dispatchEvent(new Event('online'));
    pass(100_000);
    random = 0.5;
    page.dispatchEvent(new Event('online'));
    assert.equal(sockets.length, count);
  }
});

test('begins anew when the page opens it again', () => {
  const socket = connect();
  for (let i = 0; i < 3; i++) {
    last().end(1006);
    pass(events.at(-1)[2]);
  }
  socket.close();
  socket.open();
  last().end(1006);
  assert.equal(events.at(-1)[2], 1_500);
});

test('may be closed or opened by what hears that it closed', () => {
  const socket = connect();
  socket.addEventListener('close', (event) => event.delayMs === null || socket.close());
  last().end(1006);
  pass(100_000);
  assert.equal(sockets.length, 1);
  socket.open();
  socket.addEventListener('close', () => sockets.length < 5 && socket.open());
  last().end(1008);
  assert.equal(sockets.length, 3);
});

for (const event of ['visibilitychange', 'online', 'pageshow']) {
  test(`waits no longer than the first delay after ${event}`, () => {
    connect();
    for (let i = 0; i < 6; i++) {
      last().end(1006);
      pass(events.at(-1)[2]);
    }
    last().end(1006);
    assert.equal(events.at(-1)[2], 30_000);
    page.dispatchEvent(new Event(event));
    pass(1_499);
    assert.equal(sockets.length, 7);
    // A page that is shown again and again does not put it off.
    random = 0.99;
    page.dispatchEvent(new Event(event));
    pass(1);
    assert.equal(sockets.length, 8);
    last().end(1006);
    assert.equal(events.at(-1)[2], 0.99 * 3_000);
    pass(3_000);
    last().open();
    pass(100_000);
    assert.equal(sockets.length, 9, 'no timer is left over');
  });
}

test('looks at once when the page is shown', () => {
  connect();
  last().open(1_000);
  show(true);
  // Nothing runs in the background, so only being shown counts here.
  for (let i = 0; i < 8; i++) {
    nowMs += 60_000;
    show(false);
  }
  assert.equal(events.at(-1)[0], 4001);
});

test('hiding the page does nothing', () => {
  connect();
  last().end(1006);
  random = 0;
  show(true);
  pass(5);
  assert.equal(sockets.length, 1);
});
