import { holdFixtures } from '../rule-fixtures.ts';

describe('rule lossy-argument', () => holdFixtures('lossy-argument'));
