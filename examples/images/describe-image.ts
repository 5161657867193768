import { basename } from 'node:path';
import sharp from 'sharp';
import { perceptualHash } from './perceptual-hash.ts';

// There is one worker for every core already: with sharp's own threads beside them they would only queue for the same cores.
sharp.concurrency(1);
sharp.cache(false);

/** What an image looks like, as plain data. */
export interface ImageDescription {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  /** Mean colour on white, `#rrggbb`. */
  readonly colour: string;
  /** Share of the pixels in eight steps of brightness, from black to white. */
  readonly histogram: readonly number[];
  /** 64 bits in hex; images that look alike differ in few of them. */
  readonly hash: string;
  /** 32 pixels wide, as a data URL. */
  readonly thumbnail: string;
}

/** Decodes one image file and describes it. Throws what `sharp` throws when it is no image. */
export async function describeImage(file: string): Promise<ImageDescription> {
  const { data, info } = await sharp(file)
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const image = () => sharp(data, { raw: { width, height, channels } });
  const small = await image().resize(32, 32, { fit: 'fill' }).greyscale().raw().toBuffer();
  const thumbnail = await image().resize(32).webp({ quality: 60 }).toBuffer();
  return {
    file: basename(file),
    width,
    height,
    ...colours(data, channels),
    hash: perceptualHash(small),
    thumbnail: `data:image/webp;base64,${thumbnail.toString('base64')}`,
  };
}

function colours(pixels: Uint8Array, channels: number): Pick<ImageDescription, 'colour' | 'histogram'> {
  const sums = [0, 0, 0];
  const steps = new Array<number>(8).fill(0);
  const count = pixels.length / channels;
  for (let at = 0; at < pixels.length; at += channels) {
    const red = pixels[at] ?? 0;
    const green = pixels[at + Math.min(1, channels - 1)] ?? 0;
    const blue = pixels[at + Math.min(2, channels - 1)] ?? 0;
    sums[0] = (sums[0] ?? 0) + red;
    sums[1] = (sums[1] ?? 0) + green;
    sums[2] = (sums[2] ?? 0) + blue;
    const step = Math.floor((0.299 * red + 0.587 * green + 0.114 * blue) / 32);
    steps[step] = (steps[step] ?? 0) + 1;
  }
  const hex = sums
    .map((sum) =>
      Math.round(sum / count)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('');
  return {
    colour: `#${hex}`,
    histogram: steps.map((pixelsOfStep) => Math.round((pixelsOfStep / count) * 1000) / 1000),
  };
}
