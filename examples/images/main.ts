import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isMainProcess, Pool } from 'manycore';
import { describeImage, type ImageDescription } from './describe-image.ts';
import { hashDistance } from './perceptual-hash.ts';

async function main(): Promise<void> {
  const folder = join(
    dirname(createRequire(import.meta.url).resolve('@lobehub/fluent-emoji-3d/package.json')),
    'assets',
  );
  const files = readdirSync(folder)
    .sort()
    .slice(0, Number(process.argv[2] ?? 1000))
    .map((name) => join(folder, name));
  const begin = performance.now();
  await using pool = new Pool();
  const images = await pool.map(describeImage, files);
  console.log(`${images.length} images in ${((performance.now() - begin) / 1000).toFixed(1)} s.`);

  const alike = pairs(images).filter(([one, other]) => hashDistance(one.hash, other.hash) <= 2);
  console.log(`${alike.length} pairs look alike${alike.length > 0 ? ', such as:' : '.'}`);
  for (const [one, other] of alike.slice(0, 5)) console.log(`  ${emoji(one)} and ${emoji(other)}`);
}

/** The files are named by their code points: `1f1eb-1f1f7.webp`. */
function emoji({ file }: ImageDescription): string {
  const points = /^[\da-f-]+/.exec(file)?.[0].split('-') ?? [];
  return `${String.fromCodePoint(...points.map((point) => Number.parseInt(point, 16)))}  (${file})`;
}

function pairs(images: readonly ImageDescription[]): [ImageDescription, ImageDescription][] {
  return images.flatMap((one, index) =>
    images.slice(index + 1).map((other): [ImageDescription, ImageDescription] => [one, other]),
  );
}

// Every worker imports this module too; only the process that you start runs main().
if (isMainProcess) await main();
