import { holdFixtures } from '../rule-fixtures.ts';

describe('rule worker-mutates-process', () => holdFixtures('worker-mutates-process'));
