import { holdFixtures } from '../rule-fixtures.ts';

describe('rule method-as-worker-function', () => holdFixtures('method-as-worker-function'));
