import { holdFixtures } from '../rule-fixtures.ts';

describe('rule join-before-drain', () => holdFixtures('join-before-drain'));
