import { english, type Say } from './l10n.ts';

/** Numbers as people read them; the same in the panel, the report and the verdict. English, so that reports compare. */

/** Made for the first large number: that takes as long as to load all of a command. */
let counts: Intl.NumberFormat | undefined;

/** `12345` as `12,345`. */
export function formatCount(count: number): string {
  if (Number.isInteger(count) && Math.abs(count) < 1000) return String(count);
  counts ??= new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
  return counts.format(count);
}

/** `1 item`, `2 items`, `12,345 items`; `many` for words that do not end in a mere s. */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A duration in ms with about three digits and the unit that fits: `4.2 µs`, `310 ms`, `3.14 s`, `2 min 05 s`, `3 h 12 min`. */
export function formatMs(ms: number): string {
  if (!Number.isFinite(ms)) return '?';
  if (ms <= 0) return '0 ms';
  if (ms < 0.9995) return `${significant(ms * 1000)} µs`;
  if (ms < 999.5) return `${significant(ms)} ms`;
  if (ms < 59_950) return `${significant(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${twoDigits(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
}

/** A duration on an axis: `formatMs` without needless zeros, `1.5 s`, `2 s`. */
export function formatTick(ms: number): string {
  return formatMs(ms).replace(/\.(\d*?)0+(?= )/, (_, digits: string) => (digits === '' ? '' : `.${digits}`));
}

/** A point on an axis whose points are `step` ms apart: with as many digits as tell them apart. */
export function formatFineTick(ms: number, step: number): string {
  const unit = ms >= 1000 ? 1000 : 1;
  const digits = Math.max(0, -Math.floor(Math.log10(step / unit) + 1e-9));
  return `${(ms / unit).toFixed(digits)} ${unit === 1 ? 'ms' : 's'}`;
}

/** A ratio as `1.94x`; two decimals below 10, one below 100, and `< 0.01x` for what would read as nothing at all. */
export function formatSpeedup(speedup: number): string {
  if (speedup < 0.005) return '< 0.01x';
  const digits = speedup < 9.995 ? 2 : speedup < 99.95 ? 1 : 0;
  return `${speedup.toFixed(digits)}x`;
}

/** `1.90x to 1.98x`; one of them where both read the same. */
export function formatSpeedupInterval(interval: readonly [number, number]): string;
export function formatSpeedupInterval<R>(interval: readonly [number, number], t: Say<R>): R | string;
export function formatSpeedupInterval(
  interval: readonly [number, number],
  t: Say<unknown> = english,
): unknown {
  const [low, high] = [formatSpeedup(interval[0]), formatSpeedup(interval[1])];
  return low === high ? low : t('{0} to {1}', low, high);
}

/** A share of 1 as `42 %`; one decimal below 10 %, and `< 0.1 %` for what is there but hardly. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.05) return '< 0.1 %';
  if (percent === 0 || percent >= 9.95) return `${Math.round(percent)} %`;
  return `${percent.toFixed(1)} %`;
}

/** Items a second: `3.2/s`, `1,250/s`. */
export function formatRate(rate: number): string {
  return rate > 0 && rate < 10 ? `${significant(rate)}/s` : `${formatCount(rate)}/s`;
}

/** Bytes as `312 MB` (powers of 1000, as file managers show them). */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const unit = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${significant(bytes / 1000 ** unit)} ${units[unit]}`;
}

function significant(value: number): string {
  if (value >= 99.95) return formatCount(Math.round(value));
  return value.toPrecision(3);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
