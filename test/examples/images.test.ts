import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describeImage } from '../../examples/images/describe-image.ts';
import { hashDistance } from '../../examples/images/perceptual-hash.ts';
import { exampleFolder, exampleItems, runExample } from './running.ts';

const describeEmoji = (name: string) =>
  describeImage(
    resolve(exampleFolder('images'), `../../node_modules/@lobehub/fluent-emoji-3d/assets/${name}.webp`),
  );

describe('the example of images', () => {
  it('has thousands of image files, as paths that a worker in its folder can open', async () => {
    const files = (await exampleItems(
      'images',
      'glob:../../node_modules/@lobehub/fluent-emoji-3d/assets/*.webp',
    )) as string[];
    assert.ok(files.length > 3000);
    const image = await describeImage(resolve(exampleFolder('images'), files[0] ?? ''));
    assert.deepEqual([image.width, image.height], [256, 256]);
  });

  it('describes an image as plain data', async () => {
    const tricolour = await describeEmoji('1f1eb-1f1f7');
    assert.match(tricolour.colour, /^#[\da-f]{6}$/);
    assert.match(tricolour.hash, /^[\da-f]{16}$/);
    assert.match(tricolour.thumbnail, /^data:image\/webp;base64,UklGR/);
    const sum = tricolour.histogram.reduce((total, share) => total + share, 0);
    assert.ok(Math.abs(sum - 1) < 0.01, `${sum}`);
    assert.deepEqual(structuredClone(tricolour), tricolour);
  });

  it('gives images that look alike nearly the same hash, others not', async () => {
    const [france, belgium, thumb] = await Promise.all(
      ['1f1eb-1f1f7', '1f1e7-1f1ea', '1f44d'].map(describeEmoji),
    );
    assert.ok(hashDistance(france?.hash ?? '', belgium?.hash ?? '') <= 4);
    assert.ok(hashDistance(france?.hash ?? '', thumb?.hash ?? '') >= 12);
  });

  it('runs as a program with the library', async () => {
    assert.match(await runExample('images', 40), /^40 images in [\d.]+ s\.\n\d+ pairs look alike/);
  });
});
