import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { tableFromArrays, tableToIPC } from '@uwdata/flechette';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { DatasetPreview } from '../../../src/protocol/preview.ts';
import { TempFolder } from './reading.ts';
import { zstdFrame } from './zstd-frames.ts';

interface Kind {
  readonly file: string;
  /** Two items. */
  readonly good: Uint8Array;
  readonly calls: readonly string[];
  /** `good` with a place in it that cannot be an item, and how that is told. */
  readonly malformed: Uint8Array;
  readonly told: RegExp;
  /** How a file without a byte is told; null where it has no items. */
  readonly empty: RegExp | null;
  /** Its first half, and how that is told. */
  readonly truncated: Uint8Array;
  readonly cut: RegExp;
  /** How a picture is told. */
  readonly foreign: RegExp;
}

const PICTURE = Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010806000000ff', 'hex');
const table = tableFromArrays({ id: [1, 2], city: ['Oslo', 'Bergen'] });
const arrow = (format: 'file' | 'stream'): Uint8Array => tableToIPC(table, { format }) ?? new Uint8Array();
const parquet = new Uint8Array(
  parquetWriteBuffer({
    columnData: [
      { name: 'id', data: [1, 2], type: 'INT32' },
      { name: 'city', data: ['Oslo', 'Bergen'], type: 'STRING' },
    ],
  }),
);
const text = (content: string): Buffer => Buffer.from(content);
const head = (bytes: Uint8Array, left: number): Uint8Array => bytes.subarray(0, bytes.length - left);

/** With the bytes at `begin` changed to ones that mean nothing. */
function damaged(bytes: Uint8Array, begin: number, length: number): Uint8Array {
  return Uint8Array.from(bytes).fill(0xff, begin, begin + length);
}

const records = ["work({ id: 1, city: 'Oslo' })", "work({ id: 2, city: 'Bergen' })"];
const fields = ["work({ id: '1', city: 'Oslo' })", "work({ id: '2', city: 'Bergen' })"];

const kinds: Readonly<Record<string, Kind>> = {
  'a JSON array': {
    file: 'a.json',
    good: text('[{"id":1,"city":"Oslo"},\n{"id":2,"city":"Bergen"}]'),
    calls: records,
    malformed: text('[{"id":1,"city":"Oslo"},\n{"id":2,,"city":"Bergen"}]'),
    told: /a\.json\S*:2 \(element 1\) cannot be read on: /,
    empty: null,
    truncated: text('[{"id":1,"city":"Oslo"},\n{"id":2,"ci'),
    cut: /is cut off: it ends on line 2, in element 1/,
    foreign: /a\.json\S*:1 cannot be read on: /,
  },
  'an array in a JSON object': {
    file: 'a.json#/data/a~1b~0c',
    good: text('{"data":{"rows":[0],"a/b~c":[{"id":1,"city":"Oslo"},{"id":2,"city":"Bergen"}]}}'),
    calls: records,
    malformed: text('{"data":{"rows":[0],"a/b~c":[{"id":1,"city":"Oslo"},{"id":2}}'),
    told: /a\.json\S*:1 \(element 2\) cannot be read on: /,
    empty: null,
    truncated: text('{"data":{"rows":[0],'),
    cut: /is cut off: it ends on line 1, before #\/data\/a~1b~0c/,
    foreign: /a\.json\S*:1 cannot be read on: /,
  },
  'JSON Lines': {
    file: 'a.jsonl',
    good: text('\uFEFF{"id":1,"city":"Oslo"}\r\n\r\n{"id":2,"city":"Bergen"}'),
    calls: records,
    malformed: text('{"id":1,"city":"Oslo"}\n{id:2}\n'),
    told: /Bad record at \S*a\.jsonl\S*:2: /,
    empty: null,
    truncated: text('{"id":1,"city":"Oslo"}\n{"id":2,"ci'),
    cut: /Bad record at \S*a\.jsonl\S*:2: /,
    foreign: /Bad record at \S*a\.jsonl\S*:1: not valid UTF-8/,
  },
  CSV: {
    file: 'a.csv',
    good: text('\uFEFFid,city\r\n1,Oslo\r\n\r\n"2","Bergen"\r\n'),
    calls: fields,
    malformed: text('id,city\n"1\n",Oslo\n2\n'),
    told: /Bad record at \S*a\.csv\S*:4: it has 1 field, the header 2 columns/,
    empty: null,
    truncated: text('id,city\n1,Oslo\n"2'),
    cut: /Bad record at \S*a\.csv\S*:3: a quoted field is never closed/,
    foreign: /The header of \S*a\.csv\S* is not valid UTF-8/,
  },
  TSV: {
    file: 'a.tsv',
    good: text('id\tcity\n1\tOslo\n2\tBergen\n'),
    calls: fields,
    malformed: text('id\tcity\n1\tOslo\textra\n'),
    told: /Bad record at \S*a\.tsv\S*:2: it has 3 fields, the header 2 columns/,
    empty: null,
    truncated: text('id\tcity\n1\tOslo\n2'),
    cut: /Bad record at \S*a\.tsv\S*:3: it has 1 field/,
    foreign: /The header of \S*a\.tsv\S* is not valid UTF-8/,
  },
  'lines of text': {
    file: 'a.txt',
    good: text('Oslo\r\nBergen'),
    calls: ["work('Oslo')", "work('Bergen')"],
    malformed: Buffer.concat([text('Oslo\n'), Buffer.from([0xe5, 0x20])]),
    told: /Bad record at \S*a\.txt\S*:2: not valid UTF-8/,
    empty: null,
    truncated: Buffer.from('Bodø').subarray(0, 4),
    cut: /Bad record at \S*a\.txt\S*:1: not valid UTF-8/,
    foreign: /Bad record at \S*a\.txt\S*:1: not valid UTF-8/,
  },
  Parquet: {
    file: 'a.parquet',
    good: parquet,
    calls: records,
    malformed: damaged(parquet, 4, 20),
    told: /Bad records in .*, row group 0 \(rows 0 to 1\): /,
    empty: /a\.parquet\S* is not Parquet: it does not begin with PAR1/,
    truncated: head(parquet, 20),
    cut: /is cut off or damaged: it does not end with PAR1/,
    foreign: /is not Parquet: it does not begin with PAR1/,
  },
  'an Arrow file': {
    file: 'a.arrow',
    good: arrow('file'),
    calls: records,
    malformed: damaged(arrow('file'), 24, 40),
    told: /is not Arrow IPC, or damaged: message 0 at byte 8/,
    empty: /is cut off in message 0 at byte 0/,
    truncated: arrow('file').subarray(0, arrow('file').length / 2),
    cut: /is cut off in message \d at byte \d+/,
    foreign: /is not Arrow IPC, or damaged: message 0 at byte 0/,
  },
  'an Arrow stream': {
    file: 'a.arrows',
    good: arrow('stream'),
    calls: records,
    malformed: damaged(arrow('stream'), 16, 40),
    told: /is not Arrow IPC, or damaged: message 0 at byte 0/,
    empty: /is cut off in message 0 at byte 0/,
    truncated: arrow('stream').subarray(0, arrow('stream').length / 2),
    cut: /is cut off in message \d at byte \d+/,
    foreign: /is not Arrow IPC, or damaged: message 0 at byte 0/,
  },
};

const packings = [
  { ending: '', name: '', pack: (bytes: Uint8Array) => bytes },
  { ending: '.gz', name: ', gzip', pack: (bytes: Uint8Array) => gzipSync(bytes) },
  { ending: '.zst', name: ', zstd', pack: (bytes: Uint8Array) => zstdFrame(bytes) },
];

for (const [kindName, kind] of Object.entries(kinds)) {
  for (const { ending, name, pack } of packings) {
    describe(`${kindName}${name}, before a run`, () => {
      const [path = '', pointer] = kind.file.split('#');
      const file = `${path}${ending}`;

      async function preview(content: Uint8Array | null): Promise<DatasetPreview> {
        // Imported as its readers are, so that both know the same class of errors.
        const { previewDataset } = await import('../../../src/job/preview.ts');
        using folder = new TempFolder();
        if (content !== null) folder.write(file, content);
        const data = pointer === undefined ? file : `${file}#${pointer}`;
        return await previewDataset({ data, cwd: folder.path, name: 'work', callsExport: false });
      }

      async function refused(content: Uint8Array | null, reason: RegExp): Promise<void> {
        const found = await preview(content);
        assert.ok('failure' in found, JSON.stringify(found));
        assert.match(found.failure.message, reason);
        assert.match(found.failure.code, /^ERR_MANYCORE_(DATASET|BAD_RECORD)$/);
        assert.ok(found.failure.hint, 'says what to do');
      }

      it('shows how many items there are, and their calls', async () => {
        const found = await preview(pack(kind.good));
        assert.ok(!('failure' in found), JSON.stringify(found));
        assert.deepEqual(found.calls, kind.calls);
        assert.equal(found.count, 2);
        assert.equal(found.bytes, pack(kind.good).length);
      });

      it('says where a record is malformed, and why', () => refused(pack(kind.malformed), kind.told));

      it('says that a file is not what its name says', () => refused(pack(PICTURE), kind.foreign));

      it('says that there is no such file', () => refused(null, /^There is no file \S+\.$/));

      it('says where it is cut off', async () => {
        await refused(pack(kind.truncated), kind.cut);
        if (ending === '') return;
        const packed = pack(kind.good);
        await refused(
          packed.subarray(0, packed.length / 2),
          /is cut off: its compressed data ends too early/,
        );
        await refused(kind.good, ending === '.gz' ? /is not gzip, or damaged/ : /is not zstd, or damaged/);
      });

      it(kind.empty === null ? 'has no items when it is empty' : 'says that it is empty', async () => {
        if (kind.empty !== null) return refused(pack(new Uint8Array()), kind.empty);
        const found = await preview(pack(new Uint8Array()));
        assert.ok(!('failure' in found), JSON.stringify(found));
        assert.deepEqual([found.count, found.calls], [0, []]);
      });
    });
  }
}
