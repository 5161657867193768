import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cpuCount, isMainProcess, Pool } from 'manycore';
import sharp from 'sharp';

// A worker for every core is enough: threads of sharp beside them would only wait for the same cores.
sharp.concurrency(1);
sharp.cache(false);

/** A soft, grey picture of 512 pixels on white, as PNG. Gives its size in bytes. */
export async function soften(file: string): Promise<number> {
  const picture = sharp(file).flatten({ background: 'white' }).resize(512).greyscale().blur(6);
  return (await picture.png().toBuffer()).length;
}

async function timed(work: () => Promise<number[]>): Promise<[sizes: number[], seconds: number]> {
  const begin = performance.now();
  return [await work(), (performance.now() - begin) / 1000];
}

if (isMainProcess) {
  const folder = dirname(createRequire(import.meta.url).resolve('@lobehub/fluent-emoji-3d/package.json'));
  const files = readdirSync(join(folder, 'assets'))
    .sort()
    .slice(0, Number(process.argv[2] ?? 40))
    .map((name) => join(folder, 'assets', name));

  const [one, sequential] = await timed(async () => {
    const sizes: number[] = [];
    for (const file of files) sizes.push(await soften(file));
    return sizes;
  });
  console.log(`${files.length} images, one after the other: ${sequential.toFixed(2)} s`);

  await using pool = new Pool();
  // Workers start with the first work: an image for each.
  const [, start] = await timed(() => pool.map(soften, files.slice(0, cpuCount()), 1));
  const [other, parallel] = await timed(() => pool.map(soften, files));
  console.log(`start of the workers: ${start.toFixed(2)} s`);
  console.log(`${files.length} images, in parallel: ${parallel.toFixed(2)} s`);
  console.log(`same results: ${one.join() === other.join()}`);
  console.log(`speedup: ${(sequential / parallel).toFixed(2)}x`);
  console.log(`with the start: ${(sequential / (start + parallel)).toFixed(2)}x`);
}
