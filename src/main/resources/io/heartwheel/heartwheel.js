/*
 * A WebSocket that notices when its server is gone, and comes back: for pages, as a module without dependencies.
 *
 * A page sees no PING, so the server has to speak: heartwheel.websocket.speak=15s. The page asks for that by
 * ?heartwheel=TOKEN and is told the time in the first message. From then on the server is never silent for so long.
 * These messages are swallowed here. A server that does not speak is never taken for dead.
 *
 *   import {HeartwheelSocket} from './heartwheel.js';
 *   const socket = new HeartwheelSocket('wss://example.com/chat');
 *   socket.addEventListener('open', () => socket.send('hello'));
 *   socket.addEventListener('message', (event) => console.log(event.data));
 *   socket.addEventListener('close', (event) => console.log(event.code, event.reason, event.delayMs));
 *
 * A connection has one 'open' and one 'close'; a try that fails has a 'close' alone. delayMs tells when the next one is
 * tried: never if it is null, until open() is called. Without a connection send() returns false.
 */

/** Said in place of any message. */
const IDLE = '\x16';
const SILENT = 4001;
const LOOKS = 8;
const DEFAULTS = {
  protocols: [],
  binaryType: 'blob',
  connectTimeoutMs: 10_000,
  /** The delay is a random part of a limit, which begins with the least and doubles with each failure up to the most. */
  minDelayMs: 3_000,
  maxDelayMs: 60_000,
  /** The limit after a server has said that it shuts down, so that not all of its pages come back at one moment. */
  spreadMs: 10_000,
  /** A connection that lasted so long was no failure. */
  stableMs: 35_000,
  /** Not to come back by itself: the server refuses the page (1008), or another one has taken its place (4018). */
  finalCodes: [1008, 4018],
  speak: true,
};

export class HeartwheelSocket extends EventTarget {
  #url;
  #options;
  #socket = null;
  #token;
  #failures = 0;
  #openedAt = 0;
  #retryAt = 0;
  #retryTimer;
  #lookTimer;
  #boundMs = 0;
  #silenceMs = 0;
  #lookedAt = 0;
  #isSpared = false;
  #listening = null;

  constructor(url, options = {}) {
    super();
    this.#url = new URL(url, globalThis.location?.href);
    this.#url.protocol = this.#url.protocol.replace('http', 'ws');
    this.#options = {...DEFAULTS, ...options};
    if (this.#options.speak) {
      // Only the server that is asked knows it, so nobody else can write the message that tells the time.
      this.#token = crypto.getRandomValues(new Uint32Array(3)).join('-');
      this.#url.search += (this.#url.search ? '&' : '?') + 'heartwheel=' + this.#token;
    }
    this.open();
  }

  /** Is there a connection? */
  get isOpen() {
    return this.#socket?.readyState === 1;
  }

  /** Connect, unless it has or is about to: needed behind a 'close' without a delay only. */
  open() {
    if (!this.#listening) {
      this.#listening = new AbortController();
      const {signal} = this.#listening;
      globalThis.document?.addEventListener('visibilitychange', () => document.hidden || this.#wake(), {signal});
      globalThis.addEventListener?.('online', () => this.#wake(), {signal});
      globalThis.addEventListener?.('pageshow', () => this.#wake(), {signal});
      this.#failures = 0;
      this.#connect();
    }
  }

  /** Hand a message to the browser. False if there is no connection. */
  send(data) {
    const {isOpen} = this;
    if (isOpen) {
      this.#socket.send(data);
    }
    return isOpen;
  }

  /** End, and do not come back. */
  close(code = 1000, reason = '') {
    if (this.#listening) {
      this.#socket?.close(code, reason);
      this.#end(code, reason, null);
    }
  }

  #connect() {
    const socket = new WebSocket(this.#url, this.#options.protocols);
    // What a connection says that was given up is not heard.
    const ifCurrent = (action) => (event) => this.#socket === socket && action(event);
    let isFirst = true;
    let isSpokenTo = false;
    socket.binaryType = this.#options.binaryType;
    socket.onopen = ifCurrent(() => {
      this.#openedAt = Date.now();
      clearInterval(this.#lookTimer);
      this.dispatchEvent(new Event('open'));
    });
    socket.onmessage = ifCurrent((event) => {
      const toldMs = isFirst && this.#toldMs(event.data);
      isFirst = false;
      this.#hear();
      if (toldMs) {
        isSpokenTo = true;
        this.#watch(2 * toldMs);
      } else if (!isSpokenTo || event.data !== IDLE) {
        this.dispatchEvent(new MessageEvent('message', {data: event.data, origin: event.origin}));
      }
    });
    socket.onclose = ifCurrent((event) => this.#lose(event.code, event.reason));
    this.#socket = socket;
    this.#openedAt = 0;
    this.#watch(this.#options.connectTimeoutMs);
  }

  /** The time that the first message tells, if it does. */
  #toldMs(data) {
    const [name, token, ms] = typeof data === 'string' ? data.split(' ', 3) : [];
    return name === 'heartwheel' && token === this.#token && Number(ms);
  }

  /** Give the connection up when nothing was heard for so long. */
  #watch(boundMs) {
    clearInterval(this.#lookTimer);
    this.#boundMs = boundMs;
    this.#hear();
    this.#lookTimer = setInterval(() => this.#look(), boundMs / LOOKS);
  }

  #hear() {
    this.#lookedAt = Date.now();
    this.#silenceMs = 0;
    this.#isSpared = false;
  }

  /**
   * Silence counts while the page looks. What a page in the background, or a computer that sleeps, lets pass between
   * two looks is its own, and what came meanwhile may still have to be heard. So the server has most of the bound anew,
   * once in a silence, and a look behind such a pause is not the last.
   */
  #look() {
    const now = Date.now();
    const sinceMs = Math.max(now - this.#lookedAt, 0);
    const mostMs = 2 * this.#boundMs / LOOKS;
    const isPaused = sinceMs > mostMs;
    const isLast = !isPaused || this.#silenceMs >= this.#boundMs;
    this.#silenceMs = isPaused && !this.#isSpared ? mostMs : this.#silenceMs + Math.min(sinceMs, mostMs);
    this.#isSpared ||= isPaused;
    this.#lookedAt = now;
    if (isLast && this.#silenceMs >= this.#boundMs) {
      const socket = this.#socket;
      this.#lose(SILENT, this.#openedAt ? 'the server is silent' : 'no answer');
      socket.close();
    }
  }

  #lose(code, reason) {
    const {minDelayMs, maxDelayMs, spreadMs, stableMs, finalCodes} = this.#options;
    if (finalCodes.includes(code)) {
      this.#end(code, reason, null);
      return;
    }
    if (this.#openedAt && Date.now() - this.#openedAt >= stableMs) {
      this.#failures = 0;
    }
    const limitMs = 1001 === code ? spreadMs : Math.min(minDelayMs * 2 ** this.#failures++, maxDelayMs);
    const delayMs = Math.random() * limitMs;
    this.#retry(delayMs);
    this.#end(code, reason, delayMs);
  }

  #retry(delayMs) {
    clearTimeout(this.#retryTimer);
    this.#retryAt = Date.now() + delayMs;
    this.#retryTimer = setTimeout(() => this.#connect(), delayMs);
  }

  #end(code, reason, delayMs) {
    this.#socket = null;
    clearInterval(this.#lookTimer);
    if (delayMs === null) {
      clearTimeout(this.#retryTimer);
      this.#listening.abort();
      this.#listening = null;
    }
    this.dispatchEvent(Object.assign(new Event('close'), {code, reason, delayMs}));
  }

  /** The page is seen again, or the network is there again: neither has to wait for a timer that was set before. */
  #wake() {
    if (this.#socket) {
      this.#look();
    } else {
      this.#failures = 0;
      const delayMs = Math.random() * this.#options.minDelayMs;
      if (Date.now() + delayMs < this.#retryAt) {
        this.#retry(delayMs);
      }
    }
  }
}
