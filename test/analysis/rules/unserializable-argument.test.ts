import { holdFixtures } from '../rule-fixtures.ts';

describe('rule unserializable-argument', () => holdFixtures('unserializable-argument'));
