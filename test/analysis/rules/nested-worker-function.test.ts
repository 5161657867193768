import { holdFixtures } from '../rule-fixtures.ts';

describe('rule nested-worker-function', () => holdFixtures('nested-worker-function'));
