import { holdFixtures } from '../rule-fixtures.ts';

describe('rule lossy-return', () => holdFixtures('lossy-return'));
