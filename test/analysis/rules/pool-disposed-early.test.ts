import { holdFixtures } from '../rule-fixtures.ts';

describe('rule pool-disposed-early', () => holdFixtures('pool-disposed-early'));
