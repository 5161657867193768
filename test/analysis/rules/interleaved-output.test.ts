import { holdFixtures } from '../rule-fixtures.ts';

describe('rule interleaved-output', () => holdFixtures('interleaved-output'));
