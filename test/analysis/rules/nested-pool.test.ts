import { holdFixtures } from '../rule-fixtures.ts';

describe('rule nested-pool', () => holdFixtures('nested-pool'));
