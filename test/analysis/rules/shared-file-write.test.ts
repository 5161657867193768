import { holdFixtures } from '../rule-fixtures.ts';

describe('rule shared-file-write', () => holdFixtures('shared-file-write'));
