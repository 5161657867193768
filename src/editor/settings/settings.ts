import * as vscode from 'vscode';
import type { SettingName, Settings } from '../contributions.ts';
import { settingDefaults } from '../contributions.ts';

/** The value of a setting where `scope` is; what `package.json` declares is checked by VS Code's settings editor only. */
export function readSetting<N extends SettingName>(name: N, scope?: vscode.Uri): Settings[N] {
  const value = vscode.workspace.getConfiguration(undefined, scope ?? null).get<unknown>(name);
  const fallback = settingDefaults[name];
  return (typeof value === typeof fallback ? value : fallback) as Settings[N];
}

/** All settings, for a report about a problem. */
export function readAllSettings(): Settings {
  const names = Object.keys(settingDefaults) as SettingName[];
  return Object.fromEntries(names.map((name) => [name, readSetting(name)])) as unknown as Settings;
}

/** The settings that every run begins with. */
export function readRunSettings(scope: vscode.Uri) {
  return {
    'manycore.workers': readSetting('manycore.workers', scope),
    'manycore.run.baseline': readSetting('manycore.run.baseline', scope),
    'manycore.run.sweep': readSetting('manycore.run.sweep', scope),
    'manycore.run.loader': readSetting('manycore.run.loader', scope),
  };
}
