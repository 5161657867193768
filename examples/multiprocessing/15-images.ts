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
    .slice(0, Number(process.argv[2] ?? 80))
    .map((name) => join(folder, 'assets', name));

  console.log(`${files.length} images`);
  const [one, sequential] = await timed(async () => {
    const sizes: number[] = [];
    for (const file of files) sizes.push(await soften(file));
    return sizes;
  });
  console.log(`one after the other: ${sequential.toFixed(2)} s`);

  // Starting the workers is part of the time.
  const [other, parallel] = await timed(async () => {
    await using pool = new Pool();
    return await pool.map(soften, files);
  });
  console.log(`in a pool of ${cpuCount()}: ${parallel.toFixed(2)} s`);
  console.log(`same results: ${one.join() === other.join()}; speedup ${(sequential / parallel).toFixed(2)}x`);
}
