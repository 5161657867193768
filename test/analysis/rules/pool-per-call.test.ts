import { holdFixtures } from '../rule-fixtures.ts';

describe('rule pool-per-call', () => holdFixtures('pool-per-call'));
