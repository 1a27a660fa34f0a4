// The line to the site: messages out by POST, one after another, and in by server-sent events.
// A message is never lost or doubled: out, it carries a key and is sent again until it is answered;
// in, it has a number, and the browser says which it has when it comes back.

const POLL = 400; // milliseconds between two questions while the site lends no stream
const STREAM_AGAIN = 15000; // then a stream is asked for again
const SILENT = 3000; // a stream that ended is there again before that, unless the site is gone
const PASSING = new Set(["stage", "pointer"]);
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

export class Refused extends Error {
  constructor(status, words, code = "") {
    super(words);
    Object.assign(this, { status, code });
  }
}

const cookie = (name) =>
  document.cookie
    .split("; ")
    .find((entry) => entry.startsWith(`${name}=`))
    ?.slice(name.length + 1) || "";
const csrf = () => cookie("duikou-csrf") || cookie("__Host-duikou-csrf");

// One question to the site. Throws Refused with the site's words, TypeError without a link.
export async function ask(address, body, { raw = false, keepalive = false } = {}) {
  const options = { headers: { Accept: "application/json" }, keepalive };
  if (body !== undefined) {
    options.method = "POST";
    options.headers["X-CSRFToken"] = csrf();
    options.headers["Content-Type"] = raw ? "application/octet-stream" : "application/json";
    options.body = raw ? body : JSON.stringify(body);
  }
  const answer = await fetch(address, options);
  const json = (answer.headers.get("Content-Type") || "").includes("json");
  if (answer.redirected || (answer.ok && !json)) throw new Refused(401, "");
  const said = json ? await answer.json() : {};
  if (!answer.ok) throw new Refused(answer.status, said.message || "", said.code);
  return said;
}

export class Line {
  constructor(base, { message, state }) {
    Object.assign(this, { base, message, state, last: 0, queue: [], sent: 0, closed: true });
  }

  get seat() {
    return `seat=${this.me.id}&epoch=${this.me.epoch}`;
  }

  open(me, since) {
    this.close();
    Object.assign(this, { me, last: since, closed: false, sent: 0, queue: [] });
    this.round = (this.round || 0) + 1;
    this.listen(this.round);
  }

  close() {
    this.closed = true;
    clearTimeout(this.gone);
    this.gone = null;
    this.source?.close();
  }

  take(message) {
    if (message.number <= this.last) return;
    this.last = message.number;
    this.message(message);
  }

  listen(round) {
    const source = new EventSource(`${this.base}stream/?${this.seat}&after=${this.last}`);
    this.source = source;
    source.onopen = () => this.up();
    source.onmessage = (event) => round === this.round && !this.closed && this.take(JSON.parse(event.data));
    source.onerror = () => {
      // An ended stream is opened again by the browser itself; a refused one has to be asked about.
      if (round !== this.round || this.closed) return;
      if (source.readyState === EventSource.CLOSED) this.poll(round);
      else this.gone ||= setTimeout(() => this.state("down"), SILENT);
    };
  }

  up() {
    clearTimeout(this.gone);
    this.gone = null;
    this.state("up");
  }

  async poll(round) {
    const until = Date.now() + STREAM_AGAIN;
    let pause = POLL;
    while (!this.closed && round === this.round && Date.now() < until) {
      try {
        const { messages } = await ask(`${this.base}messages/?${this.seat}&after=${this.last}`);
        if (this.closed || round !== this.round) return;
        messages.forEach((message) => this.take(message));
        this.up();
        pause = POLL;
      } catch (error) {
        if (error instanceof Refused && error.status < 500 && error.status !== 429) {
          this.over(error);
          return;
        }
        this.state("down");
        pause = Math.min(pause * 2, 4000);
      }
      await wait(pause);
    }
    if (!this.closed && round === this.round) this.listen(round);
  }

  over(error) {
    if (this.closed) return;
    this.close();
    this.state("over", error);
  }

  send(kind, body, to = null) {
    if (this.closed) return;
    const waiting = this.queue.length > 1 && this.queue.at(-1);
    if (waiting?.kind === kind && PASSING.has(kind)) { // not sent yet: only the last of them matters
      waiting.body = body;
      return;
    }
    this.sent += 1;
    this.queue.push({ kind, body, to, key: `${this.me.epoch}-${this.sent}` });
    if (!this.sending) this.drain();
  }

  async drain() {
    this.sending = true;
    let pause = 250;
    while (this.queue.length && !this.closed) {
      const { queue } = this;
      try {
        await ask(`${this.base}send/?${this.seat}`, queue[0]);
        queue.shift();
        pause = 250;
      } catch (error) {
        if (error instanceof Refused && error.status < 500 && error.status !== 429) {
          if (error.status === 401 || error.status === 404 || error.status === 409) this.over(error);
          queue.shift(); // refused for good: the next may be right
        } else {
          await wait(pause);
          pause = Math.min(pause * 2, 4000);
        }
      }
    }
    this.sending = false;
  }
}
