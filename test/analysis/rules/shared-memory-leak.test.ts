import { holdFixtures } from '../rule-fixtures.ts';

describe('rule shared-memory-leak', () => holdFixtures('shared-memory-leak'));
