import * as l10n from '../../report/l10n.ts';
import { el } from '../dom.ts';

/** What the colours and forms of the timeline stand for. */
export function legend(): HTMLElement {
  const entry = (kind: string, label: string): HTMLElement =>
    el('span', {}, el('span', { class: `swatch ${kind}` }), label);
  return el(
    'div',
    { class: 'legend' },
    entry('startup', l10n.t('Starting up')),
    entry('computing', l10n.t('Computing')),
    entry('encoding', l10n.t('Encoding')),
    entry('idle', l10n.t('Idle')),
    entry('broken', l10n.t('Failed')),
  );
}
