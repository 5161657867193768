import { holdFixtures } from '../rule-fixtures.ts';

describe('rule worker-reads-argv-stdin', () => holdFixtures('worker-reads-argv-stdin'));
