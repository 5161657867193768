import { holdFixtures } from '../rule-fixtures.ts';

describe('rule received-view-buffer', () => holdFixtures('received-view-buffer'));
