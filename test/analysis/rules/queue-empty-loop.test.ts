import { holdFixtures } from '../rule-fixtures.ts';

describe('rule queue-empty-loop', () => holdFixtures('queue-empty-loop'));
