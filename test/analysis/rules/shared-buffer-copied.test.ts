import { holdFixtures } from '../rule-fixtures.ts';

describe('rule shared-buffer-copied', () => holdFixtures('shared-buffer-copied'));
