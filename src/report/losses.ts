import type { Losses } from '../protocol/run.ts';

/** One share of the workers' time, as people are told of it. */
export interface LossKind {
  readonly key: keyof Losses;
  readonly label: string;
  readonly meaning: string;
}

/** Where a worker's time can go, in the order in which it is shown: work first, then what came between. */
export const LOSS_KINDS: readonly LossKind[] = [
  { key: 'computing', label: 'Computing', meaning: 'In your function, as fast as alone' },
  {
    key: 'contention',
    label: 'Contention',
    meaning: 'The same items took longer beside each other than alone',
  },
  { key: 'encoding', label: 'Encoding', meaning: 'Turning items and values into bytes and back' },
  { key: 'transfer', label: 'Transfer', meaning: 'Moving bytes between processes' },
  { key: 'startup', label: 'Starting up', meaning: 'Starting Node and loading your module' },
  { key: 'waiting', label: 'Waiting for input', meaning: 'Ready, but no item had come yet' },
  {
    key: 'imbalance',
    label: 'Waiting at the end',
    meaning: 'Nothing left to do while other workers finished',
  },
];
