// How good the links are: round trip, loss, stops of the picture; in words, and as a summary for the site.
// The limits are those of rooms/quality.py.

const FAIR_TRIP = 250;
const POOR_TRIP = 500; // milliseconds
const FAIR_LOSS = 20;
const POOR_LOSS = 80; // thousandths
export const EVERY = 2000;

const middle = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.floor(sorted.length / 2)] : null;
};

export class Quality {
  constructor() {
    Object.assign(this, { trips: [], before: new Map(), expected: 0, lost: 0, freezes: 0, seconds: 0, relayed: false });
  }

  // One look at all links; answers what it found, null without a link.
  async look(links) {
    let trip = null;
    let [received, lost, freezes] = [0, 0, 0];
    for (const link of links) {
      if (link.connectionState !== "connected") continue;
      const stats = await link.getStats();
      for (const one of stats.values()) {
        if (one.type === "transport" && one.selectedCandidatePairId) {
          const pair = stats.get(one.selectedCandidatePairId);
          if (pair?.currentRoundTripTime !== undefined) trip = Math.max(trip ?? 0, pair.currentRoundTripTime * 1000);
          this.relayed ||= stats.get(pair?.localCandidateId)?.candidateType === "relay";
        }
        if (one.type === "inbound-rtp") {
          const key = `${one.ssrc}`;
          const old = this.before.get(key) || { received: 0, lost: 0, freezes: 0 };
          const now = { received: one.packetsReceived || 0, lost: Math.max(0, one.packetsLost || 0), freezes: one.freezeCount || 0 };
          this.before.set(key, now);
          received += Math.max(0, now.received - old.received);
          lost += Math.max(0, now.lost - old.lost);
          freezes += Math.max(0, now.freezes - old.freezes);
        }
      }
    }
    if (trip === null) return null;
    this.trips = [...this.trips.slice(-299), trip];
    this.expected += received + lost;
    this.lost += lost;
    this.freezes += freezes;
    this.seconds += EVERY / 1000;
    const loss = received + lost ? (lost * 1000) / (received + lost) : 0;
    return { trip, loss, freezes, verdict: this.verdict(trip, loss) };
  }

  verdict(trip, loss) {
    if (trip >= POOR_TRIP || loss >= POOR_LOSS) return "poor";
    return trip >= FAIR_TRIP || loss >= FAIR_LOSS ? "fair" : "good";
  }

  summary(restarts) {
    const trip = middle(this.trips);
    return {
      seconds: Math.round(this.seconds),
      round_trip: trip === null ? null : Math.round(trip),
      loss: this.expected ? Math.round((this.lost * 1000) / this.expected) : null,
      freezes: this.freezes,
      restarts,
      relayed: this.relayed,
    };
  }
}

// Sound before picture: a poor link loses the picture after some looks and gets it back after more good ones.
export class Throttle {
  constructor(poor = 3, good = 6) {
    Object.assign(this, { poor, good, bad: 0, fine: 0 });
  }

  // Whether the picture has to go (true), may come back (false), or stays as it is (null).
  judge(verdict, voiceOnly) {
    this.bad = verdict === "poor" ? this.bad + 1 : 0;
    this.fine = verdict === "poor" ? 0 : this.fine + 1;
    if (!voiceOnly && this.bad >= this.poor) return true;
    if (voiceOnly && this.fine >= this.good) return false;
    return null;
  }
}
