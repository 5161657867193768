import { holdFixtures } from '../rule-fixtures.ts';

describe('rule io-bound-pool', () => holdFixtures('io-bound-pool'));
