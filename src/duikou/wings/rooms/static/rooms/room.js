// A live room: comes in, links with the others (directly, or through the conference server), keeps the stage
// in step, and comes back after a reload or a broken line without leaving the session.

import { Conference } from "./conference.js";
import { ask, Line, Refused } from "./line.js";
import { Media } from "./media.js";
import { Peer } from "./peer.js";
import { EVERY, Quality, Throttle } from "./quality.js";
import { Recorder } from "./record.js";
import { Stage } from "./stage.js";

const root = document.querySelector("[data-room]");
const part = (name) => root.querySelector(`[data-${name}]`);
const text = (name) => root.dataset[`text${name}`] || "";
const { base } = root.dataset;
const kept = `duikou-room-${root.dataset.room}`; // in this tab: whether it is inside
const relayOnly = new URLSearchParams(location.search).get("relay") === "only"; // to test a relay, or a firewall
const SUMMARY_EVERY = 15; // looks at the link between two summaries
const POINTER_BY_SITE = 250; // milliseconds between two pointers that go by the site

const media = new Media();
const others = new Map(); // stay → {id, epoch, name, …, peer, tile}
let [quality, throttle] = [new Quality(), new Throttle()];
let me = null;
let way = "direct";
let servers = [];
let conference = null;
let recording = null;
let recorder = null;
let looks = 0;

const told = (words) => {
  if (words) part("told").textContent = words;
};
const seat = () => `seat=${me.id}&epoch=${me.epoch}`;
const fresh = () => ask(`${base}servers/?${seat()}`);

const line = new Line(base, { message: take, state: lineState });
const stage = new Stage(root, {
  base,
  show: (body) => me && line.send("stage", body),
  look: (view) => others.forEach(({ peer }) => peer?.point({ view })),
  stroke: (body) => line.send("stroke", body),
  wipe: (body) => line.send("clear", body),
  point: (body) => pointBy(body),
  name: (stay) => others.get(stay)?.name || "",
});

// --- coming in
async function join() {
  part("join").disabled = true;
  told(text("Joining"));
  let silent = false;
  if (!media.audio) await media.microphone().catch(() => { silent = true; });
  if (part("with-camera").checked && !media.camera) await media.openCamera().catch(() => {});
  await enter();
  if (silent && me) told(text("NoMicrophone"));
}

async function enter() {
  try {
    const found = await ask(`${base}join/`, {});
    sessionStorage.setItem(kept, "in");
    inside(found);
  } catch (error) {
    if (!(error instanceof Refused) || error.status >= 500) {
      told(text("Lost"));
      setTimeout(enter, 2000);
      return;
    }
    over(error);
  }
}

function inside(found) {
  endLinks();
  me = found.me;
  stage.me = me.id;
  [way, servers] = [found.way, found.servers];
  quality = new Quality();
  part("before").hidden = true;
  part("inside").hidden = false;
  part("agree").checked = me.agrees;
  tile(me, true);
  told(text(found.present.length ? "Linking" : "In"));
  for (const one of found.present) arrive(one, way === "direct");
  stage.strokes.clear();
  stage.begin();
  found.lasting.forEach(take);
  setRecording(found.recording);
  line.open(me, found.since);
  if (way === "server") startConference(found);
  tellMedia();
  controls();
}

function arrive(one, offers) {
  const known = others.get(one.id);
  if (known && known.epoch >= one.epoch) return;
  if (known) known.peer?.end();
  const other = { ...known, ...one, peer: null };
  others.set(one.id, other);
  tile(other);
  if (way === "direct") other.peer = makePeer(other, offers);
}

function makePeer(other, offers) {
  return new Peer({
    me, other, media, servers, relayOnly, offers, fresh,
    send: (...message) => line.send(...message),
    changed: () => changed(other),
    pointed: (body) => (body.view ? stage.follow(other.id, body.view) : stage.pointed(other.id, body)),
  });
}

function depart(id) {
  const other = others.get(id);
  if (!other) return;
  other.peer?.end();
  other.tile.remove();
  others.delete(id);
  stage.pointed(id, { place: null });
  if (!others.size) told(text("In"));
}

function endLinks() {
  for (const other of others.values()) {
    other.peer?.end();
    other.tile.remove();
  }
  others.clear();
  conference?.end();
  conference = null;
}

// --- what the room tells
function take({ kind, body, from }) {
  if (kind === "joined" && body.id !== me.id) arrive(body, false);
  else if (kind === "left") depart(body.id);
  else if (kind === "way") turnWay(body.way);
  else if (kind === "signal") signalled(from, body);
  else if (kind === "media") showMedia(from, body);
  else if (kind === "agreed") agreed(body);
  else if (kind === "recording") setRecording(body.on ? body : null, body.why);
  else if (kind === "stage") stage.follow(from, body);
  else if (kind === "stroke") stage.add(from, body);
  else if (kind === "clear") stage.clear(body.exhibit);
  else if (kind === "pointer") stage.pointed(from, body);
  else if (kind === "closed") finish(text("Closed"));
}

function signalled(from, body) {
  const other = others.get(from);
  if (!other || way !== "direct" || body.mine !== other.epoch || body.yours !== me.epoch) return;
  other.peer ||= makePeer(other, false);
  other.peer.hear(body);
}

function turnWay(next) {
  if (next === way) return;
  way = next;
  if (way === "server") startConference();
  else {
    conference?.end();
    conference = null;
    // All turn at once: of two the one with the later stay offers.
    for (const other of others.values()) other.peer ||= makePeer(other, me.id > other.id);
  }
}

function startConference(linking) {
  conference = new Conference({
    me, media, relayOnly, fresh,
    changed: conferenceChanged,
    gone: () => conferenceChanged(),
    trouble: () => told(text("Server")),
  });
  conference.start(linking);
}

function conferenceChanged() {
  if (!conference) return;
  for (const other of others.values()) {
    const stream = conference.streams.get(other.id);
    if (stream && other.peer) { // the direct link stays until the server's carries
      other.peer.end();
      other.peer = null;
    }
    if (!other.peer) play(other, stream || null);
  }
  if (conference.linked) told(text("Linked"));
}

let lost = false;
function lineState(state, error) {
  if (state === "down") told(text("Lost"));
  else if (state === "up" && lost) told(text([...others.values()].some(({ peer }) => peer?.linked) || conference?.linked ? "Linked" : "In"));
  lost = state === "down";
  if (state === "over") over(error);
}

// Refused for good. A stay that ended while the line was gone is begun anew; one that went on in another
// window ends here.
function over(error) {
  if (error.code === "stay_over" && me) enter();
  else finish(error.status === 401 ? text("SignedOut") : error.message || text("Lost"));
}

function finish(words) {
  line.close();
  endLinks();
  recorder?.stop();
  recorder = null;
  setRecording(null);
  media.end();
  stage.end();
  sessionStorage.removeItem(kept);
  me = null;
  part("inside").hidden = true;
  part("before").hidden = false;
  part("join").disabled = false;
  part("tiles").replaceChildren();
  told(words);
}

// --- people
function tile(other, own = false) {
  if (own) part("tiles").replaceChildren();
  if (!other.tile) {
    other.tile = root.querySelector("template[data-tile]").content.firstElementChild.cloneNode(true);
    part("tiles").append(other.tile);
  }
  other.tile.dataset.stay = other.id;
  other.tile.querySelector("[data-name]").textContent = own ? `${other.name} (${text("Me")})` : other.name;
  other.tile.querySelector("[data-place]").textContent = other.place;
  const video = other.tile.querySelector("video");
  video.setAttribute("aria-label", other.name);
  video.muted = own;
}

function play(other, stream) {
  const video = other.tile?.querySelector("video");
  if (!video || video.srcObject === stream) return;
  video.srcObject = stream;
  video.play().catch((error) => {
    // A browser that was not touched yet plays no sound: one click anywhere is enough.
    if (error.name !== "NotAllowedError") return;
    told(text("Hear"));
    document.addEventListener("click", () => video.play().catch(() => {}), { once: true });
  });
}

function changed(other) {
  const { peer } = other;
  if (!peer || others.get(other.id) !== other) return;
  other.tile.dataset.link = peer.link?.connectionState || "";
  if (peer.stream.getTracks().length) play(other, peer.stream);
  if (peer.linked) told(text("Linked"));
  else if (["disconnected", "failed"].includes(peer.link?.connectionState)) told(text("Again"));
}

function ownPicture() {
  const video = me?.tile?.querySelector("video");
  if (!video) return;
  const track = media.screen || media.camera;
  const shown = video.srcObject?.getVideoTracks()[0] || null;
  if (track !== shown) video.srcObject = track ? new MediaStream([track]) : null;
}

function showMedia(from, body) {
  const other = others.get(from);
  const place = other?.tile.querySelector("[data-state]");
  if (!place) return;
  const words = [];
  if (body.mic === false) words.push(text("Muted"));
  if (body.screen) words.push(text("Sharing"));
  else if (body.camera === false) words.push(text("CameraOff"));
  other.mediaWords = words;
  state(other);
}

function state(other) {
  const words = [...(other.mediaWords || []), ...(other.agrees ? [text("Agrees")] : [])];
  other.tile.querySelector("[data-state]").textContent = words.join(" · ");
}

// --- controls
async function tracksChanged() {
  ownPicture();
  controls();
  for (const { peer } of others.values()) await peer?.attach();
  await conference?.attachTracks();
  tellMedia();
}

function tellMedia() {
  ownPicture();
  line.send("media", { mic: Boolean(media.audio?.enabled), camera: Boolean(media.camera && !media.voiceOnly), screen: Boolean(media.screen) });
}

function controls() {
  for (const [name, on, words] of [
    ["mic", media.audio?.enabled, ["MicOn", "MicOff"]],
    ["camera", media.camera, ["CameraOn", "CameraStart"]],
    ["screen", media.screen, ["ScreenOn", "ScreenOff"]],
    ["record", recording, ["RecordOn", "RecordOff"]],
  ]) {
    const button = part(name);
    if (!button) continue;
    button.setAttribute("aria-pressed", Boolean(on));
    button.textContent = text(words[on ? 0 : 1]);
  }
}

const guarded = (act) => async () => {
  try {
    await act();
  } catch (error) {
    if (error instanceof Refused) told(error.message);
    else if (!(error instanceof DOMException) && !(error instanceof TypeError)) throw error;
    controls();
  }
};

part("join").onclick = () => join();
part("mic").onclick = guarded(async () => {
  if (!media.audio) await media.microphone();
  else media.audio.enabled = !media.audio.enabled;
  await tracksChanged();
});
part("camera").onclick = guarded(async () => {
  if (media.camera) media.closeCamera();
  else await media.openCamera();
  await tracksChanged();
});
const stopScreen = guarded(async () => {
  media.closeScreen();
  await tracksChanged();
});
part("screen").onclick = guarded(async () => {
  if (media.screen) media.closeScreen();
  else await media.openScreen(stopScreen);
  await tracksChanged();
});
part("leave").onclick = guarded(async () => {
  const address = `${base}leave/?${seat()}`;
  finish(text("Left"));
  await ask(address, {}, { keepalive: true });
});

// --- recording
part("agree").onchange = guarded(async () => {
  const { agrees } = await ask(`${base}agree/?${seat()}`, { agrees: part("agree").checked });
  me.agrees = agrees;
});
if (part("record")) part("record").onclick = guarded(async () => {
  if (!recording) {
    await ask(`${base}record/?${seat()}`, {});
    return;
  }
  const address = `${root.dataset.recordings}${recording.id}/stop/`;
  await recorder?.finish();
  await ask(address, {});
});

function agreed({ id, agrees }) {
  const other = others.get(id);
  if (!other) return;
  other.agrees = agrees;
  state(other);
}

function setRecording(next, why = "") {
  const before = recording;
  recording = next;
  part("recording").hidden = !next;
  if (!next) {
    recorder?.stop();
    recorder = null;
    if (before) told(text({ withdrawn: "StoppedWithdrawn", joined: "StoppedJoined" }[why] || "Stopped"));
  } else if (me && next.by === me.id && !recorder) {
    recorder = new Recorder(`${root.dataset.recordings}${next.id}/`, seat, { streams, lost: (error) => told(error.message) });
    recorder.start();
  }
  controls();
}

function streams() {
  const own = media.audio ? [new MediaStream([media.audio])] : [];
  return [...own, ...[...others.values()].map((other) => other.tile.querySelector("video").srcObject).filter(Boolean)];
}

// --- pointers: over the direct links, and by the site to whom none leads
let pointedAt = 0;
let pointLater = null;
function pointBy(body) {
  if (!me) return;
  const direct = [...others.values()].map((other) => Boolean(other.peer?.point(body)));
  if (direct.every(Boolean)) return;
  clearTimeout(pointLater);
  const left = POINTER_BY_SITE - (performance.now() - pointedAt);
  if (left > 0) {
    pointLater = setTimeout(() => pointBy(body), left);
    return;
  }
  pointedAt = performance.now();
  line.send("pointer", body);
}

// --- how good the links are
setInterval(async () => {
  if (!me) return;
  const links = conference ? conference.links() : [...others.values()].flatMap(({ peer }) => peer?.links() || []);
  const found = await quality.look(links).catch(() => null);
  if (!found || !me) return;
  const words = [
    text(found.verdict[0].toUpperCase() + found.verdict.slice(1)),
    text("Delay").replace("{ms}", Math.round(found.trip)),
    text("Loss").replace("{share}", (found.loss / 10).toFixed(1)),
  ];
  if (quality.freezes) words.push(text("Freezes").replace("{times}", quality.freezes));
  if (quality.relayed) words.push(text("Relay"));
  part("link-words").textContent = words.join(" · ");
  const judged = throttle.judge(found.verdict, media.voiceOnly);
  if (judged !== null) {
    media.voiceOnly = judged;
    told(text(judged ? "VoiceOnly" : "VideoBack"));
    await tracksChanged();
  }
  looks += 1;
  if (looks % SUMMARY_EVERY === 2) {
    const restarts = [...others.values()].reduce((sum, { peer }) => sum + (peer?.restarts || 0), conference?.restarts || 0);
    ask(`${base}quality/?${seat()}`, quality.summary(restarts)).catch(() => {});
  }
}, EVERY);

// --- a tab that was inside comes back by itself; only one that can be used says that it may be entered
if (!navigator.mediaDevices?.getDisplayMedia) part("screen").hidden = true; // telephones share no screen
window.duikouRoom = { media, others, line, stage, get conference() { return conference; } };
part("join").disabled = false;
if (sessionStorage.getItem(kept) === "in") join();
