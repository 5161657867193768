import { holdFixtures } from '../rule-fixtures.ts';

describe('rule missing-entry-guard', () => holdFixtures('missing-entry-guard'));
