import { holdFixtures } from '../rule-fixtures.ts';

describe('rule lock-not-released', () => holdFixtures('lock-not-released'));
