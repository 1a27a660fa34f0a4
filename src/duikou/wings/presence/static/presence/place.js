// Whether the phone is near the hospital. The position stays in this function: what leaves it is a word.

const EARTH = 6371000; // metres
const COARSE = 5000; // metres: a position less exact than that tells nothing

function metres(lat1, lon1, lat2, lon2) {
  const rad = Math.PI / 180;
  const a =
    Math.sin(((lat2 - lat1) * rad) / 2) ** 2 +
    Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(((lon2 - lon1) * rad) / 2) ** 2;
  return 2 * EARTH * Math.asin(Math.sqrt(a));
}

/** "near", "far" or "unknown"; asks the phone once and waits for it no longer than 8 seconds. */
export function match(lat, lon, within) {
  return new Promise((tell) => {
    if (!navigator.geolocation || Number.isNaN(lat) || Number.isNaN(lon)) {
      tell("unknown");
      return;
    }
    const tired = setTimeout(() => tell("unknown"), 9000);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        clearTimeout(tired);
        if (coords.accuracy > COARSE) tell("unknown");
        else tell(metres(lat, lon, coords.latitude, coords.longitude) - coords.accuracy <= within ? "near" : "far");
      },
      () => {
        clearTimeout(tired);
        tell("unknown");
      },
      { enableHighAccuracy: false, timeout: 8000, maximumAge: 60000 },
    );
  });
}
