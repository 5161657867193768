import { holdFixtures } from '../rule-fixtures.ts';

describe('rule async-result-ignored', () => holdFixtures('async-result-ignored'));
