import { holdFixtures } from '../rule-fixtures.ts';

describe('rule broken-entry-guard', () => holdFixtures('broken-entry-guard'));
