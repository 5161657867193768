import { holdFixtures } from '../rule-fixtures.ts';

describe('rule worker-writes-module-state', () => holdFixtures('worker-writes-module-state'));
