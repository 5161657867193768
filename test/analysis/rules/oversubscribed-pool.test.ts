import { holdFixtures } from '../rule-fixtures.ts';

describe('rule oversubscribed-pool', () => holdFixtures('oversubscribed-pool'));
