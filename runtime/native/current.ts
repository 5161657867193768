/** The system that this process runs on. */
import { linux } from './linux.ts';
import type { System } from './system.ts';
import { unknown } from './unknown.ts';

const systems: Partial<Record<NodeJS.Platform, System>> = { linux };

export const system: System = systems[process.platform] ?? unknown;
