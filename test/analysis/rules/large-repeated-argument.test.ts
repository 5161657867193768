import { holdFixtures } from '../rule-fixtures.ts';

describe('rule large-repeated-argument', () => holdFixtures('large-repeated-argument'));
