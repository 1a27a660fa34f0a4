// One direct link to one other person: perfect negotiation, restarted when it breaks.
// Who came in last makes the first offer; tracks and channel are made only then, so that no offer is lost.

const RESTART_AFTER = 3000; // milliseconds of a broken link
const CANDIDATES_WITHIN = 20; // milliseconds in which candidates are gathered into one message

export class Peer {
  constructor({ me, other, media, servers, relayOnly, offers, send, fresh, changed, pointed }) {
    Object.assign(this, { me, other, media, servers, relayOnly, send, fresh, changed, pointed });
    this.polite = me.id > other.id;
    this.stream = new MediaStream();
    this.restarts = 0;
    this.waiting = [];
    if (offers) this.begin(true);
  }

  begin(offers) {
    const link = new RTCPeerConnection({
      iceServers: this.servers,
      iceTransportPolicy: this.relayOnly ? "relay" : "all",
      bundlePolicy: "max-bundle",
    });
    this.link = link;
    this.channel = link.createDataChannel("stage", { negotiated: true, id: 0, ordered: false, maxRetransmits: 0 });
    this.channel.onmessage = (event) => this.pointed(JSON.parse(event.data));
    if (offers) {
      link.addTransceiver(this.media.audio || "audio", { direction: "sendrecv" });
      link.addTransceiver(this.media.video || "video", { direction: "sendrecv" });
    }
    link.ontrack = ({ track }) => {
      this.stream.addTrack(track);
      this.changed(this);
    };
    link.onicecandidate = ({ candidate }) => candidate && this.gather(candidate);
    link.onnegotiationneeded = () => this.offer();
    link.onconnectionstatechange = () => this.look();
  }

  async offer() {
    const { link } = this;
    try {
      this.making = true;
      await link.setLocalDescription();
      this.say({ description: link.localDescription });
    } catch (error) {
      if (link.signalingState !== "closed") throw error;
    } finally {
      this.making = false;
    }
  }

  gather(candidate) {
    this.waiting.push(candidate);
    if (this.waiting.length > 1) return;
    setTimeout(() => this.say({ candidates: this.waiting.splice(0) }), CANDIDATES_WITHIN);
  }

  say(what) {
    if (!this.ended) this.send("signal", { ...what, mine: this.me.epoch, yours: this.other.epoch }, this.other.id);
  }

  // One message after another: a candidate must not overtake its description.
  hear(body) {
    this.turn = (this.turn || Promise.resolve()).then(() => this.take(body)).catch((error) => {
      if (!this.ended) throw error;
    });
  }

  async take({ description, candidates }) {
    if (this.ended) return;
    if (!this.link) this.begin(false);
    const { link } = this;
    if (description) {
      const collision = description.type === "offer" && (this.making || link.signalingState !== "stable");
      this.ignores = !this.polite && collision;
      if (this.ignores) return;
      await link.setRemoteDescription(description);
      if (description.type !== "offer") return;
      await this.attach();
      await link.setLocalDescription();
      this.say({ description: link.localDescription });
    }
    for (const candidate of candidates || []) {
      try {
        await link.addIceCandidate(candidate);
      } catch (error) {
        if (!this.ignores) throw error;
      }
    }
  }

  // Put what this browser sends onto the link; no negotiation is needed for it.
  async attach() {
    const [audio, video] = this.link?.getTransceivers() || [];
    for (const [carrier, track] of [[audio, this.media.audio], [video, this.media.video]]) {
      if (!carrier || carrier.direction === "stopped") continue;
      if (carrier.direction !== "sendrecv") carrier.direction = "sendrecv";
      if (carrier.sender.track !== track) await carrier.sender.replaceTrack(track);
    }
  }

  look() {
    const state = this.link.connectionState;
    this.changed(this);
    clearTimeout(this.timer);
    if (state === "connected") this.favourSound();
    if (state === "disconnected" || state === "failed") {
      this.timer = setTimeout(() => this.restart(), state === "failed" ? 200 : RESTART_AFTER);
    }
  }

  async favourSound() {
    const [audio, video] = this.link.getTransceivers();
    for (const [carrier, priority, most] of [[audio, "high", 40000], [video, "low", 600000]]) {
      const settings = carrier?.sender.getParameters();
      if (!settings?.encodings?.length) continue;
      Object.assign(settings.encodings[0], { priority, networkPriority: priority, maxBitrate: most });
      await carrier.sender.setParameters(settings).catch(() => {});
    }
  }

  async restart() {
    if (this.ended || this.link.connectionState === "connected") return;
    this.restarts += 1;
    try {
      const { servers } = await this.fresh();
      if (this.ended) return;
      this.link.setConfiguration({ ...this.link.getConfiguration(), iceServers: servers });
      this.link.restartIce();
    } catch {
      // The site is out of reach, too: tried again below.
    } finally {
      this.timer = setTimeout(() => this.restart(), RESTART_AFTER * 2);
    }
  }

  point(what) {
    if (this.channel?.readyState !== "open") return false;
    this.channel.send(JSON.stringify(what));
    return true;
  }

  get linked() {
    return this.link?.connectionState === "connected";
  }

  links() {
    return this.link ? [this.link] : [];
  }

  end() {
    this.ended = true;
    clearTimeout(this.timer);
    this.link?.close();
  }
}
