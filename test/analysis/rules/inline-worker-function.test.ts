import { holdFixtures } from '../rule-fixtures.ts';

describe('rule inline-worker-function', () => holdFixtures('inline-worker-function'));
