import { holdFixtures } from '../rule-fixtures.ts';

describe('rule process-not-joined', () => holdFixtures('process-not-joined'));
