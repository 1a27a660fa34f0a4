// Microphone, camera and screen of this browser. Sound comes first: without a camera one still talks.

export class Media {
  constructor() {
    Object.assign(this, { audio: null, camera: null, screen: null, voiceOnly: false });
  }

  // What goes out as picture: the screen before the camera, and nothing while the link carries sound alone.
  get video() {
    return this.screen || (this.voiceOnly ? null : this.camera);
  }

  async microphone() {
    const sound = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    const id = localStorage.getItem("duikou-audioinput");
    if (id) sound.deviceId = { ideal: id };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: sound });
    [this.audio] = stream.getAudioTracks();
  }

  async openCamera() {
    const picture = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 20, max: 25 } };
    const id = localStorage.getItem("duikou-videoinput");
    if (id) picture.deviceId = { ideal: id };
    const stream = await navigator.mediaDevices.getUserMedia({ video: picture });
    [this.camera] = stream.getVideoTracks();
  }

  closeCamera() {
    this.camera?.stop();
    this.camera = null;
  }

  async openScreen(ended) {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 10 } });
    [this.screen] = stream.getVideoTracks();
    this.screen.contentHint = "detail";
    this.screen.onended = ended;
  }

  closeScreen() {
    this.screen?.stop();
    this.screen = null;
  }

  end() {
    for (const track of [this.audio, this.camera, this.screen]) track?.stop();
    Object.assign(this, { audio: null, camera: null, screen: null });
  }
}
