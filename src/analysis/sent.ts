import type { Position } from './calls.ts';
import type { Model } from './model.ts';
import { type Judgement, judge } from './shape.ts';
import { hasCallers } from './workers.ts';

const NOTHING: Judgement = { faults: [], losses: [], parameters: [], references: [] };

/** What of a value that a call sends cannot cross or arrives changed. A parameter whose callers are known is judged there. */
export const judgeSent = (model: Model, position: Position): Judgement =>
  model.once(judgePosition, position, NOTHING);

const judgePosition = (model: Model, position: Position): Judgement =>
  judge(model, position, (parameter) => hasCallers(model, parameter));
