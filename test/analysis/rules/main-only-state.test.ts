import { holdFixtures } from '../rule-fixtures.ts';

describe('rule main-only-state', () => holdFixtures('main-only-state'));
