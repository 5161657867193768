import { endOf, type Stretch } from '../../report/stretches.ts';
import { el, setText } from '../dom.ts';
import { describeStretch } from './describe.ts';
import { AXIS_HEIGHT, type TimelineLayout, xOf } from './layout.ts';

/** A few words under the stretch that is marked; read out too. */
export class Tip {
  readonly element = el('div', { class: 'tip', role: 'status', 'aria-live': 'polite', test: 'timeline-tip' });

  constructor() {
    this.element.hidden = true;
  }

  say(stretch: Stretch, host: string | undefined): void {
    setText(this.element, describeStretch(stretch, host));
  }

  /** Under a stretch of `row`, or above it where there is no room in `space`; nowhere while it is out of sight. */
  place(stretch: Stretch | null, row: number, layout: TimelineLayout | null, space: HTMLElement): void {
    const inSight =
      layout !== null &&
      stretch !== null &&
      endOf(stretch) >= layout.begin &&
      stretch.begin <= layout.begin + layout.length;
    this.element.hidden = !inSight;
    if (!inSight) return;
    const x = (xOf(layout, stretch.begin) + xOf(layout, endOf(stretch))) / 2;
    const { offsetWidth: width, offsetHeight: height, style } = this.element;
    style.left = `${Math.max(4, Math.min(layout.width - width - 4, x - width / 2))}px`;
    const below = (row + 1) * layout.pitch + 3;
    const room = space.scrollTop + space.clientHeight - AXIS_HEIGHT - height;
    style.top = `${below <= room ? below : Math.max(0, row * layout.pitch - height - 3)}px`;
  }
}
