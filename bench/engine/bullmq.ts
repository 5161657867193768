/** Workers of BullMQ against one Redis, by its own loop, with empty jobs: `bullmq.ts URL COUNT`. What it costs at the least. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { RATE, ServerLoad, SWEEP, WARM_UP, WIDTH } from './server-load.ts';

const [url = '', count = '1000'] = process.argv.slice(2);
const HOSTS = Number(count);
const work = (HOSTS * WIDTH * 1000) / RATE;

const server = await ServerLoad.of(url);
let done = 0;
for (let i = 0; i < HOSTS; i++) {
  const worker = new Worker(
    'bare',
    async () => {
      await sleep(work * (0.5 + Math.random()));
      done++;
    },
    {
      connection: new Redis(url, { maxRetriesPerRequest: null }),
      concurrency: WIDTH,
      lockDuration: 10_000,
      stalledInterval: 5000,
    },
  );
  worker.on('error', () => {});
  await worker.waitUntilReady();
}
await sleep(WARM_UP);
await server.sayWhatIsHeld(`${HOSTS} bare workers of BullMQ`);
await server.measure('wait', () => 0);
const queue = new Queue('bare', { connection: new Redis(url, { maxRetriesPerRequest: null }) });
const measured = sleep(WARM_UP).then(() => server.measure('are never without a job', () => done));
let isMeasured = false;
void measured.then(() => {
  isMeasured = true;
});
for (let sent = 0; !isMeasured; await sleep(SWEEP)) {
  const first = sent;
  sent = Math.max(sent, done + HOSTS * WIDTH * 2);
  await queue.addBulk(
    Array.from({ length: sent - first }, (_, index) => ({
      name: 'bare',
      data: {},
      opts: { removeOnComplete: true, jobId: `c${first + index}` },
    })),
  );
}
await measured;
process.exit();
