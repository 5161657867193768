import { isMainProcess, Process } from 'manycore';

export interface FrameOptions {
  readonly border?: string;
  readonly padding?: number;
}

export function frame(text: string, { border = '*', padding = 1 }: FrameOptions = {}): void {
  const space = ' '.repeat(padding);
  const line = border.repeat(text.length + 2 * padding + 2);
  console.log(`${line}\n${border}${space}${text}${space}${border}\n${line}`);
}

if (isMainProcess) {
  for (const options of [{ border: '#', padding: 3 }, { padding: 0 }, {}]) {
    const child = new Process({ target: frame, args: ['by name', options] });
    child.start();
    await child.join();
  }
}
