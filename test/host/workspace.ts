import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { RunRequest } from '../../src/editor/commands/run-request.ts';
import { Command } from '../../src/editor/contributions.ts';
import type { ManycoreApi } from '../../src/editor/extension.ts';
import type { RunOutcome } from '../../src/editor/runs/job-process.ts';

/** The folder that is open, a copy of `test/fixtures/host`. */
export function folder(): string {
  const path = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  assert.ok(path !== undefined, 'no folder is open');
  return path;
}

export async function open(file: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(join(folder(), file));
  await vscode.window.showTextDocument(document);
  return document;
}

/** The extension, active. */
export async function manycore(): Promise<ManycoreApi> {
  const extension = vscode.extensions.getExtension<ManycoreApi>('manycore.manycore-vscode');
  assert.ok(extension !== undefined, 'the extension is not installed');
  return extension.activate();
}

/** Runs without asking anything. */
export async function runInParallel(request: RunRequest): Promise<RunOutcome> {
  const outcome = await vscode.commands.executeCommand<RunOutcome>(Command.runInParallel, request);
  return outcome;
}

export interface Result {
  readonly index: number;
  readonly ok: boolean;
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

/** The results on disk, by index. */
export function results(runDir: string | null): Result[] {
  const lines = readFileSync(join(runDir ?? '', 'results.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Result).sort((a, b) => a.index - b.index);
}

/** Waits until `check` gives something; a test's own limit ends it otherwise. */
export async function until<T>(
  check: () => T | undefined | false | null | Promise<T | undefined | false | null>,
): Promise<T> {
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== false && value !== null) return value;
    await sleep(25);
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // No such process.
  }
}
