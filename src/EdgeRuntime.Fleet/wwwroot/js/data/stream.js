// The live connection: server-sent events, with our own reconnection. EventSource gives up for good when the server
// answers with an error while it starts, and never notices a connection that is silently dead.

const Names = ['hello', 'fleet', 'device', 'latest', 'window', 'event', 'update', 'rollout', 'package'];
const SilenceMs = 20_000;
const FirstDelayMs = 500;
const LongestDelayMs = 10_000;

/** Keeps one event stream open for the life of the page. */
export class Stream {
  /**
   * @param onMessage takes (name, object) for every message.
   * @param onLink takes {state: 'connecting' | 'live' | 'lost', since, retryAt} whenever that changes.
   */
  constructor(onMessage, onLink) {
    this.onMessage = onMessage;
    this.onLink = onLink;
    this.failures = 0;
    this.lostAt = null;
    this.source = null;
    this.retry = null;
    this.heardAt = 0;
    setInterval(() => this.listenForSilence(), 2000);
  }

  /** Opens the stream, or opens it again without waiting for the next try. */
  open() {
    clearTimeout(this.retry);
    this.source?.close();
    this.heardAt = Date.now();
    const source = new EventSource('api/stream');
    this.source = source;
    for (const name of Names) {
      source.addEventListener(name, (message) => this.hear(name, message.data));
    }
    source.onerror = () => this.lose();
    this.onLink({ state: this.lostAt ? 'lost' : 'connecting', since: this.lostAt, retryAt: null });
  }

  hear(name, data) {
    this.heardAt = Date.now();
    if (name === 'hello') {
      this.failures = 0;
      this.lostAt = null;
      this.onLink({ state: 'live', since: this.heardAt, retryAt: null });
    }
    let content;
    try {
      content = JSON.parse(data);
    } catch {
      // One unreadable message is the server's mistake; the next state message repairs what it would have said.
      console.warn(`A ${name} message of the stream was not JSON.`);
      return;
    }
    this.onMessage(name, content);
  }

  lose() {
    this.source?.close();
    this.source = null;
    clearTimeout(this.retry);
    this.lostAt ??= Date.now();
    // Full jitter: after a restart of the manager its pages must not all come at once.
    const ceiling = Math.min(LongestDelayMs, FirstDelayMs * 2 ** this.failures++);
    const delay = FirstDelayMs / 2 + Math.random() * ceiling;
    this.onLink({ state: 'lost', since: this.lostAt, retryAt: Date.now() + delay });
    this.retry = setTimeout(() => this.open(), delay);
  }

  listenForSilence() {
    if (this.source && Date.now() - this.heardAt > SilenceMs) {
      this.lose();
    }
  }
}
