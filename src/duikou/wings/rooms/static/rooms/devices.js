// The test before a session: microphone with its level, camera with its picture, loudspeaker with a tone.
// The choice is kept in this browser and used in the rooms.

const root = document.querySelector("[data-devices]");
const part = (name) => root.querySelector(`[data-${name}]`);
const told = (words) => { part("told").textContent = words; };
const KINDS = ["audioinput", "videoinput"];
const LOUD = 4; // of 100: more than the noise of a quiet room
let stream = null;
let sound = null;
let meter = null;

const chosen = (kind) => localStorage.getItem(`duikou-${kind}`) || undefined;

async function open(kinds) {
  const wanted = {};
  if (kinds.includes("audioinput")) wanted.audio = { deviceId: { ideal: chosen("audioinput") } };
  if (kinds.includes("videoinput")) wanted.video = { deviceId: { ideal: chosen("videoinput") } };
  return navigator.mediaDevices.getUserMedia(wanted);
}

async function start() {
  if (!navigator.mediaDevices) {
    told(root.dataset.textInsecure);
    return;
  }
  end();
  try {
    stream = await open(KINDS).catch(() => open(["audioinput"]));
  } catch (error) {
    told(error.name === "NotFoundError" ? root.dataset.textMissing : root.dataset.textRefused);
    return;
  }
  part("found").hidden = false;
  const camera = stream.getVideoTracks().length > 0;
  part("preview").srcObject = camera ? stream : null;
  told(`${root.dataset.textListening}${camera ? "" : ` ${root.dataset.textNoCamera}`}`);
  await list();
  listen();
}

async function list() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  for (const kind of KINDS) {
    const field = root.querySelector(`[data-kind="${kind}"]`);
    const found = devices.filter((device) => device.kind === kind && device.deviceId);
    field.replaceChildren(...found.map((device) => new Option(device.label, device.deviceId, false, device.deviceId === chosen(kind))));
    if (!found.length) field.append(new Option(root.dataset.textNone, ""));
    field.disabled = !found.length;
  }
}

function listen() {
  sound = new AudioContext();
  const ear = sound.createAnalyser();
  ear.fftSize = 1024;
  sound.createMediaStreamSource(stream).connect(ear);
  const wave = new Float32Array(ear.fftSize);
  let heard = false;
  meter = setInterval(() => {
    ear.getFloatTimeDomainData(wave);
    const level = Math.min(100, Math.round(Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length) * 300));
    root.querySelector("#rooms-level").value = level;
    if (level >= LOUD && !heard) {
      heard = true;
      told(`${root.dataset.textWorks}${stream.getVideoTracks().length ? "" : ` ${root.dataset.textNoCamera}`}`);
    }
  }, 100);
}

function end() {
  clearInterval(meter);
  sound?.close();
  sound = null;
  for (const track of stream?.getTracks() || []) track.stop();
}

part("start").onclick = start;
for (const field of root.querySelectorAll("[data-kind]")) {
  field.onchange = () => {
    localStorage.setItem(`duikou-${field.dataset.kind}`, field.value);
    start();
  };
}
part("beep").onclick = () => {
  const speaker = new AudioContext();
  const tone = speaker.createOscillator();
  const volume = speaker.createGain();
  volume.gain.value = 0.2;
  tone.frequency.value = 660;
  tone.connect(volume).connect(speaker.destination);
  tone.start();
  tone.stop(speaker.currentTime + 0.4);
  tone.onended = () => speaker.close();
};
window.addEventListener("pagehide", end);
