import { holdFixtures } from '../rule-fixtures.ts';

describe('rule non-atomic-shared-update', () => holdFixtures('non-atomic-shared-update'));
