import { holdFixtures } from '../rule-fixtures.ts';

describe('rule non-shared-atomics', () => holdFixtures('non-shared-atomics'));
