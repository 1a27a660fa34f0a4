// Pictures that do not come: said within seconds, and asked for again until they are there. A service that was
// killed is soon back; view, marks and session stay meanwhile. Tiles of slides: tiling.js.

const PATIENCE = 3000; // milliseconds without anything new before it is said
export const AGAIN = 2000; // before what failed is asked for again

// Whether what is to be seen is waited for too long: `told(true)`, and `told(false)` once it is there.
export class Waiting {
  constructor(told) {
    Object.assign(this, { told, said: false, timer: null });
  }

  waits() {
    if (this.said || this.timer) return;
    this.timer = setTimeout(() => {
      this.said = true;
      this.told(true);
    }, PATIENCE);
  }

  comes() {
    clearTimeout(this.timer);
    this.timer = null;
    if (!this.said) return;
    this.said = false;
    this.told(false);
  }

  end() {
    clearTimeout(this.timer);
    this.told = () => {}; // nobody looks at it any more
  }
}
