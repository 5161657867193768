import type { FromPanel } from '../protocol/panel.ts';
import type { RunModel } from '../report/model.ts';

/** One part of the panel: an element, kept in line with the model. */
export interface Part {
  readonly element: HTMLElement;
  /** Shows the model. Cheap where nothing of its concern changed: slices of the model are compared by identity. */
  update(model: RunModel): void;
}

/** Tells the extension host. */
export type Post = (message: FromPanel) => void;
