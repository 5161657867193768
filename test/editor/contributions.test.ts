import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  Command,
  ContextKey,
  languages,
  restrictedSettings,
  settingDefaults,
  View,
} from '../../src/editor/contributions.ts';
import { analyzeTool, runTool } from '../../src/protocol/tools.ts';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'));

interface Manifest {
  activationEvents: string[];
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  contributes: {
    commands: { command: string }[];
    menus: Record<string, { command: string; when?: string }[]>;
    views: Record<string, { id: string }[]>;
    viewsContainers: { panel: { id: string }[]; activitybar: { id: string }[] };
    languageModelTools: { name: string; modelDescription: string; inputSchema: object; when?: string }[];
    configuration: { properties: Record<string, { default: unknown; scope: string }> };
  };
}

describe('package.json and the code', () => {
  const manifest = read('package.json') as Manifest;
  const { commands, configuration, languageModelTools, menus, views, viewsContainers } = manifest.contributes;

  it('have the same commands', () => {
    assert.deepEqual(commands.map(({ command }) => command).sort(), Object.values(Command).sort());
    const known = new Set<string>(Object.values(Command));
    for (const { command } of Object.values(menus).flat()) assert.ok(known.has(command), command);
  });

  it('have the same settings with the same defaults', () => {
    const defaults = Object.entries(configuration.properties).map(([name, setting]) => [
      name,
      setting.default,
    ]);
    assert.deepEqual(Object.fromEntries(defaults), settingDefaults);
  });

  it('restrict the same settings in workspaces that are not trusted', () => {
    assert.deepEqual(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations, restrictedSettings);
    for (const name of restrictedSettings)
      assert.equal(configuration.properties[name]?.scope, 'machine-overridable');
  });

  it('have the same view and context keys', () => {
    assert.deepEqual(
      viewsContainers.panel.map(({ id }) => id),
      [View.container],
    );
    assert.deepEqual(
      viewsContainers.activitybar.map(({ id }) => id),
      [View.historyContainer],
    );
    const contributed = Object.entries(views).map(([container, list]) => [
      container,
      list.map(({ id }) => id),
    ]);
    assert.deepEqual(Object.fromEntries(contributed), {
      [View.container]: [View.run],
      [View.historyContainer]: [View.runs],
    });
    const used = JSON.stringify(manifest.contributes).match(/manycore\.(running|hasRun)\b/g) ?? [];
    assert.deepEqual(new Set(used), new Set(Object.values(ContextKey)));
  });

  it('have the same tools for language models', () => {
    assert.deepEqual(
      languageModelTools.map(({ name, modelDescription, inputSchema }) => {
        return { name, description: modelDescription, inputSchema };
      }),
      [analyzeTool, runTool],
    );
    const [, run] = languageModelTools;
    assert.equal(run?.when, 'isWorkspaceTrusted');
  });

  it('activate for the languages whose functions are looked for', () => {
    assert.deepEqual(
      [...manifest.activationEvents].sort(),
      languages.map((each) => `onLanguage:${each}`).sort(),
    );
  });

  it('have a text for every placeholder, and no other', () => {
    const placeholders = JSON.stringify(manifest).match(/(?<=")%[\w.]+%(?=")/g) ?? [];
    const texts = Object.keys(read('package.nls.json') as object);
    assert.deepEqual(new Set(placeholders.map((each) => each.slice(1, -1))), new Set(texts));
  });
});
