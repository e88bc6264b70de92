// The ZIP. It is stored, never packed, and all of it but the files' own bytes follows from their names, CRCs and sizes.
const MAX_FILE = 320 * 2 ** 20;
const NAMES = /^(README\.txt|VERIFY\.html|policy|manifest\.(json|note)|logs\/\d{4}h[12][b-z]?\/(checkpoint|vkey|witnessed|leaves\/\d{6}\.jsonl|parts\/\d{6}-\d{3}\.jsonl)|proofs\/[A-Za-z0-9_.-]{1,64}\.json|parts\/[A-Za-z0-9_.-]{1,64}\.jsonl|pins\/[0-9a-f]{64})$/;

// Little-endian numbers: [bytes, value] pairs.
function packed(...fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((size, [bytes]) => size + bytes, 0)));
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 1) view.setUint8(at, value);
    else if (bytes === 2) view.setUint16(at, value, true);
    else if (bytes === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += bytes;
  }
  return new Uint8Array(view.buffer);
}

const MAX16 = 0xffff, MAX32 = 0xffffffff;
const localHeader = ({ name, crc, size }) => joined(
  packed([4, 0x04034b50], [2, 20], [2, 0], [2, 0], [2, 0], [2, 0x21], [4, crc], [4, size], [4, size], [2, name.length], [2, 0]),
  utf8.encode(name),
);

function listed({ name, crc, size, offset }) {
  const far = offset >= MAX32;
  const extra = far ? packed([2, 1], [2, 8], [8, offset]) : new Uint8Array();
  return joined(packed(
    [4, 0x02014b50], [1, 20], [1, 3], [2, far ? 45 : 20], [2, 0], [2, 0], [2, 0], [2, 0x21], [4, crc], [4, size], [4, size],
    [2, name.length], [2, extra.length], [2, 0], [2, 0], [2, 0], [4, 0o644 * 65536], [4, far ? MAX32 : offset],
  ), utf8.encode(name), extra);
}

function directory(entries) {
  const lines = joined(...entries.map(listed));
  const last = entries.at(-1);
  const start = last ? last.offset + 30 + last.name.length + last.size : 0;
  const count = entries.length;
  const large = count >= MAX16 || start >= MAX32 || lines.length >= MAX32;
  const extra = large ? joined(
    packed([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, count], [8, count], [8, lines.length], [8, start]),
    packed([4, 0x07064b50], [4, 0], [8, start + lines.length], [4, 1]),
  ) : new Uint8Array();
  return joined(lines, extra, packed(
    [4, 0x06054b50], [2, 0], [2, 0], [2, Math.min(count, MAX16)], [2, Math.min(count, MAX16)],
    [4, Math.min(lines.length, MAX32)], [4, Math.min(start, MAX32)], [2, 0],
  ));
}

async function readZip(file) {
  const bytes = async (start, end) => new Uint8Array(await file.slice(start, end).arrayBuffer());
  const tail = await bytes(Math.max(0, file.size - 98), file.size);
  const view = new DataView(tail.buffer);
  const end = tail.length - 22;
  if (end < 0 || view.getUint32(end, true) !== 0x06054b50) throw new Bad("notZip");
  let count = view.getUint16(end + 10, true), length = view.getUint32(end + 12, true), start = view.getUint32(end + 16, true);
  if ((count === MAX16 || start === MAX32) && end >= 76 && view.getUint32(end - 76, true) === 0x06064b50) {
    [count, length, start] = [32, 40, 48].map((at) => Number(view.getBigUint64(end - 76 + at, true)));
  }
  const lines = await bytes(start, start + length);
  const rows = new DataView(lines.buffer);
  const entries = new Map();
  for (let at = 0, row = 0; row < count; row += 1) {
    if (at + 46 > lines.length || rows.getUint32(at, true) !== 0x02014b50) throw new Bad("notZip");
    const [nameLength, extra, comment] = [28, 30, 32].map((each) => rows.getUint16(at + each, true));
    const name = text(lines.slice(at + 46, at + 46 + nameLength));
    const [crc, stored, size] = [16, 20, 24].map((each) => rows.getUint32(at + each, true));
    let offset = rows.getUint32(at + 42, true);
    if (offset === MAX32 && extra >= 12) offset = Number(rows.getBigUint64(at + 46 + nameLength + 4, true));
    if (!NAMES.test(name)) throw new Bad("strangeFile", name);
    if (entries.has(name)) throw new Bad("twiceFile", name);
    if (stored !== size || rows.getUint16(at + 10, true) !== 0) throw new Bad("packedFile", name);
    if (size > MAX_FILE) throw new Bad("largeFile", name);
    entries.set(name, { name, crc, size, offset });
    at += 46 + nameLength + extra + comment;
  }
  return {
    names: [...entries.keys()],
    crcHolds: (name, data) => crc32(data) === entries.get(name).crc,
    has: (name) => entries.has(name),
    async read(name) {
      const entry = entries.get(name);
      if (!entry) throw new Bad("missingFile", name);
      const from = entry.offset + 30 + name.length;
      const data = await bytes(from, from + entry.size);
      if (data.length !== entry.size) throw new Bad("notZip");
      return data;
    },
    // Whether nothing stands between, before or after the files.
    async canonical() {
      let at = 0;
      for (const entry of entries.values()) {
        const header = localHeader(entry);
        if (entry.offset !== at || !same(await bytes(at, at + header.length), header)) return false;
        at += header.length + entry.size;
      }
      return same(await bytes(at, file.size), directory([...entries.values()]));
    },
  };
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});
const crc32 = (bytes) => (bytes.reduce((crc, byte) => (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 255], -1) ^ -1) >>> 0;
