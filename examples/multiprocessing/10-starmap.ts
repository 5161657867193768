import { isMainProcess, Pool } from 'manycore';

type Place = readonly [name: string, latitude: number, longitude: number];

const EARTH_RADIUS_KM = 6371;
const cities: readonly Place[] = [
  ['Lisbon', 38.72, -9.14],
  ['Nairobi', -1.29, 36.82],
  ['Tokyo', 35.68, 139.69],
];

/** Along the great circle, by the haversine formula. */
export function distance([from, ...start]: Place, [to, ...end]: Place): string {
  const [latitude1 = 0, longitude1 = 0, latitude2 = 0, longitude2 = 0] = [...start, ...end].map(
    (degrees) => (degrees * Math.PI) / 180,
  );
  const square =
    Math.sin((latitude2 - latitude1) / 2) ** 2 +
    Math.cos(latitude1) * Math.cos(latitude2) * Math.sin((longitude2 - longitude1) / 2) ** 2;
  return `${from} to ${to}: ${Math.round(2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(square)))} km`;
}

if (isMainProcess) {
  const pairs = cities.flatMap((from, index) => cities.slice(index + 1).map((to) => [from, to] as const));
  await using pool = new Pool(2);
  // Each pair becomes the two arguments of a call.
  for (const line of await pool.starmap(distance, pairs)) console.log(line);
}
