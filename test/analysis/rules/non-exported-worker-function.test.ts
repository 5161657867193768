import { holdFixtures } from '../rule-fixtures.ts';

describe('rule non-exported-worker-function', () => holdFixtures('non-exported-worker-function'));
