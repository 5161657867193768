import { holdFixtures } from '../rule-fixtures.ts';

describe('rule floating-result', () => holdFixtures('floating-result'));
