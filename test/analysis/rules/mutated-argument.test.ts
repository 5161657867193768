import { holdFixtures } from '../rule-fixtures.ts';

describe('rule mutated-argument', () => holdFixtures('mutated-argument'));
