// A recording of what this browser sees and hears, kept part by part on the site. The site refuses the next
// part as soon as anybody takes the consent back; then nothing more is recorded.

import { ask, Refused } from "./line.js";

const PART = 2000; // milliseconds
const [WIDTH, HEIGHT, RATE] = [960, 540, 10];

export class Recorder {
  constructor(address, seat, { streams, lost }) {
    Object.assign(this, { address, seat, streams, lost, parts: [], offset: 0 });
  }

  start() {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: WIDTH, height: HEIGHT });
    const brush = canvas.getContext("2d");
    this.sound = new AudioContext();
    this.mixed = this.sound.createMediaStreamDestination();
    this.heard = new Set();
    const draw = () => {
      this.mix();
      brush.fillStyle = "#000";
      brush.fillRect(0, 0, WIDTH, HEIGHT);
      const videos = [...document.querySelectorAll("[data-tiles] video")].filter((video) => video.videoWidth);
      const columns = Math.max(1, Math.ceil(Math.sqrt(videos.length)));
      const [width, height] = [WIDTH / columns, HEIGHT / Math.max(1, Math.ceil(videos.length / columns))];
      videos.forEach((video, number) => {
        const scale = Math.min(width / video.videoWidth, height / video.videoHeight);
        const [w, h] = [video.videoWidth * scale, video.videoHeight * scale];
        const [x, y] = [(number % columns) * width + (width - w) / 2, Math.floor(number / columns) * height + (height - h) / 2];
        brush.drawImage(video, x, y, w, h);
      });
    };
    draw();
    this.clock = setInterval(draw, 1000 / RATE);
    const stream = new MediaStream([...canvas.captureStream(RATE).getVideoTracks(), ...this.mixed.stream.getAudioTracks()]);
    this.recorder = new MediaRecorder(stream, { mimeType: "video/webm;codecs=vp8,opus", videoBitsPerSecond: 600000 });
    this.recorder.ondataavailable = ({ data }) => {
      if (!data.size || this.stopped) return;
      this.parts.push(data);
      if (!this.sending) this.send();
    };
    this.recorder.start(PART);
  }

  // Everybody's sound goes in, whoever comes; a track is added once.
  mix() {
    for (const stream of this.streams()) {
      for (const track of stream.getAudioTracks()) {
        if (this.heard.has(track.id)) continue;
        this.heard.add(track.id);
        this.sound.createMediaStreamSource(new MediaStream([track])).connect(this.mixed);
      }
    }
  }

  async send() {
    this.sending = true;
    while (this.parts.length) {
      try {
        const { size } = await ask(`${this.address}part/?${this.seat()}&offset=${this.offset}`, this.parts[0], { raw: true });
        this.offset = size;
        this.parts.shift();
      } catch (error) {
        if (error instanceof Refused && error.status < 500) {
          this.stop();
          this.lost(error);
          break;
        }
        await new Promise((done) => setTimeout(done, 1000));
      }
    }
    this.sending = false;
  }

  // The recorder stops by itself: what it has still goes to the site.
  async finish() {
    clearInterval(this.clock);
    await new Promise((done) => {
      this.recorder.onstop = done;
      this.recorder.stop();
    });
    while (this.parts.length && !this.stopped) await new Promise((done) => setTimeout(done, 50));
    this.stop();
  }

  // Nothing more leaves this browser.
  stop() {
    if (this.stopped) return;
    this.stopped = true;
    clearInterval(this.clock);
    if (this.recorder?.state !== "inactive") this.recorder?.stop();
    this.parts = [];
    this.sound?.close();
  }
}
