import { holdFixtures } from '../rule-fixtures.ts';

describe('rule top-level-side-effect', () => holdFixtures('top-level-side-effect'));
