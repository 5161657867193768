/** The system that this process runs on. */
import { darwin } from './darwin.ts';
import { linux } from './linux.ts';
import type { System } from './system.ts';
import { unknown } from './unknown.ts';
import { windows } from './windows.ts';

const systems: Partial<Record<NodeJS.Platform, System>> = { linux, darwin, win32: windows };

export const systemOf = (platform: NodeJS.Platform): System => systems[platform] ?? unknown;

export const system: System = systemOf(process.platform);
