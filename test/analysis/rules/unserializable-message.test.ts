import { holdFixtures } from '../rule-fixtures.ts';

describe('rule unserializable-message', () => holdFixtures('unserializable-message'));
