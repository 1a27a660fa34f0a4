// Plays a video of `<c-video>`: resumes where one stopped, keeps the speed, listens to keys, and tells which
// stretches were played. A stretch that could not be told is kept and told later, in order.

const BEAT = 10000; // milliseconds between two reports of what was played
const STEP = 5; // seconds that an arrow key goes
const RATES = [0.75, 1, 1.25, 1.5, 2];
const KEPT = 500; // reports that wait for the network
const AGAIN = 2000;

const token = () => document.cookie.match(/(?:^|; )(?:__Host-)?duikou-csrf=([^;]+)/)?.[1] ?? "";

function device() {
  let known = localStorage.getItem("duikou-device");
  if (!known) {
    known = [...crypto.getRandomValues(new Uint8Array(8))].map((one) => one.toString(16).padStart(2, "0")).join("");
    localStorage.setItem("duikou-device", known);
  }
  return known;
}

class Player {
  constructor(figure) {
    this.figure = figure;
    this.video = figure.querySelector("video");
    this.told = figure.querySelector("[data-told]");
    this.live = "live" in figure.dataset;
    this.place = `duikou-video-${figure.dataset.number}`;
    this.open();
    this.rate();
    this.keys();
    if (!this.live) this.resume();
    if (figure.dataset.heartbeat) this.beats();
  }

  say(name) {
    this.told.textContent = name ? this.figure.dataset[`text${name}`] : "";
  }

  open() {
    const { src } = this.figure.dataset;
    if (window.Hls?.isSupported()) {
      this.load(src);
    } else if (this.video.canPlayType("application/vnd.apple.mpegurl")) {
      this.video.src = src;
      this.video.addEventListener("error", () => this.say("Broken"));
    } else {
      this.say("Broken");
    }
  }

  load(src) {
    // Without a worker the policy of the page need not allow scripts that a script has written.
    const hls = new window.Hls({ enableWorker: false, liveSyncDurationCount: 3, liveMaxLatencyDurationCount: 8, startPosition: this.start() });
    this.hls = hls;
    hls.on("hlsManifestParsed", () => this.say(""));
    hls.on("hlsFragBuffered", () => this.say(""));
    hls.on("hlsError", (_name, error) => this.failed(error, src));
    hls.loadSource(src);
    hls.attachMedia(this.video);
  }

  failed(error, src) {
    if (!error.fatal) return;
    const status = error.response?.code ?? 0;
    const early = error.details.startsWith("manifest") || error.details.startsWith("level");
    if (this.live && status === 404 && early) {
      this.say(this.video.currentTime > 0 ? "Ended" : "Waiting");
      if (this.video.currentTime > 0) return;
      this.again(src);
    } else if (status === 401 || status === 403 || status === 404) {
      this.say("Forbidden");
      this.video.pause();
    } else if (error.type === "mediaError" && !this.recovered) {
      this.recovered = true;
      this.hls.recoverMediaError();
      setTimeout(() => { this.recovered = false; }, 3 * AGAIN);
    } else if (error.type === "networkError") {
      this.say("Network");
      setTimeout(() => (this.video.readyState ? this.hls.startLoad() : this.hls.loadSource(src)), AGAIN);
    } else {
      this.say("Broken");
    }
  }

  again(src) {
    this.hls.destroy();
    setTimeout(() => this.load(src), AGAIN);
  }

  start() {
    if (this.live) return -1;
    const given = this.figure.dataset.position;
    return Number(given || localStorage.getItem(this.place) || 0) || 0;
  }

  resume() {
    const { video } = this;
    if (!this.hls) {
      video.addEventListener("loadedmetadata", () => { video.currentTime = this.start(); }, { once: true });
    }
    const keep = () => localStorage.setItem(this.place, String(Math.floor(video.currentTime)));
    video.addEventListener("pause", keep);
    video.addEventListener("ended", () => localStorage.removeItem(this.place));
    addEventListener("pagehide", () => { if (!video.ended && video.currentTime > 0) keep(); });
  }

  rate() {
    const choice = this.figure.querySelector("[data-rate]");
    if (!choice) return;
    const set = (value) => {
      choice.value = String(value);
      this.video.defaultPlaybackRate = value;
      this.video.playbackRate = value;
      localStorage.setItem("duikou-rate", String(value));
    };
    this.setRate = set;
    const known = Number(localStorage.getItem("duikou-rate"));
    if (RATES.includes(known)) set(known);
    choice.addEventListener("change", () => set(Number(choice.value)));
  }

  keys() {
    const { video } = this;
    const go = (seconds) => { video.currentTime = Math.max(0, Math.min(video.duration || 0, video.currentTime + seconds)); };
    const faster = (by) => {
      const at = RATES.indexOf(video.playbackRate) + by;
      if (this.setRate && RATES[at]) this.setRate(RATES[at]);
    };
    const acts = {
      " ": () => (video.paused ? video.play() : video.pause()),
      k: () => (video.paused ? video.play() : video.pause()),
      ArrowLeft: () => go(-STEP),
      ArrowRight: () => go(STEP),
      m: () => { video.muted = !video.muted; },
      f: () => (document.fullscreenElement ? document.exitFullscreen() : video.requestFullscreen()),
      c: () => { for (const track of video.textTracks) track.mode = track.mode === "showing" ? "disabled" : "showing"; },
      "<": () => faster(-1),
      ">": () => faster(1),
    };
    this.figure.addEventListener("keydown", (event) => {
      if (event.target.closest("select") || event.ctrlKey || event.metaKey || event.altKey) return;
      const act = acts[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    });
  }

  // What was played is what the clock of the video passed through without a jump.
  beats() {
    const { video } = this;
    this.waiting = [];
    this.from = null;
    this.last = 0;
    const begin = () => { this.from = this.last = video.currentTime; };
    const end = () => {
      if (this.from !== null && this.last > this.from) {
        this.waiting.push({ from: this.from, to: this.last, rate: video.playbackRate, device: device() });
        this.waiting.splice(0, this.waiting.length - KEPT);
      }
      this.from = null;
    };
    video.addEventListener("playing", () => { if (this.from === null) begin(); });
    video.addEventListener("timeupdate", () => {
      if (video.seeking || this.from === null) return;
      const passed = video.currentTime - this.last;
      if (passed < 0 || passed > 2 * video.playbackRate) {
        end();
        begin();
      } else {
        this.last = video.currentTime;
      }
    });
    for (const name of ["seeking", "pause", "ended", "ratechange"]) {
      video.addEventListener(name, () => {
        end();
        if (name === "ratechange" && !video.paused) begin();
        this.tell();
      });
    }
    setInterval(() => {
      const plays = this.from !== null;
      end();
      if (plays && !video.paused) begin();
      this.tell();
    }, BEAT);
    addEventListener("pagehide", () => {
      end();
      for (const one of this.waiting) this.post(one, true);
    });
  }

  post(one, last = false) {
    return fetch(this.figure.dataset.heartbeat, {
      method: "POST",
      keepalive: last,
      headers: { "Content-Type": "application/json", "X-CSRFToken": token(), "Accept-Language": document.documentElement.lang },
      body: JSON.stringify(one),
    });
  }

  async tell() {
    if (this.telling) return;
    this.telling = true;
    try {
      while (this.waiting.length) {
        const answer = await this.post(this.waiting[0]);
        if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
        this.waiting.shift();
        const said = await answer.json().catch(() => ({}));
        if (!answer.ok) {
          this.video.pause();
          this.told.textContent = said.message || this.figure.dataset.textForbidden;
        }
        this.figure.dispatchEvent(new CustomEvent("duikou:heartbeat", { bubbles: true, detail: { status: answer.status, said } }));
      }
      if (this.told.textContent === this.figure.dataset.textUnsaved) this.say("");
    } catch {
      this.say("Unsaved");
    } finally {
      this.telling = false;
    }
  }
}

for (const figure of document.querySelectorAll("[data-video]")) {
  if (!figure.player) figure.player = new Player(figure);
}
