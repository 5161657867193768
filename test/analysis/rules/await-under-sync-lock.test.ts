import { holdFixtures } from '../rule-fixtures.ts';

describe('rule await-under-sync-lock', () => holdFixtures('await-under-sync-lock'));
