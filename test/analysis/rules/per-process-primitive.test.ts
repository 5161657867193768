import { holdFixtures } from '../rule-fixtures.ts';

describe('rule per-process-primitive', () => holdFixtures('per-process-primitive'));
