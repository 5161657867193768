import { holdFixtures } from '../rule-fixtures.ts';

describe('rule error-identity-lost', () => holdFixtures('error-identity-lost'));
