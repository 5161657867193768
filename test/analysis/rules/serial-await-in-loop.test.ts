import { holdFixtures } from '../rule-fixtures.ts';

describe('rule serial-await-in-loop', () => holdFixtures('serial-await-in-loop'));
