import { holdFixtures } from '../rule-fixtures.ts';

describe('rule per-worker-seed', () => holdFixtures('per-worker-seed'));
