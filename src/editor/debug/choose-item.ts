import * as vscode from 'vscode';
import { functionKey, type RunTarget } from '../commands/resolve-run-config.ts';
import type { Debugged } from './debug-configuration.ts';

/** What is debugged, and the dataset that it is from; none for an item that was typed. */
export interface ChosenItem {
  readonly what: Debugged;
  readonly data: string;
}

type Way = 'first' | 'number' | 'dataset' | 'json';

interface WayItem extends vscode.QuickPickItem {
  readonly way?: Way;
  readonly data?: string;
}

/** Asks for the item: the first one of a dataset used before, another one of it, one of another dataset, or one that is typed. */
export async function chooseItem(
  target: RunTarget,
  remembered: readonly string[],
  askDataset: () => Promise<string | undefined>,
): Promise<ChosenItem | undefined> {
  const title = `Debug One Item of ${functionKey(target)}`;
  const [newest] = remembered;
  const items: WayItem[] = [
    ...remembered.map((data) => ({
      label: `$(history) First item of ${data}`,
      way: 'first' as const,
      data,
    })),
    ...(newest === undefined
      ? []
      : [
          {
            label: '$(list-ordered) Item by Number…',
            description: newest,
            way: 'number' as const,
            data: newest,
          },
        ]),
    { label: '$(database) First Item of Another Dataset…', way: 'dataset' },
    { label: '$(json) Type the Item as JSON…', way: 'json' },
  ];
  const placeHolder = 'Item to call the function with';
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder });
  switch (chosen?.way) {
    case 'first':
      return { what: { kind: 'item', index: 0 }, data: chosen.data ?? '' };
    case 'number':
      return numbered(title, chosen.data ?? '');
    case 'dataset':
      return firstOf(await askDataset());
    case 'json':
      return typed(title);
    default:
      return undefined;
  }
}

function firstOf(data: string | undefined): ChosenItem | undefined {
  return data === undefined ? undefined : { what: { kind: 'item', index: 0 }, data };
}

async function numbered(title: string, data: string): Promise<ChosenItem | undefined> {
  const written = await vscode.window.showInputBox({
    title,
    prompt: `Number of the item of ${data}, from 0`,
    value: '0',
    validateInput: (text) => (/^\d+$/.test(text.trim()) ? undefined : 'Type a whole number from 0.'),
  });
  return written === undefined ? undefined : { what: { kind: 'item', index: Number(written) }, data };
}

async function typed(title: string): Promise<ChosenItem | undefined> {
  const json = await vscode.window.showInputBox({
    title,
    prompt: 'The item as JSON',
    placeHolder: '{ "city": "Oslo" }',
    validateInput: problemOf,
  });
  return json === undefined ? undefined : { what: { kind: 'value', json: json.trim() }, data: '' };
}

function problemOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `This is not JSON: ${error instanceof Error ? error.message : error}`;
  }
}
