// Many files (a folder of pictures) go up as one archive: a .zip that only stores, made in the browser
// without copying what the files hold. The same files give the same archive, so that an upload that broke
// off goes on. Archives above 4 GB use the long form of the format (zip64).

const LONG = 0xffffffff;
const table = Uint32Array.from({ length: 256 }, (_unused, number) => {
  let value = number;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

async function checksum(file, tell) {
  let value = LONG;
  const reader = file.stream().getReader();
  for (let { done, value: bytes } = await reader.read(); !done; { done, value: bytes } = await reader.read()) {
    for (let at = 0; at < bytes.length; at++) value = table[(value ^ bytes[at]) & 255] ^ (value >>> 8);
    tell(bytes.length);
  }
  return (value ^ LONG) >>> 0;
}

// Numbers of 2, 4 or 8 bytes, the low byte first.
function record(...parts) {
  const bytes = new Uint8Array(parts.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, number] of parts) {
    if (size === 2) view.setUint16(at, number, true);
    else if (size === 4) view.setUint32(at, number, true);
    else view.setBigUint64(at, BigInt(number), true);
    at += size;
  }
  return bytes;
}

const DAY_ONE = 0x21; // 1980-01-01: the time of packing must not change the archive
const pathOf = (file) => (file.webkitRelativePath || file.name).replace(/[:\\]/g, "_");

export async function pack(files, tell) {
  if (files.length === 1 && !files[0].webkitRelativePath) return files[0];
  const sorted = [...files].sort((one, other) => (pathOf(one) < pathOf(other) ? -1 : 1));
  const all = sorted.reduce((sum, file) => sum + file.size, 0);
  const body = [];
  const index = [];
  let [offset, indexed, done] = [0, 0, 0];
  for (const file of sorted) {
    const name = new TextEncoder().encode(pathOf(file));
    const sum = await checksum(file, (count) => tell((done += count), all));
    // Read by names in UTF-8 (bit 11), stored as they are.
    const common = [[2, 45], [2, 0x800], [2, 0], [2, 0], [2, DAY_ONE], [4, sum], [4, file.size], [4, file.size]];
    const far = offset >= LONG ? record([2, 1], [2, 8], [8, offset]) : new Uint8Array(0);
    const local = record([4, 0x04034b50], ...common, [2, name.length], [2, 0]);
    const entry = record(
      [4, 0x02014b50], [2, 45], ...common, [2, name.length], [2, far.length], [2, 0], [2, 0], [2, 0], [4, 0],
      [4, Math.min(offset, LONG)],
    );
    body.push(local, name, file);
    index.push(entry, name, far);
    offset += local.length + name.length + file.size;
    indexed += entry.length + name.length + far.length;
  }
  const count = sorted.length;
  const end = [];
  if (offset >= LONG || count >= 0xffff) {
    end.push(
      record(
        [4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, count], [8, count], [8, indexed], [8, offset],
      ),
      record([4, 0x07064b50], [4, 0], [8, offset + indexed], [4, 1]),
    );
  }
  const short = Math.min(count, 0xffff);
  end.push(
    record([4, 0x06054b50], [2, 0], [2, 0], [2, short], [2, short], [4, indexed], [4, Math.min(offset, LONG)], [2, 0]),
  );
  return new File([...body, ...index, ...end], "images.zip", { type: "application/zip" });
}

const input = document.querySelector("form[data-pack] input[type=file]");
const tools = document.querySelector("[data-folder-tools]");

if (input && tools) {
  tools.hidden = false;
  const line = tools.querySelector("[data-chosen]");
  tools.querySelector("[data-folder]").addEventListener("click", () => {
    input.webkitdirectory = true;
    input.click();
    input.webkitdirectory = false;
  });
  input.addEventListener("change", () => {
    const size = [...input.files].reduce((sum, file) => sum + file.size, 0);
    line.textContent = line.dataset.words
      .replace("{count}", input.files.length)
      .replace("{size}", (size / 1048576).toFixed(1));
  });
}
