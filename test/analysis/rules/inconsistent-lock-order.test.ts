import { holdFixtures } from '../rule-fixtures.ts';

describe('rule inconsistent-lock-order', () => holdFixtures('inconsistent-lock-order'));
