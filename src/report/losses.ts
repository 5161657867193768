import type { Losses } from '../protocol/run.ts';
import { english, type Translate } from './l10n.ts';

/** One share of the workers' time, as people are told of it. */
export interface LossKind {
  readonly key: keyof Losses;
  readonly label: string;
  readonly meaning: string;
}

/** Where a worker's time can go, in the order in which it is shown: work first, then what came between. */
export const lossKinds = (t: Translate): readonly LossKind[] => [
  { key: 'computing', label: t('Computing'), meaning: t('In your function, as fast as alone') },
  {
    key: 'contention',
    label: t('Contention'),
    meaning: t('The same items took longer beside each other than alone'),
  },
  { key: 'encoding', label: t('Encoding'), meaning: t('Turning items and values into bytes and back') },
  { key: 'transfer', label: t('Transfer'), meaning: t('Moving bytes between processes') },
  { key: 'startup', label: t('Starting up'), meaning: t('Starting Node and loading your module') },
  { key: 'waiting', label: t('Waiting for input'), meaning: t('Ready, but no item had come yet') },
  {
    key: 'imbalance',
    label: t('Waiting at the end'),
    meaning: t('Nothing left to do while other workers finished'),
  },
];

/** The same in English. */
export const LOSS_KINDS = lossKinds(english);
