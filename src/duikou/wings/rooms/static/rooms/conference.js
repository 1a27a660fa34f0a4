// Three and more: one link up and one link down for each other person, through the conference server.
// The server's words go over a WebSocket; a token that ends by itself opens it. When the server goes away,
// everything is built anew with a fresh ticket.

const PLUGIN = "janus.plugin.videoroom";
const ALIVE = 20000; // milliseconds between two signs of life
const AGAIN = 1500; // before the next attempt
const RESTART_AFTER = 3000;

export class Conference {
  constructor({ me, media, relayOnly, fresh, changed, gone, trouble }) {
    Object.assign(this, { me, media, relayOnly, fresh, changed, gone, trouble });
    this.streams = new Map(); // stay → what it sends
    this.handles = new Map(); // handle number → link down
    this.answers = new Map();
    this.restarts = 0;
    this.number = 0;
    this.up = null;
  }

  async start(linking) {
    this.timer = null;
    try {
      const { conference, servers } = linking || (await this.fresh());
      if (this.ended) return;
      if (!conference) throw new Error("no conference");
      Object.assign(this, { ticket: conference, servers });
      await this.connect();
      const { data } = await this.say({ janus: "create" });
      this.session = data.id;
      this.beat = setInterval(() => this.say({ janus: "keepalive" }).catch(() => {}), ALIVE);
      this.handle = await this.attach();
      await this.message(this.handle, {
        request: "join", ptype: "publisher", room: this.ticket.room, pin: this.ticket.pin, display: String(this.me.id),
      });
    } catch {
      this.again();
    }
  }

  connect() {
    return new Promise((done, failed) => {
      const { address } = this.ticket;
      const scheme = location.protocol === "https:" ? "wss:" : "ws:";
      const socket = new WebSocket(address.startsWith("/") ? `${scheme}//${location.host}${address}` : address, "janus-protocol");
      this.socket = socket;
      socket.onopen = done;
      socket.onerror = failed;
      socket.onclose = () => {
        failed(new Error("closed"));
        if (socket === this.socket && !this.ended) this.again();
      };
      socket.onmessage = (event) => this.hear(JSON.parse(event.data));
    });
  }

  // Begin anew, once for any number of troubles at the same time.
  again() {
    if (this.ended || this.timer) return;
    this.restarts += 1;
    this.drop();
    this.trouble();
    this.timer = setTimeout(() => this.start(), AGAIN);
  }

  say(body, handle) {
    return new Promise((done, failed) => {
      if (this.socket?.readyState !== WebSocket.OPEN) return failed(new Error("closed"));
      this.number += 1;
      const transaction = `${this.me.epoch}-${this.number}`;
      const whole = { ...body, transaction, token: this.ticket.token };
      if (body.janus !== "create") whole.session_id = this.session;
      if (handle) whole.handle_id = handle;
      this.answers.set(transaction, { done, failed, asked: body.janus });
      this.socket.send(JSON.stringify(whole));
      return undefined;
    });
  }

  async attach() {
    const { data } = await this.say({ janus: "attach", plugin: PLUGIN });
    return data.id;
  }

  message(handle, body, jsep) {
    return this.say({ janus: "message", body, ...(jsep ? { jsep } : {}) }, handle);
  }

  hear(message) {
    const waiting = this.answers.get(message.transaction);
    if (waiting && (waiting.asked !== "message" || message.janus !== "ack")) {
      this.answers.delete(message.transaction);
      if (message.janus === "error") waiting.failed(new Error(message.error.reason));
      else waiting.done(message);
    }
    if (message.janus === "timeout" || message.janus === "hangup") this.again();
    if (message.janus === "event") this.event(message).catch(() => this.again());
  }

  async event({ sender, plugindata, jsep }) {
    const { data } = plugindata;
    if (data.error_code && sender === this.handle) throw new Error(data.error);
    if (data.videoroom === "joined") await this.publish();
    for (const one of data.publishers || []) await this.subscribe(one);
    const left = data.unpublished || data.leaving;
    if (left && left !== "ok") this.forget(left);
    if (jsep?.type === "answer" && sender === this.handle) await this.up.setRemoteDescription(jsep);
    if (jsep?.type === "offer") await this.receive(sender, jsep);
  }

  link(handle) {
    const link = new RTCPeerConnection({
      iceServers: this.servers,
      iceTransportPolicy: this.relayOnly ? "relay" : "all",
      bundlePolicy: "max-bundle",
    });
    link.onicecandidate = ({ candidate }) =>
      this.say({ janus: "trickle", candidate: candidate || { completed: true } }, handle).catch(() => {});
    link.onconnectionstatechange = () => {
      this.changed();
      clearTimeout(link.timer);
      if (link.connectionState === "failed" || link.connectionState === "disconnected") {
        link.timer = setTimeout(() => link.connectionState !== "connected" && this.again(), RESTART_AFTER);
      }
    };
    return link;
  }

  async publish() {
    const up = this.link(this.handle);
    this.up = up;
    up.addTransceiver(this.media.audio || "audio", { direction: "sendonly" });
    up.addTransceiver(this.media.video || "video", { direction: "sendonly" });
    await up.setLocalDescription();
    await this.message(this.handle, { request: "configure", audio: true, video: true }, up.localDescription.toJSON());
  }

  async subscribe({ id, display }) {
    const handle = await this.attach();
    this.handles.set(handle, { feed: id, stay: Number(display) });
    await this.message(handle, {
      request: "join", ptype: "subscriber", room: this.ticket.room, pin: this.ticket.pin, streams: [{ feed: id }],
    });
  }

  async receive(handle, jsep) {
    const down = this.handles.get(handle);
    if (!down) return;
    if (!down.link) {
      down.link = this.link(handle);
      const stream = new MediaStream();
      this.streams.set(down.stay, stream);
      down.link.ontrack = ({ track }) => {
        stream.addTrack(track);
        this.changed();
      };
    }
    await down.link.setRemoteDescription(jsep);
    await down.link.setLocalDescription();
    await this.message(handle, { request: "start" }, down.link.localDescription.toJSON());
  }

  forget(feed) {
    for (const [handle, down] of this.handles) {
      if (down.feed !== feed) continue;
      down.link?.close();
      this.handles.delete(handle);
      this.streams.delete(down.stay);
      this.say({ janus: "detach" }, handle).catch(() => {});
    }
    this.changed();
  }

  async attachTracks() {
    const [audio, video] = this.up?.getTransceivers() || [];
    for (const [carrier, track] of [[audio, this.media.audio], [video, this.media.video]]) {
      if (carrier && carrier.sender.track !== track) await carrier.sender.replaceTrack(track);
    }
  }

  get linked() {
    return this.up?.connectionState === "connected";
  }

  links() {
    return [this.up, ...[...this.handles.values()].map((down) => down.link)].filter(Boolean);
  }

  drop() {
    clearInterval(this.beat);
    for (const link of this.links()) {
      clearTimeout(link.timer);
      link.onconnectionstatechange = null;
      link.close();
    }
    for (const { failed } of this.answers.values()) failed(new Error("dropped"));
    this.answers.clear();
    this.handles.clear();
    this.streams.clear();
    this.up = null;
    const { socket } = this;
    this.socket = null;
    socket?.close();
    this.gone();
  }

  end() {
    this.ended = true;
    clearTimeout(this.timer);
    if (this.socket?.readyState === WebSocket.OPEN) this.say({ janus: "destroy" }).catch(() => {});
    this.drop();
  }
}
