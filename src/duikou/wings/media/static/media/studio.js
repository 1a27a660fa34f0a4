// Sends what the camera sees, part by part. A part is thrown away only when the site has said that it is safe;
// while the link is lost the parts wait here and go up afterwards.

const PART = 2000; // milliseconds
const KEY = 2000; // milliseconds between two whole pictures: from one on a new reader can begin
const MOST = 400; // parts that wait: some thirteen minutes
const AGAIN = 1000;
const KINDS = ["video/webm;codecs=vp8,opus", "video/webm;codecs=h264,opus", "video/webm"];

const root = document.querySelector("[data-studio]");
const part = (name) => root.querySelector(`[data-${name}]`);
const told = part("told");
const token = () => document.cookie.match(/(?:^|; )(?:__Host-)?duikou-csrf=([^;]+)/)?.[1] ?? "";

class Refused extends Error {
  constructor(status, said) {
    super(said.message || String(status));
    this.status = status;
    this.said = said;
  }
}

async function post(url, body) {
  const answer = await fetch(url, {
    method: "POST",
    body,
    headers: { "X-CSRFToken": token(), "Content-Type": "application/octet-stream", "Accept-Language": document.documentElement.lang },
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, said);
  return said;
}

class Sender {
  constructor(stream) {
    this.stream = stream;
    this.parts = []; // of this take, from number `first` on
    this.first = 0;
  }

  async begin() {
    this.take = (await post(root.dataset.take)).take;
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    this.recorder = new MediaRecorder(this.stream, { mimeType, videoBitsPerSecond: 1_500_000, videoKeyFrameIntervalDuration: KEY });
    this.recorder.ondataavailable = ({ data }) => {
      if (!data.size) return;
      this.parts.push(data);
      if (this.parts.length > MOST) this.stop(root.dataset.textFull);
      else this.send();
    };
    this.recorder.start(PART);
    told.textContent = root.dataset.textSending;
  }

  async send() {
    if (this.sending) return this.sending;
    this.sending = this.sendAll();
    await this.sending;
    this.sending = null;
  }

  async sendAll() {
    while (this.parts.length) {
      try {
        const { next } = await post(`${root.dataset.part}?take=${this.take}&number=${this.first}`, this.parts[0]);
        this.passed(next);
        told.textContent = root.dataset.textSending;
      } catch (error) {
        if (error instanceof Refused && error.said.code === "gap" && error.said.next >= this.first) {
          this.passed(error.said.next);
        } else if (error instanceof Refused && error.status < 500 && error.status !== 429) {
          this.stop(error.message);
          return;
        } else if (error.status === 507) {
          this.stop(error.message);
          return;
        } else {
          told.textContent = `${root.dataset.textWaiting} · ${root.dataset.textParts} ${this.parts.length}`;
          await new Promise((done) => setTimeout(done, AGAIN));
        }
      }
    }
  }

  passed(next) {
    this.parts.splice(0, Math.max(0, next - this.first));
    this.first = Math.max(this.first, next);
  }

  stop(words) {
    this.parts = [];
    if (this.recorder?.state !== "inactive") this.recorder?.stop();
    for (const track of this.stream.getTracks()) track.stop();
    told.textContent = words;
    part("go").disabled = false;
    sender = null;
  }

  // The last part is recorded and safe before the broadcast ends.
  async finish() {
    if (this.recorder?.state !== "inactive") {
      await new Promise((done) => {
        this.recorder.onstop = done;
        this.recorder.stop();
      });
    }
    await this.send();
    for (const track of this.stream.getTracks()) track.stop();
  }
}

let sender = null;

part("go").addEventListener("click", async () => {
  if (!navigator.mediaDevices) {
    told.textContent = root.dataset.textInsecure;
    return;
  }
  part("go").disabled = true;
  const size = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 25, max: 30 } };
  const chosen = (kind) => ({ deviceId: { ideal: localStorage.getItem(`duikou-${kind}`) || undefined } });
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { ...size, ...chosen("videoinput") }, audio: chosen("audioinput") });
  } catch {
    told.textContent = root.dataset.textRefused;
    part("go").disabled = false;
    return;
  }
  part("own").srcObject = stream;
  sender = new Sender(stream);
  try {
    await sender.begin();
  } catch (error) {
    sender.stop(error.message);
  }
});

document.querySelector("form[data-end]")?.addEventListener("submit", async (event) => {
  if (!sender) return;
  event.preventDefault();
  await sender.finish();
  event.target.submit();
});

addEventListener("beforeunload", (event) => {
  if (sender?.parts.length) event.preventDefault();
});
