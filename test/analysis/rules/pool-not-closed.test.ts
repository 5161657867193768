import { holdFixtures } from '../rule-fixtures.ts';

describe('rule pool-not-closed', () => holdFixtures('pool-not-closed'));
