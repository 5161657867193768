import { holdFixtures } from '../rule-fixtures.ts';

describe('rule tiny-tasks', () => holdFixtures('tiny-tasks'));
