import { holdFixtures } from '../rule-fixtures.ts';

describe('rule unserializable-return', () => holdFixtures('unserializable-return'));
